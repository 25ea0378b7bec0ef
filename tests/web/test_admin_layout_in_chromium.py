"""The admin's pages on screens of several widths: every button and link is on the screen as a whole, or reached by a
menu that is."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reservation.domain.reservation import confirm
from reservation.models import Client, Provider, Reservation
from tests.accounts.authenticator import code
from tests.factories import account
from tests.web.test_admin_in_chromium import (  # noqa: F401 # fixtures
    Visit,
    has_second_factor,
    log_in,
    page,
    rows,
    strict_origin,
    visit,
)

pytestmark = pytest.mark.usefixtures("long_names")

WIDTHS = (1280, 1024, 390)
PAGES = ("reservation", "client", "provider", "service", "user", "appointment")

CUT_OFF = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")]
    .filter((one) => one.checkVisibility({ checkVisibilityCSS: true }))
    .filter((one) => {
        const box = one.getBoundingClientRect();
        if (box.width < 2 || box.height < 2) return false;
        for (let outer = one.parentElement; outer; outer = outer.parentElement) {
            const overflow = getComputedStyle(outer).overflowX, frame = outer.getBoundingClientRect();
            if (overflow === "auto" || overflow === "scroll") return false;
            if (overflow === "hidden" && frame.width > 0 && box.right > frame.right + 1) return true;
        }
        return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
    })
    .map((one) => (one.textContent.trim() || one.name || one.outerHTML).slice(0, 60))"""
"""The visible controls that are cut off at the side, without a way to scroll there."""


@pytest.fixture
def long_names(rows: None) -> None:  # noqa: F811
    """A confirmed reservation, which has the most buttons, of people with long names."""
    reservation = Reservation.objects.get()
    confirm(caller=account(reservation.client.user), reservation_id=reservation.pk, now=reservation.created_at)
    Client.objects.update(name="Maximiliane Konstantinopolitanisch-Dudelsackpfeifer von und zu Hohenlohe")
    Provider.objects.update(name="Annabella Konstantinopolitanisch-Dudelsackpfeifer von und zu Hohenlohe")


def cut_off(page: Page) -> Any:  # noqa: F811
    return page.evaluate(CUT_OFF)


def test_no_control_is_cut_off(page: Page, visit: Visit) -> None:  # noqa: F811
    visit("")
    log_in(page, code())
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
    found = {}
    for noun in PAGES:
        visit(f"reservation/{noun}/{'?state=booked' if noun == 'appointment' else ''}")
        paths = [page.url, page.locator("#result_list tbody th a").first.get_attribute("href") or ""]
        for path in paths:
            page.goto(path)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                if names := cut_off(page):
                    found[path.rpartition("/admin/")[2], width] = names
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found[path.rpartition("/admin/")[2], width, "scrolls"] = True
    assert found == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_buttons_of_a_reservation_are_on_the_screen(width: int, page: Page, visit: Visit) -> None:  # noqa: F811
    page.set_viewport_size({"width": width, "height": 800})
    visit("reservation/reservation/")
    log_in(page, code())
    page.locator("#result_list tbody th a").first.click()
    for name in ("Mark as completed", "Mark as no-show", "Cancel…"):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_visible()
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] + box["height"] <= 800, name
    page.get_by_role("button", name="Cancel…").click()
    expect(page.get_by_label("Reason")).to_be_visible()
