"""The URL configuration, the one module that imports every package."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts.openapi import describe_accounts
from api.openapi import describe_graphql
from api.views import graphql_view
from ops import health
from ops.metrics.views import show_metrics
from ops.openapi import add_common_headers, describe_operations
from web.graphiql import graphiql_in_browsers
from web.openapi import openapi_urls
from web.views import booking_page, home_page

graphql = graphiql_in_browsers(graphql_view)

urlpatterns = [
    path("", home_page, name="home"),
    re_path(r"^book/?$", booking_page, name="book"),
    path("graphql", graphql, name="graphql"),
    path("graphql/", graphql, name="graphql"),  # the last one is what reverse() returns
    *openapi_urls((describe_accounts, describe_graphql, describe_operations), add_common_headers),
    path("auth/openapi.html", RedirectView.as_view(pattern_name="openapi", permanent=True)),  # their former addresses
    path("auth/openapi.json", RedirectView.as_view(pattern_name="openapi_json", permanent=True)),
    path("auth/openapi.yaml", RedirectView.as_view(pattern_name="openapi_yaml", permanent=True)),
    path("auth/", include("accounts.urls")),  # before those that it replaces
    path("auth/", include("allauth.headless.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
    re_path(r"^metrics/?$", show_metrics, name="metrics"),
]

if "silk" in settings.INSTALLED_APPS:
    urlpatterns.append(path("silk/", include("silk.urls", namespace="silk")))
