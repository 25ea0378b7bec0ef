"""Gives stored e-mail addresses their normal form: for the migration that introduced it, and for the command later."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from reservation.models.email import normalise_email
from reservation.policy import ERASED_EMAIL

BATCH = 500


@dataclass
class Report:
    """What became of the accounts whose address was not in normal form, by primary key: logs hold no addresses."""

    normalised: list[int] = field(default_factory=list)
    to_verify_again: list[int] = field(default_factory=list)
    shared: list[list[int]] = field(default_factory=list)
    without_normal_form: list[int] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Returns sentences for the operator; none when there was nothing to do."""
        if self.normalised:
            yield f"The addresses of these accounts got their normal form: {listed(self.normalised)}."
        if self.to_verify_again:
            yield (
                "Mail to these went to another domain until now, so that their owners verify the address again: "
                f"{listed(self.to_verify_again)}."
            )
        for accounts in self.shared:
            yield f"In doubt, and unchanged, since their addresses are of one mailbox: the accounts {listed(accounts)}."
        if self.without_normal_form:
            yield (
                "In doubt, and unchanged, since their addresses have no normal form: "
                f"the accounts {listed(self.without_normal_form)}."
            )
        if self.shared or self.without_normal_form:
            yield (
                "Accounts in doubt log in with exactly the address that they had. For each, change the address or erase"
                " the account in the admin, then run `manage.py normalise_emails` again."
            )


def listed(keys: Iterable[int]) -> str:
    return ", ".join(map(str, keys))


def normalise_stored_emails(users: QuerySet[Any], addresses: QuerySet[Any]) -> Report:
    """Stores the normal form of every address that is not in doubt, and returns what it did. May run again.

    users, addresses: all accounts, and allauth's addresses of them. Call it in a transaction.
    """
    report = Report()
    candidates: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, email in users.exclude(email=ERASED_EMAIL).order_by("pk").values_list("pk", "email").iterator():
        normal = normal_form_of(email)
        if normal is None:
            report.without_normal_form.append(pk)
        elif normal != email:
            candidates[normal].append((pk, email))
    owners = owners_of(sorted(candidates), users, addresses)
    for normal, accounts in candidates.items():
        sharing = {pk for pk, _ in accounts} | owners[normal]
        if len(sharing) > 1:
            report.shared.append(sorted(sharing))
            continue
        [(pk, email)] = accounts
        users.filter(pk=pk).update(email=normal, typed_email=email)
        report.normalised.append(pk)
    normalise_addresses(addresses, report)
    return report


def normal_form_of(email: str) -> str | None:
    try:
        return normalise_email(email)
    except ValidationError:
        return None


def owners_of(normals: list[str], users: QuerySet[Any], addresses: QuerySet[Any]) -> dict[str, set[int]]:
    """Returns the accounts that have these normal forms already: as their address, or verified for them by allauth."""
    owners: dict[str, set[int]] = defaultdict(set)
    for first in range(0, len(normals), BATCH):
        some = normals[first : first + BATCH]
        for rows in (
            users.filter(email__in=some).values_list("email", "pk"),
            addresses.filter(email__in=some, verified=True).values_list("email", "user_id"),
        ):
            for normal, pk in rows:
                owners[normal].add(pk)
    return owners


def normalise_addresses(addresses: QuerySet[Any], report: Report) -> None:
    """Normalises allauth's rows, except those of accounts in doubt, and merges rows of one account for one mailbox."""
    in_doubt = {*report.without_normal_form, *(pk for accounts in report.shared for pk in accounts)}
    changed = {
        (user_id, normal)
        for user_id, email in addresses.values_list("user_id", "email").iterator()
        if user_id not in in_doubt and (normal := normal_form_of(email)) not in (None, email)
    }
    for user_id, normal in sorted(changed):
        own = addresses.filter(user_id=user_id).order_by("-primary", "-verified", "pk")
        kept, *further = [row for row in own if normal_form_of(row.email) == normal]
        verified = [row.email for row in (kept, *further) if row.verified]
        is_verified = any(went_to_same_domain(email, normal) for email in verified)
        of_another = addresses.filter(email=normal, verified=True).exclude(user_id=user_id)
        if is_verified and (owner := of_another.values_list("user_id", flat=True).first()):
            report.shared.append(sorted((user_id, owner)))
            continue
        addresses.filter(pk__in=[row.pk for row in further]).delete()
        addresses.filter(pk=kept.pk).update(email=normal, verified=is_verified)
        if verified and not is_verified:
            report.to_verify_again.append(user_id)


def went_to_same_domain(former: str, normal: str) -> bool:
    """Returns whether mail to the former spelling went to the domain of the normal form.

    Django encodes domains by IDNA 2003, in which ß is ss: somebody else may have verified such an address.
    """
    domain = former.rpartition("@")[2]
    try:
        encoded = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return False
    return encoded.lower() == normal.rpartition("@")[2]
