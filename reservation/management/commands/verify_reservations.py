"""Checks the invariants of live data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reservation.domain.queries.verification import find_violations


class Command(BaseCommand):
    help = "Check every invariant; exits non-zero and names the rows when one is broken."

    def handle(self, *_args: Any, **_options: Any) -> None:
        violations = list(find_violations())
        for violation in violations:
            self.stderr.write(f"BROKEN  {violation}")
        if violations:
            raise CommandError(f"{len(violations)} invariants are broken.")
        self.stdout.write("Every invariant holds.")
