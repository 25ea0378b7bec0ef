"""Every comparison, one after the other, and what is printed of them."""

import os
from dataclasses import dataclass

from django.db import connection

from benchmarks import databases, listing, pairs, plans, report
from benchmarks.client import Connection
from benchmarks.servers import THREADS, WORKERS, memcached, serve
from reservation.domain.verification import find_violations

SMALL, LARGE = "app_bench_small", "app_bench_large"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is measured.

    small, large: appointments in either database.
    rounds: how often each side of a comparison of rates has its turn.
    seconds: how long a turn is.
    blocks: how often the median of twenty latencies is taken, if that does not take more than ten seconds.
    """

    small: int
    large: int
    rounds: int
    seconds: float
    blocks: int


FULL = Scale(small=10_000, large=1_000_000, rounds=20, seconds=1.5, blocks=30)
QUICK = Scale(small=10_000, large=100_000, rounds=6, seconds=0.7, blocks=10)


def compare(scale: Scale, *, with_plans: bool) -> bool:
    """Print every comparison; answers whether all targets were reached."""
    load = os.getloadavg()[0]
    with (
        databases.practice(SMALL, appointments=scale.small),
        databases.practice(LARGE, appointments=scale.large) as loading,
        serve(databases.url_of(SMALL)) as small,
        serve(databases.url_of(LARGE)) as large,
        memcached() as memcached_url,
        serve(databases.url_of(SMALL), MEMCACHED_URL=memcached_url) as kept,
    ):
        sizes = f"{scale.large:,} beside {scale.small:,}"
        results = listing.beside_a_view(small).measure(small, rounds=scale.rounds, seconds=scale.seconds)
        results += listing.from_memcached(small).measure(kept, beside=small, rounds=scale.rounds, seconds=scale.seconds)
        results += listing.among_many(large, small, sizes=sizes, rounds=scale.blocks, seconds=10)
        if with_plans:
            with Connection(large.address) as visitor:
                for name, _, variables in listing.cases(visitor):
                    print(plans.explain(name, variables), end="\n\n")
        results += pairs.beside_sql().measure(large, rounds=scale.rounds, seconds=scale.seconds)
        violations = [str(violation) for violation in find_violations()]

    print(surroundings(load), report.table(results), sep="\n\n")
    print(f"\nLoading {scale.large:,} appointments with load_demo took {loading:.0f} s.")
    print(*violations or ["Afterwards every invariant held."], sep="\n")
    return not violations and all(result.is_reached is not False for result in results)


def surroundings(load: float) -> str:
    """What it was measured on, and how the table is read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        (version,) = cursor.fetchone()
    return (
        f"{os.cpu_count()} CPUs for the server ({WORKERS} processes of {THREADS} threads), the database ({version}) "
        f"and the client; the load average before was {load:.1f}, and far above 1 even ratios are no good. Figures are "
        "medians; a ratio is ours to the peer's in the same round. Where one size stands beside another, the peer is "
        "the same listing in the smaller database."
    )
