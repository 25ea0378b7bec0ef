"""The admin's theme: django-unfold, in the colours of web/static/web/palette.css."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static


def icon(_: HttpRequest) -> str:
    return static("web/icon.svg")


def styles(_: HttpRequest) -> str:
    return static("staff/admin.css")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Appointments",
    "SITE_HEADER": "Appointments",
    "SITE_SUBHEADER": "Staff",
    "SITE_ICON": "settings.theme.icon",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "settings.theme.icon"}],
    "SHOW_BACK_BUTTON": True,
    "STYLES": ["settings.theme.styles"],
    "SIDEBAR": {"show_search": False, "navigation": "staff.navigation.sidebar"},
    "ACCOUNT": {"navigation": "staff.navigation.account_links"},
    "COLORS": {
        "base": {
            "50": "#fbfaf7",
            "100": "#f0f1ec",
            "200": "#dcdfd8",
            "300": "#c3c9c3",
            "400": "#a0aca5",
            "500": "#66736b",
            "600": "#56615b",
            "700": "#39433e",
            "800": "#2d3531",
            "900": "#141916",
            "950": "#0d110f",
        },
        "primary": {
            "50": "#eef8f4",
            "100": "#d7efe5",
            "200": "#b0dfcc",
            "300": "#8ed9bc",
            "400": "#6fd3ae",
            "500": "#6fd3ae",
            "600": "#0b6b4f",
            "700": "#095a43",
            "800": "#084936",
            "900": "#06382a",
            "950": "#04241b",
        },
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-300)",
            "important-light": "#1d2521",
            "important-dark": "#e8ece9",
        },
    },
}
