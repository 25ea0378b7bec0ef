"""E-mail addresses: the one normal form by which an account is found, and the column that stores it (decision 41)."""

import re
import unicodedata
from typing import Any

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import lookups

from database.collations import ComparedByBytes
from database.model_types import TypedEmailField

MAX_EMAIL_LENGTH = 254
"""RFC 5321, section 4.5.3.1.3: a path has at most 256 octets, two of which are its angle brackets."""

MAX_LOCAL_PART_LENGTH = 64

DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A local part without quotes (RFC 5322)."""

INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""The Unicode categories of control and format characters, and of what is unassigned, private or half a character."""


def normalise_email(email: str) -> str:
    """Returns the normal form of an address, which is equal for two spellings of one mailbox.

    It is ASCII in lower case. The domain is in A-labels of IDNA 2008, after the mapping of UTS 46 (non-transitional),
    which folds case, full-width and other compatibility forms, and composes (NFC). The local part is compared without
    case. Raises ValidationError for an address that has none.
    """
    local, domain = split_email(email)
    return f"{local.lower()}@{domain}"


def mail_address(email: str) -> str:
    """Returns the address that mail goes to: the normal form, but for the case of the local part, which is as given.

    Raises ValidationError for an address that has no normal form.
    """
    return "@".join(split_email(email))


def split_email(email: str) -> tuple[str, str]:
    """Returns the local part and the domain in A-labels. Raises ValidationError."""
    text = email.strip()
    if len(text) > MAX_EMAIL_LENGTH:
        raise ValidationError(f"An address has at most {MAX_EMAIL_LENGTH} characters.", code="max_length")
    local, _, domain = text.rpartition("@")
    # Not folded: a full-width local part may be another person's mailbox, and none but ASCII could be mailed to.
    if not (local.isascii() and local.isprintable()):
        raise ValidationError("Before the @ an address has ASCII letters, digits and signs only.", code="invalid")
    local, domain = without_needless_quotes(local), encode_domain(domain)
    if len(local) > MAX_LOCAL_PART_LENGTH or len(local) + 1 + len(domain) > MAX_EMAIL_LENGTH:
        raise ValidationError(
            f"An address has at most {MAX_EMAIL_LENGTH} characters, {MAX_LOCAL_PART_LENGTH} of them before the @.",
            code="max_length",
        )
    validate_email(f"{local}@{domain}")
    return local, domain


def without_needless_quotes(local: str) -> str:
    """Returns the local part in its shortest spelling: `"a\\b"` is the mailbox ab (RFC 5321, section 4.1.2)."""
    if len(local) < 2 or not (local[0] == local[-1] == '"'):
        return local
    content = re.sub(r"\\(.)", r"\1", local[1:-1])
    if DOT_ATOM.fullmatch(content):
        return content
    return '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'


def encode_domain(domain: str) -> str:
    """Returns the domain in lower case and in A-labels. Raises ValidationError for what is no name of a domain."""
    if domain.startswith("["):
        raise ValidationError("After the @ an address has the name of a domain, not a number.", code="invalid")
    if any(unicodedata.category(character) in INVISIBLE for character in domain):
        raise ValidationError("The domain of this address has an invisible character.", code="invalid")
    try:
        if not domain.isascii():
            if not all(idna.uts46_remap(character, std3_rules=False) for character in domain):
                raise ValidationError("The domain of this address has an invisible character.", code="invalid")
            domain = idna.uts46_remap(domain, std3_rules=True, transitional=False)
        return ".".join(map(encode_label, domain.lower().split(".")))
    except idna.IDNAError as error:
        raise ValidationError("The domain of this address is no valid name (IDNA 2008).", code="invalid") from error


def encode_label(label: str) -> str:
    """Returns the label if it is ASCII, else its A-label. Raises IDNAError, also for an A-label that is not valid."""
    if label.isascii() and not label.startswith("xn--"):
        return label
    return idna.alabel(label).decode()


class NormalEmailField(ComparedByBytes, TypedEmailField):
    """A column for normal forms, which compares by bytes on every database. Searches in it ignore case."""


def searched_text(text: str) -> str:
    """Returns a part of an address as the column has it: in lower case, and the labels of a domain as A-labels."""
    local, at, domain = text.rpartition("@")
    try:
        return f"{local.lower()}{at}{encode_domain(domain)}"
    except ValidationError:
        return text.lower()


class SearchedText(lookups.Lookup):
    """Searches for a text as the column has it: MySQL, comparing bytes, would not find a capital letter."""

    def get_prep_lookup(self) -> Any:
        return searched_text(str(super().get_prep_lookup()))


@NormalEmailField.register_lookup
class EmailContains(SearchedText, lookups.IContains):
    pass


@NormalEmailField.register_lookup
class EmailStartsWith(SearchedText, lookups.IStartsWith):
    pass
