"""What staff's pages cost among a million appointments beside ten thousand.

`script/mariadb .venv/bin/python -m benchmarks.admin` prints a table, and exits with 1 when a page takes too long. It is
server time, with everything but nginx: a test client asks for each page here and there in turns, and medians count.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median

import django

SMALL, LARGE = 10_000, 1_000_000
ROUNDS = 9
MOST_MILLISECONDS = 100


def pages() -> Iterator[tuple[str, str]]:
    """Each page that staff opens all day: what it is called, and its path below the admin's."""
    from reservation.models import Client, Provider, Reservation

    reservation = Reservation.objects.order_by("starts_at").values_list("pk", flat=True)[0]
    client, provider = (model.objects.order_by("pk")[0] for model in (Client, Provider))
    name = client.name.split()[0]
    yield "home", ""
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


def milliseconds(ask: Callable[[], None]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def log_in(name: str) -> Callable[[str], None]:
    """Asks for a page of the admin on this database."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client as Browser

    from benchmarks.databases import use
    from reservation.models import User

    use(name)
    with connection.cursor() as cursor:  # as a server does by itself in the course of a day
        cursor.execute("ANALYZE TABLE reservation_appointment, reservation_reservation, reservation_client")
        cursor.fetchall()
    browser = Browser()
    browser.force_login(User.objects.filter(is_superuser=True)[0])

    def ask(path: str) -> None:
        response = browser.get(f"/{settings.ADMIN_PATH}{path}")
        assert response.status_code == 200, (path, response.status_code)

    return ask


def compare(small: str, large: str, *, rounds: int = ROUNDS) -> Iterator[tuple[str, float, float]]:
    """Each page, and what it takes on these two databases. A first visit, which connects, does not count."""
    from benchmarks.databases import use

    places = {}
    for name in (small, large):
        ask = log_in(name)
        places[name] = (ask, list(pages()))
    for number, (what, _) in enumerate(places[small][1]):
        took: dict[str, list[float]] = {name: [] for name in places}
        for _ in range(rounds):
            for name, (ask, paths) in places.items():
                use(name)
                visit = partial(ask, paths[number][1])
                visit()
                took[name].append(milliseconds(visit))
        yield what, median(took[small]), median(took[large])


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from django.conf import settings

    from benchmarks.databases import practice

    settings.ALLOWED_HOSTS = ["*"]
    with ExitStack() as databases:
        for name, appointments in ((f"app_{SMALL}", SMALL), (f"app_{LARGE}", LARGE)):
            databases.enter_context(practice(name, appointments=appointments))
        found = list(compare(f"app_{SMALL}", f"app_{LARGE}"))
    print(f"| page | {SMALL:,} | {LARGE:,} | ratio |\n| --- | --- | --- | --- |")
    for what, small, large in found:
        print(f"| {what} | {small:.0f} ms | {large:.0f} ms | {large / small:.2f} |")
    return int(any(large > MOST_MILLISECONDS for _, _, large in found))


if __name__ == "__main__":
    sys.exit(main())
