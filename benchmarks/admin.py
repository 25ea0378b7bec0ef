"""The time of staff's pages among a million appointments beside ten thousand.

It is server time without gunicorn and nginx: a test client opens each page in both databases in turns.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial

from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from benchmarks.committed import Section
from benchmarks.databases import practice, use
from benchmarks.figures import Times, figures_by_size
from reservation.models import Appointment, Client, Provider, Reservation, User

SMALL, LARGE = "app_admin_small", "app_admin_large"
FEW, MANY = 10_000, 1_000_000


def measure(*, rounds: int) -> dict[str, Section]:
    """Returns the section of the committed figures."""
    settings.ALLOWED_HOSTS = ["*"]
    with practice(SMALL, appointments=FEW), practice(LARGE, appointments=MANY):
        times = compare(rounds=rounds)
        rows = Appointment.objects.count()
    return {
        "pages": {
            "rows": rows,
            "pages": figures_by_size(times),
        }
    }


def compare(*, rounds: int) -> Times:
    """Returns the times of each page, without its first visit, which connects. Leaves the large database in use."""
    databases = {name: (log_in(name), list(pages())) for name in (SMALL, LARGE)}
    times: Times = {}
    for number, (what, _) in enumerate(databases[SMALL][1]):
        taken: dict[str, list[float]] = {name: [] for name in databases}
        for _ in range(rounds):
            for name, (open_page, paths) in databases.items():
                use(name)
                visit = partial(open_page, paths[number][1])
                visit()
                taken[name].append(milliseconds(visit))
        times[what] = taken[LARGE], taken[SMALL]
    return times


def pages() -> Iterator[tuple[str, str]]:
    """Yields the title of each page that staff open often, and its path below the admin's."""
    reservation = Reservation.objects.order_by("starts_at").values_list("pk", flat=True)[0]
    client, provider = (model.objects.order_by("pk")[0] for model in (Client, Provider))
    name = client.name.split()[0]
    yield "home", ""
    yield "calendar, a day of 30 providers", "calendar/grid/"
    yield "calendar, a week of 30 providers", "calendar/grid/?view=week"
    yield "reservations", "reservation/reservation/"
    yield "reservations, page 20", "reservation/reservation/?p=20"
    yield "reservations ahead", "reservation/reservation/?when=ahead"
    yield "reservations of this week, booked", "reservation/reservation/?when=week&state=booked"
    yield "reservations, held", "reservation/reservation/?state=held"
    yield "reservations, lapsed", "reservation/reservation/?state=lapsed"
    yield "reservations of a provider", f"reservation/reservation/?provider__id__exact={provider.pk}"
    yield "reservations of a client ahead", f"reservation/reservation/?client__id__exact={client.pk}&when=ahead"
    yield "reservations, a search", f"reservation/reservation/?q={name}"
    yield "reservations, a search in vain", "reservation/reservation/?q=nobody-at-all"
    yield "a reservation", f"reservation/reservation/{reservation}/change/"
    yield "appointments", "reservation/appointment/"
    yield "appointments of next week, booked", "reservation/appointment/?when=next-week&state=booked"
    yield "appointments, held", "reservation/appointment/?state=held"
    yield "appointments of a provider", f"reservation/appointment/?provider__id__exact={provider.pk}&when=ahead"
    yield "appointments, a search", f"reservation/appointment/?q={name}"
    yield "clients", "reservation/client/"
    yield "clients, a search", f"reservation/client/?q={name}"
    yield "a client", f"reservation/client/{client.pk}/change/"
    yield "providers", "reservation/provider/"
    yield "services", "reservation/service/"
    yield "users", "reservation/user/"


def milliseconds(visit: Callable[[], None]) -> float:
    started = time.perf_counter()
    visit()
    return (time.perf_counter() - started) * 1000


def log_in(name: str) -> Callable[[str], None]:
    """Returns a function that opens a page of the admin on this database."""
    use(name)
    with connection.cursor() as cursor:  # MariaDB would do this itself within a day
        cursor.execute("ANALYZE TABLE reservation_appointment, reservation_reservation, reservation_client")
        cursor.fetchall()
    browser = Browser()
    browser.force_login(User.objects.filter(is_superuser=True)[0])

    def open_page(path: str) -> None:
        response = browser.get(f"/{settings.ADMIN_PATH}{path}")
        assert response.status_code == 200, (path, response.status_code)

    return open_page
