"""Screenshots of the main pages for the README, taken by `script/screenshots`.

A server with demo data must run at the given origin.
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
"""Wednesday of next week, since the demo has no appointments on Sundays."""

Prepare = Callable[[Page], None]


def do_nothing(page: Page) -> None:
    """Show the page as it opens."""


def show_answer(page: Page) -> None:
    expect(page.locator("#answer")).not_to_be_empty()
    expect(page.locator("#health")).to_have_attribute("data-status", "ok")
    for _ in range(2):  # the first request of a process takes longer
        with page.expect_response("**/graphql/"):
            page.locator("#again").click()


def show_result(page: Page) -> None:
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


def show_log_in(page: Page) -> None:
    choose_time(page)
    page.locator("#hold").click()
    expect(page.locator("#account")).to_be_visible()


def hold(page: Page) -> None:
    show_log_in(page)
    page.locator("[name=email]").fill(CLIENT)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("Held")


def book(page: Page) -> None:
    hold(page)
    page.locator("#holds [data-do=confirm]").click()
    expect(page.locator("#notice")).to_contain_text("Booked")


def show_reservations(page: Page) -> None:
    book(page)
    page.locator("[data-view=mine]").click()
    expect(page.locator("#upcoming article").first).to_be_visible()


def log_in(page: Page) -> None:
    """Log in as staff, and wait for the page that follows."""
    page.locator("[name=username]").fill(STAFF)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#nav-sidebar, [data-admin-utc-offset]").first).to_be_attached()
    page.wait_for_load_state("networkidle")


def cancel_all(page: Page) -> None:
    """Cancel what was reserved for a screenshot, so that the next one starts from the same demo data."""
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
    """prepare: called before the screenshot is taken. is_full_page: whether it shows more than the window."""

    name: str
    path: str
    prepare: Prepare = do_nothing
    size: tuple[int, int] = WIDE
    is_dark: bool = False
    locale: str = "en-GB"
    is_full_page: bool = False


PAGES = (
    Picture(name="home", path="/", prepare=show_answer),
    Picture(name="home-dark", path="/", prepare=show_answer, is_dark=True),
    Picture(name="book", path="/book", prepare=choose_service),
    Picture(name="book-choice", path="/book", prepare=choose_time, is_full_page=True),
    Picture(name="book-log-in", path="/book", prepare=show_log_in),
    Picture(name="book-hold", path="/book", prepare=hold),
    Picture(name="book-hold-dark", path="/book", prepare=hold, is_dark=True),
    Picture(name="book-booked", path="/book", prepare=book),
    Picture(name="book-mine", path="/book", prepare=show_reservations),
    Picture(name="book-phone", path="/book", prepare=hold, size=PHONE),
    Picture(name="book-phone-german", path="/book", prepare=choose_time, size=SMALL, locale="de-DE", is_full_page=True),
    Picture(name="admin", path="/admin/", prepare=log_in),
    Picture(name="admin-calendar", path=f"/admin/calendar/?date={WORKING_DAY}", prepare=log_in),
    Picture(name="admin-calendar-dark", path=f"/admin/calendar/?date={WORKING_DAY}", prepare=log_in, is_dark=True),
    Picture(name="admin-calendar-phone", path=f"/admin/calendar/?date={WORKING_DAY}", prepare=log_in, size=PHONE),
    Picture(name="admin-week", path=f"/admin/calendar/?view=week&date={WORKING_DAY}", prepare=log_in),
    Picture(name="admin-reservations", path="/admin/reservation/reservation/?when=ahead", prepare=log_in),
    Picture(name="graphiql", path="/graphql/", prepare=show_result),
)


def main(origin: str, folder: Path, *names: str) -> None:
    """Take all screenshots, or those with these names."""
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
            picture.prepare(page)
            page.mouse.move(0, 0)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=folder / f"{picture.name}.png", full_page=picture.is_full_page)
            if page.evaluate("document.cookie.includes('book-session')"):
                cancel_all(page)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
