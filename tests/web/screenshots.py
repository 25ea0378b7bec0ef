"""Pictures of the main pages, for the README: `script/screenshots`. A page is a line of PAGES.

A server with demo data must answer at the address that is given.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.web.conftest import CHROMIUM, FLAGS

PASSWORD = "demo-password"
CLIENT = "client@example.com"
STAFF = "staff@example.com"
SERVICE = "Consultation"
WIDE, PHONE, SMALL = (1280, 860), (390, 844), (320, 640)
TODAY = datetime.now(tz=UTC).date()
WORKING_DAY = TODAY + timedelta(days=9 - TODAY.weekday())
"""Wednesday of next week: on a Sunday nobody works."""

Step = Callable[[Page], None]


def nothing(page: Page) -> None:
    """The page as it opens."""


def see_answer(page: Page) -> None:
    expect(page.locator("#answer")).not_to_be_empty()
    expect(page.locator("#health")).to_have_attribute("data-status", "ok")
    for _ in range(2):  # the first request of a process takes longer
        with page.expect_response("**/graphql/"):
            page.locator("#again").click()


def see_schema(page: Page) -> None:
    expect(page.locator("#examples")).to_be_enabled()
    page.get_by_role("button", name="Execute query").click()
    expect(page.locator(".result-window")).to_contain_text("startsAt")


def choose_service(page: Page) -> None:
    page.get_by_role("link", name=SERVICE).click()
    expect(page.locator("#times a").first).to_be_visible()


def choose_time(page: Page) -> None:
    choose_service(page)
    page.locator("#providers a").nth(1).click()
    expect(page.locator("#providers a").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator("#when")).not_to_have_attribute("aria-busy", "true")
    page.locator("#times a").last.click()
    expect(page.locator("#choice")).to_be_visible()


def ask_who(page: Page) -> None:
    choose_time(page)
    page.locator("#hold").click()
    expect(page.locator("#account")).to_be_visible()


def hold(page: Page) -> None:
    ask_who(page)
    page.locator("[name=email]").fill(CLIENT)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("Held")


def book(page: Page) -> None:
    hold(page)
    page.locator("#holds [data-do=confirm]").click()
    expect(page.locator("#notice")).to_contain_text("Booked")


def see_mine(page: Page) -> None:
    book(page)
    page.locator("[data-view=mine]").click()
    expect(page.locator("#upcoming article").first).to_be_visible()


def enter(page: Page) -> None:
    """As staff, where the page leads after the log-in."""
    page.locator("[name=username]").fill(STAFF)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#nav-sidebar, [data-admin-utc-offset]").first).to_be_attached()
    page.wait_for_load_state("networkidle")


def give_back(page: Page) -> None:
    """What was held or booked for a picture, so that the next one finds the demo as it was."""
    for _ in range(10):
        page.goto("/book?view=mine")
        page.wait_for_load_state("networkidle")
        cancel = page.locator("article [data-do=cancel]:visible")
        if not cancel.count():
            return
        cancel.first.click()
        with page.expect_response(lambda answer: "Cancel" in (answer.request.post_data or "")):
            page.locator("[data-do=giveUp]").click()


@dataclass(frozen=True, kw_only=True)
class Picture:
    """name: of the file. step: what is done before the picture is taken. whole: also what lies below the window."""

    name: str
    path: str
    step: Step = nothing
    size: tuple[int, int] = WIDE
    is_dark: bool = False
    locale: str = "en-GB"
    whole: bool = False


PAGES = (
    Picture(name="home", path="/", step=see_answer),
    Picture(name="home-dark", path="/", step=see_answer, is_dark=True),
    Picture(name="book", path="/book", step=choose_service),
    Picture(name="book-choice", path="/book", step=choose_time, whole=True),
    Picture(name="book-log-in", path="/book", step=ask_who),
    Picture(name="book-hold", path="/book", step=hold),
    Picture(name="book-hold-dark", path="/book", step=hold, is_dark=True),
    Picture(name="book-booked", path="/book", step=book),
    Picture(name="book-mine", path="/book", step=see_mine),
    Picture(name="book-phone", path="/book", step=hold, size=PHONE),
    Picture(name="book-phone-german", path="/book", step=choose_time, size=SMALL, locale="de-DE", whole=True),
    Picture(name="admin", path="/admin/", step=enter),
    Picture(name="admin-calendar", path=f"/admin/calendar/?date={WORKING_DAY}", step=enter),
    Picture(name="admin-calendar-dark", path=f"/admin/calendar/?date={WORKING_DAY}", step=enter, is_dark=True),
    Picture(name="admin-calendar-phone", path=f"/admin/calendar/?date={WORKING_DAY}", step=enter, size=PHONE),
    Picture(name="admin-week", path=f"/admin/calendar/?view=week&date={WORKING_DAY}", step=enter),
    Picture(name="admin-reservations", path="/admin/reservation/reservation/?when=ahead", step=enter),
    Picture(name="graphiql", path="/graphql/", step=see_schema),
)


def main(origin: str, folder: Path, *names: str) -> None:
    """All pictures, or those of these names."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for picture in PAGES:
            if names and picture.name not in names:
                continue
            width, height = picture.size
            context = browser.new_context(
                base_url=origin,
                viewport={"width": width, "height": height},
                color_scheme="dark" if picture.is_dark else "light",
                reduced_motion="reduce",
                locale=picture.locale,
                timezone_id="Europe/Berlin",
            )
            page = context.new_page()
            page.goto(picture.path)
            picture.step(page)
            page.mouse.move(0, 0)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=folder / f"{picture.name}.png", full_page=picture.whole)
            if page.evaluate("document.cookie.includes('book-session')"):
                give_back(page)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
