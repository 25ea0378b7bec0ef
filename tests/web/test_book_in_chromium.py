"""The booking page in a browser, against a server."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, Route, expect

from reservation.domain.reservation import confirm, reserve
from reservation.models import Appointment, IdempotencyKey, Reservation, Service
from tests.accounts.authenticator import give_second_factor
from tests.factories import caller, make_appointments, make_client, make_provider, make_service, make_user
from tests.web.browser import Visitor, check_accessibility, in_database, visiting

EMAIL, PASSWORD = "cleo@example.com", "correct horse battery staple"
DAY_AFTER_TOMORROW = datetime.combine(timezone.now().date() + timedelta(days=2), datetime.min.time(), UTC)
NINE = DAY_AFTER_TOMORROW + timedelta(hours=9)
SKEWED_CLOCK = "const real = Date.now; Date.now = () => real() + 3_600_000;"


@pytest.fixture
def rows(transactional_db: None) -> None:
    """Creates a client, and two providers with half an hour each at nine, ten and eleven; one of them is in Tokyo."""
    make_client(user=make_user(email=EMAIL, password=PASSWORD), name="Cleo")
    services = (make_service(name="Massage", duration_minutes=30), make_service(name="Check-up"))
    for name, zone in (("Robin Ray", "Europe/London"), ("Kim Sato", "Asia/Tokyo")):
        provider = make_provider(name=name, services=services, time_zone=zone)
        for hour in range(3):
            make_appointments(provider, starts_at=NINE + timedelta(hours=hour), number=2)


@pytest.fixture
def visitor(chromium: Browser, origin: str, rows: None) -> Iterator[Visitor]:
    with visiting(chromium, origin) as visitor:
        yield visitor


def choose_provider(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
    expect(page.locator("#when")).not_to_have_attribute("aria-busy", "true")


def choose(page: Page, *, provider: str = "Robin Ray", time: str = "09:00") -> None:
    page.get_by_role("link", name="Massage").click()
    choose_provider(page, provider)
    page.locator("#times").get_by_role("link", name=time).click()


def log_in(page: Page, *, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def hold(page: Page, **choice: str) -> Locator:
    """Chooses a time, logs in, and holds it. Returns the card of the hold."""
    page.goto("/book")
    choose(page, **choice)
    page.get_by_role("button", name="Hold this time").click()
    if page.locator("#log-in").is_visible():
        log_in(page)
    card = page.locator("#holds article")
    expect(card).to_have_count(1)
    return card


def notice(page: Page) -> Locator:
    return page.locator("#notice")


def reservations() -> list[tuple[str, str]]:
    """Returns status and start of each reservation."""
    found = in_database(lambda: list(Reservation.objects.order_by("created_at", "pk")))
    return [(reservation.status, reservation.starts_at.strftime("%H:%M")) for reservation in found]


def test_a_new_client_books_looks_it_up_and_cancels(visitor: Visitor) -> None:
    context = visitor.context()
    context.add_init_script(SKEWED_CLOCK)  # the server's clock counts, not the reader's
    page = context.new_page()
    page.goto("/book")
    choose(page)
    page.get_by_label("Anything we should know?").fill("My left knee.")
    page.get_by_role("button", name="Hold this time").click()
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("Name").fill("Dora New")
    page.get_by_label("Email").fill("dora@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()

    expect(notice(page)).to_contain_text("Held for you")
    card = page.locator("#holds article")
    expect(card).to_contain_text("Massage with Robin Ray")
    expect(card.get_by_role("timer")).to_have_text(re.compile(r"^(30:00|29:\d\d)$"))
    expect(page.locator("#times").get_by_role("link", name="09:00")).to_have_count(0)
    assert reservations() == [("PENDING", "09:00")]
    assert in_database(lambda: Reservation.objects.get().note) == "My left knee."

    card.get_by_role("button", name="Confirm").click()
    expect(notice(page)).to_contain_text("Booked: Massage with Robin Ray")
    expect(card).to_have_count(0)
    notice(page).get_by_role("button", name="My reservations").click()
    booked = page.locator("#upcoming article")
    expect(booked).to_contain_text("Massage with Robin Ray")
    assert reservations() == [("CONFIRMED", "09:00")]

    booked.get_by_role("button", name="Cancel").click()
    page.get_by_label("Why?").fill("I am well again.")
    page.get_by_role("button", name="Cancel it").click()
    expect(notice(page)).to_contain_text("Cancelled")
    expect(page.locator("#upcoming article")).to_have_count(0)
    expect(page.locator("#past article")).to_contain_text("I am well again.")
    assert reservations() == [("CANCELLED", "09:00")]

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in").first).to_be_visible()
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"
    visitor.forget_errors(about="401")  # allauth's response to a log-out


def test_the_address_has_the_pages_state(visitor: Visitor) -> None:
    page = visitor.page("/book", zone="Europe/Paris")
    choose(page, provider="Kim Sato", time="10:00")  # in Paris: nine in London
    expect(page.locator("#zone")).to_contain_text("Europe/Paris")
    expect(page.locator("#zone")).to_contain_text("that of Kim Sato, Asia/Tokyo")
    chosen = page.locator("#chosen")
    expect(chosen).to_contain_text("in Asia/Tokyo")
    address = page.url
    page.go_back()
    expect(page.locator("#choice")).to_be_hidden()
    page.go_back()
    expect(page.get_by_role("link", name="Anybody")).to_have_attribute("aria-current", "true")
    page.goto(address)
    expect(chosen).to_contain_text("Massage with Kim Sato")
    note = page.get_by_label("Anything we should know?")
    note.fill("A note that is kept")
    with page.expect_response(lambda answer: "operationName=Times" in answer.url):
        page.evaluate("dispatchEvent(new Event('online'))")  # reads everything again
    expect(page.locator("#when")).not_to_have_attribute("aria-busy", "true")
    expect(note).to_have_value("A note that is kept")
    expect(note).to_be_focused()
    page.get_by_role("link", name="Check-up").click()
    expect(page.locator("#choice")).to_be_hidden()
    choose_provider(page, "Kim Sato")
    page.locator("#times").get_by_role("link", name="10:00").click()
    expect(chosen).to_contain_text("Check-up with Kim Sato")


def test_of_two_clients_with_one_time_one_gets_it(visitor: Visitor) -> None:
    pages = [visitor.page("/book") for _ in range(2)]
    in_database(lambda: make_client(user=make_user(email="other@example.com", password=PASSWORD)))
    for page, email in zip(pages, (EMAIL, "other@example.com"), strict=True):
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#who")).to_have_text(email)
        choose(page)
    for page in pages:
        page.get_by_role("button", name="Hold this time").click()
    first, second = pages
    expect(notice(first)).to_contain_text("Held for you")
    expect(notice(second)).to_contain_text("Somebody else has just taken 09:00.")
    expect(second.locator("#times").get_by_role("link", name="09:00")).to_have_count(0)
    notice(second).get_by_role("button", name="10:00").click()
    second.get_by_role("button", name="Hold this time").click()
    expect(notice(second)).to_contain_text("Held for you")
    assert reservations() == [("PENDING", "09:00"), ("PENDING", "10:00")]


def test_an_expired_hold_is_reported(visitor: Visitor) -> None:
    page = visitor.page("/book")
    hold(page)

    def lapse_soon() -> None:
        soon = timezone.now() + timedelta(seconds=4)
        Reservation.objects.update(expires_at=soon)
        Appointment.objects.filter(reservation__isnull=False).update(available_at=soon)

    in_database(lapse_soon)
    page.reload()
    expect(page.locator("#holds").get_by_role("timer")).to_have_text(re.compile(r"^00:0\d$"))
    expect(notice(page)).to_contain_text("Your hold has lapsed")
    expect(page.locator("#holds article")).to_have_count(0)
    page.locator("#times").get_by_role("link", name="09:00").click()
    page.get_by_role("button", name="Hold this time").click()
    expect(notice(page)).to_contain_text("Held for you")


def test_a_retry_after_a_lost_response_books_once(visitor: Visitor) -> None:
    page = visitor.page("/book")
    sent: list[str] = []

    def lose_first_response(route: Route) -> None:
        body = route.request.post_data or ""
        if '"Reserve"' not in body:
            return route.continue_()
        sent.append(body)
        answer = route.fetch()
        return route.abort() if len(sent) == 1 else route.fulfill(response=answer)

    page.route("**/graphql/", lose_first_response)
    choose(page)
    page.get_by_role("button", name="Hold this time").click()
    log_in(page)
    expect(notice(page)).to_contain_text("There is no connection.")
    notice(page).get_by_role("button", name="Try again").click()
    expect(notice(page)).to_contain_text("Held for you")
    first, second = sent
    assert first == second
    assert reservations() == [("PENDING", "09:00")]
    assert in_database(IdempotencyKey.objects.count) == 1

    page.context.set_offline(True)
    page.get_by_role("button", name="Confirm").click()
    expect(notice(page)).to_contain_text("There is no connection.")
    assert reservations() == [("PENDING", "09:00")]
    page.context.set_offline(False)
    notice(page).get_by_role("button", name="Try again").click()
    expect(notice(page)).to_contain_text("Booked")
    assert reservations() == [("CONFIRMED", "09:00")]
    visitor.forget_errors(about="net::ERR_")


def test_a_double_click_holds_once(visitor: Visitor) -> None:
    page = visitor.page("/book")
    hold(page, time="11:00")
    choose(page, provider="Kim Sato", time="10:00")
    page.get_by_role("button", name="Hold this time").dblclick()
    expect(page.locator("#holds article")).to_have_count(2)
    assert reservations() == [("PENDING", "11:00"), ("PENDING", "10:00")]


def test_a_second_tab_follows_the_first(visitor: Visitor) -> None:
    first = visitor.page("/book")
    second = first.context.new_page()
    second.goto("/book")
    hold(first)
    expect(second.locator("#who")).to_have_text(EMAIL)
    expect(second.locator("#holds article")).to_contain_text("Massage with Robin Ray")
    second.get_by_role("button", name="Confirm").click()
    expect(notice(second)).to_contain_text("Booked")
    expect(notice(first)).to_contain_text("It is now: Booked.")
    expect(first.locator("#holds article")).to_have_count(0)


def test_the_choice_survives_an_expired_session(visitor: Visitor) -> None:
    page = visitor.page("/book")
    hold(page)
    expect(notice(page)).to_contain_text("Held for you")
    visitor.wait_until_idle()  # or a read that is in progress would meet the end of the session before the click does
    in_database(Session.objects.all().delete)
    page.get_by_role("button", name="Confirm").click()
    expect(notice(page)).to_contain_text("Your session is over.")
    notice(page).get_by_role("button", name="Log in").click()
    log_in(page)
    expect(notice(page)).to_contain_text("Booked")
    assert reservations() == [("CONFIRMED", "09:00")]
    visitor.forget_errors(about="40")  # 401, and 400 of the refresh


def expire_access_token(page: Page) -> str:
    """Returns the access token, which now looks expired."""
    old: str = page.evaluate("""() => {
      const session = JSON.parse(localStorage["book-session"]);
      const [head, claims, seal] = session.access.split(".");
      const old = { ...JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))), exp: 1 };
      const access = [head, btoa(JSON.stringify(old)), seal].join(".");
      localStorage["book-session"] = JSON.stringify({ ...session, access });
      return access;
    }""")
    return old


def logged_in(visitor: Visitor) -> Page:
    page = visitor.page("/book")
    page.get_by_role("button", name="Log in").click()
    log_in(page)
    expect(page.locator("#who")).to_have_text(EMAIL)
    return page


def test_tabs_renew_a_token_at_once(visitor: Visitor) -> None:
    first = logged_in(visitor)
    second = first.context.new_page()
    second.goto("/book")
    old = expire_access_token(first)
    for page in (first, second):
        page.evaluate("dispatchEvent(new Event('online'))")
    first.wait_for_function("old => JSON.parse(localStorage['book-session']).access !== old", arg=old)
    for page in (first, second):
        page.evaluate("location.search = '?view=mine'")
        expect(page.locator("#no-upcoming")).to_be_visible()
        expect(page.locator("#who")).to_have_text(EMAIL)


def test_a_tab_that_is_left_while_it_renews_its_token_does_not_log_out(visitor: Visitor) -> None:
    page = logged_in(visitor)
    expire_access_token(page)
    reached = []

    def exchange_without_response(route: Route) -> None:
        reached.append(route.fetch().status)
        page.evaluate("void (location.search = '?view=mine')")

    page.route("**/tokens/refresh", exchange_without_response, times=1)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#no-upcoming")).to_be_visible()
    expect(page.locator("#who")).to_have_text(EMAIL)
    assert reached == [200]


def test_a_lost_response_to_a_renewal_does_not_log_out(visitor: Visitor) -> None:
    page = logged_in(visitor)
    expire_access_token(page)
    reached = []

    def lose_response(route: Route) -> None:
        reached.append(route.fetch().status)
        route.abort()

    page.route("**/tokens/refresh", lose_response, times=1)
    page.get_by_role("link", name="My reservations").click()
    expect(page.locator("#no-upcoming")).to_be_visible()
    expect(page.locator("#who")).to_have_text(EMAIL)
    assert reached == [200]
    visitor.forget_errors(about="net::ERR_")


@pytest.mark.parametrize(
    ("status", "sentence", "requests"),
    [(429, "Please wait 70 seconds", 1), (503, "The service is unavailable for a moment.", 2)],
)
def test_a_refused_renewal_does_not_log_out(status: int, sentence: str, requests: int, visitor: Visitor) -> None:
    page = logged_in(visitor)
    expire_access_token(page)
    refused = []

    def refuse(route: Route) -> None:
        refused.append(status)
        route.fulfill(status=status, headers={"Retry-After": "70"}, json={"status": status, "errors": []})

    page.route("**/tokens/refresh", refuse)
    page.get_by_role("link", name="My reservations").click()
    expect(notice(page)).to_contain_text(sentence)
    expect(page.locator("#who")).to_have_text(EMAIL)
    assert len(refused) == requests
    page.unroute("**/tokens/refresh")
    page.reload()
    expect(page.locator("#no-upcoming")).to_be_visible()
    expect(page.locator("#who")).to_have_text(EMAIL)
    visitor.forget_errors(about=str(status))


def test_a_reservation_is_moved(visitor: Visitor) -> None:
    page = visitor.page("/book")
    hold(page).get_by_role("button", name="Move").click()
    expect(page.locator("#moving")).to_be_visible()
    choose_provider(page, "Kim Sato")
    page.locator("#times").get_by_role("link", name="11:00").click()
    page.get_by_role("button", name="Move it here").click()
    expect(notice(page)).to_contain_text("Moved to")
    expect(page.locator("#holds article")).to_contain_text("Massage with Kim Sato")
    expect(page.locator("#moving")).to_be_hidden()
    assert reservations() == [("PENDING", "11:00")]


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (429, {"Retry-After": "70"}, "Please wait 70 seconds"),
        (503, {}, "The service is unavailable for a moment."),
        (200, {}, "The service is unavailable for a moment."),
    ],
)
def test_a_proxys_error_is_reported_in_a_sentence(
    status: int, headers: dict[str, str], sentence: str, visitor: Visitor
) -> None:
    page = visitor.page("/book")
    page.route("**/graphql/?*", lambda route: route.fulfill(status=status, headers=headers, body="<html>"))
    page.get_by_role("link", name="Massage").click()
    expect(notice(page)).to_contain_text(sentence)
    page.unroute("**/graphql/?*")
    notice(page).get_by_role("button", name="Try again").click()
    expect(page.locator("#times a")).to_have_count(3)
    if status != 200:
        visitor.forget_errors(about=f"{status}")


def test_a_short_rate_limit_is_waited_out(visitor: Visitor) -> None:
    page = visitor.page("/book")
    refusal = {"status": 429, "headers": {"Retry-After": "1"}, "body": ""}
    page.route("**/graphql/?operationName=Times*", lambda route: route.fulfill(**refusal), times=1)
    page.get_by_role("link", name="Massage").click()
    expect(page.locator("#times a")).to_have_count(3)
    expect(notice(page)).to_be_hidden()
    visitor.forget_errors(about="429")


def test_log_in_takes_a_second_factor_and_refusals_are_sentences(visitor: Visitor) -> None:
    def make_account() -> str:
        return give_second_factor(make_client(user=make_user(email="mia@example.com", password=PASSWORD)).user)[0]

    recovery_code = in_database(make_account)
    page = visitor.page("/book")
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Email").fill("mia@example.com")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#refusal")).to_have_text("This email and this password do not belong together.")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.insert_text("000")
    page.keyboard.press("Enter")
    expect(page.locator("#refusal")).to_contain_text("This code is not right")
    page.get_by_label("Code").fill(recovery_code)
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_have_text("mia@example.com")
    visitor.forget_errors(about="40")  # 400 and 401


def test_it_is_in_german_and_remembers_the_choice_of_english(visitor: Visitor) -> None:
    page = visitor.page("/book", locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("link", name="Massage").click()
    expect(page.get_by_role("heading", name="Wann?")).to_be_visible()
    expect(page.get_by_role("link", name="30 Minuten")).to_be_visible()
    page.locator("#times a").first.click()
    expect(page.locator("#hold")).to_have_text("Zeit vormerken")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Your choice")).to_be_visible()  # the choice is kept
    assert "lang=" not in page.url
    page.goto("/book")
    expect(page.get_by_role("heading", name="Book an appointment")).to_be_visible()


def test_the_keyboard_is_enough(visitor: Visitor) -> None:
    page = visitor.page("/book")

    def tab_to(target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached.")

    for target in (
        page.get_by_role("link", name="Massage"),
        page.get_by_role("link", name="Robin Ray"),
        page.locator("#times").get_by_role("link", name="10:00"),
        page.get_by_role("button", name="Hold this time"),
    ):
        tab_to(target)
        page.keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.insert_text(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    expect(notice(page)).to_be_focused()
    tab_to(page.get_by_role("button", name="Confirm"))
    page.keyboard.press("Space")
    expect(notice(page)).to_contain_text("Booked")
    assert reservations() == [("CONFIRMED", "10:00")]


def test_every_state_is_accessible_and_fits_a_phone(visitor: Visitor) -> None:
    page = visitor.page("/book", zone="Europe/Paris")
    expect(page.get_by_role("link", name="Massage")).to_be_visible()
    check_accessibility(page)
    choose(page, provider="Kim Sato", time="10:00")
    expect(page.locator("#choice")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Hold this time").click()
    check_accessibility(page)
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("Name").fill("x")
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#refusal")).to_contain_text("at least 8 characters")
    check_accessibility(page)
    visitor.forget_errors(about="400")
    page.get_by_role("button", name="Log in").last.click()
    log_in(page)
    expect(notice(page)).to_contain_text("Held for you")
    check_accessibility(page)
    page.get_by_role("button", name="Cancel", exact=True).click()
    check_accessibility(page)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Confirm").click()
    expect(notice(page)).to_contain_text("Booked")
    page.get_by_role("link", name="My reservations").click()
    expect(page.locator("#upcoming article")).to_have_count(1)
    check_accessibility(page)
    page.route("**/graphql/", lambda route: route.fulfill(status=503, body=""))
    page.get_by_role("link", name="Book", exact=True).click()
    page.get_by_role("link", name="Check-up").click()
    expect(notice(page)).to_contain_text("The service is unavailable")
    check_accessibility(page)
    visitor.forget_errors(about="503")


def test_without_times_or_services_it_says_so(visitor: Visitor) -> None:
    in_database(Appointment.objects.all().delete)
    page = visitor.page("/book")
    page.get_by_role("link", name="Massage").click()
    expect(page.get_by_text("There are no open times at the moment.")).to_be_visible()
    check_accessibility(page)
    in_database(lambda: Service.objects.update(is_active=False))
    page.goto("/book")
    expect(page.get_by_text("Nothing can be booked at the moment.")).to_be_visible()
    check_accessibility(page)


def test_an_empty_day_leads_to_the_first_open_one(visitor: Visitor) -> None:
    page = visitor.page("/book")
    page.get_by_role("link", name="Massage").click()
    page.get_by_role("link", name="The week after").click()
    expect(page.get_by_text("No open times on this day.")).to_be_visible()
    expect(page.locator("#days .closed")).to_have_count(7)
    page.get_by_role("button", name="Show the first open time").click()
    expect(page.locator("#times a")).to_have_count(3)


def test_invalid_values_in_the_address_are_ignored(visitor: Visitor) -> None:
    page = visitor.page("/book")
    page.get_by_role("link", name="Massage").click()
    expect(page.locator("#times a")).to_have_count(3)
    chosen = page.url
    for wrong in ("day=someday", "day=2030-13-45", "day=0001-01-01", "provider=x", "view=account"):
        page.goto(f"{chosen}&{wrong}")
        expect(page.locator("#times a")).to_have_count(3)
        expect(page.locator("#when")).not_to_have_attribute("aria-busy", "true")


def test_the_page_is_small(visitor: Visitor) -> None:
    sizes: dict[str, int] = {}
    page = visitor.context().new_page()
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto("/book")
    expect(page.get_by_role("link", name="Massage")).to_be_visible()
    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert 10_000 < scripts < 30 * 1024
    assert sum(sizes.values()) < 100 * 1024


def test_past_reservations_are_listed(rows: None, chromium: Browser, origin: str) -> None:
    client = make_client(user=make_user(email="past@example.com", password=PASSWORD))
    before = timezone.now() - timedelta(days=9)
    start = (timezone.now() - timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    first, *_ = make_appointments(make_provider(name="Gone By"), starts_at=start)
    held = reserve(caller=caller(client), appointment_id=first.pk, now=before)
    confirm(caller=caller(client), reservation_id=held.pk, now=before)
    with visiting(chromium, origin) as visitor:
        page = visitor.page("/book?view=mine")
        page.locator("#stranger").get_by_role("button", name="Log in").click()
        page.get_by_label("Email").fill("past@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        past: Any = page.locator("#past article")
        expect(past).to_contain_text("Appointment with Gone By")
        expect(past.get_by_role("button")).to_have_count(0)
