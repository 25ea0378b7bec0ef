"""Global ids: each object has one, and every other text is refused."""

from base64 import b64encode
from typing import Any

import pytest

from api.types.ids import from_global_id, split_global_id, to_global_id
from reservation.domain.errors import InvalidInput
from tests.practice import Ask, Practice, gid

MALFORMED_IDS = [
    "",
    " ",
    "garbage",
    "é",
    "\x00",
    "\ud800",
    "=",
    "====",
    "UHJvdmlkZXI6MQ",
    "UHJvdmlkZXI6MQ==\n",
    "1",
    "a" * 60_000,
]
"""None of these is the base64 of a type and a key."""

MALFORMED_KEYS = ["", "-1", "+1", "1.0", "1e3", " 1", "1 ", "01", "00", "0x1", "1_0", "\u0661", "one", "1:1", "\x00"]
MALFORMED_KEYS += ["None", str(2**63), "9" * 19, "9" * 5000, "0" * 5000 + "1", "0" * 20 + "9" * 20]


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize("key", [0, 1, 42, 2**31, 2**63 - 1])
def test_an_id_is_decoded_to_its_type_and_key(key: int) -> None:
    global_id = to_global_id("Provider", key)
    assert split_global_id(global_id) == ("Provider", key)
    assert from_global_id(global_id, noun="Provider") == key


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not the id of a Client") as refused:
        from_global_id(to_global_id("Provider", 1), noun="Client", field="client_id")
    assert refused.value.field == "client_id"


@pytest.mark.parametrize(
    "text", [*MALFORMED_IDS, *(encoded(f"Provider:{key}") for key in MALFORMED_KEYS)], ids=lambda text: text[:30]
)
def test_a_malformed_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="not an id") as refused:
        from_global_id(text, noun="Provider", field="provider_id")
    assert refused.value.field == "provider_id"


@pytest.mark.parametrize("noun", ["provider", "service", "appointment", "client", "reservation", "node"])
@pytest.mark.parametrize("wrong", ["", "garbage", "\x00", *map(encoded, ("Nobody:1", "User:1", "Provider:-1"))])
def test_every_look_up_refuses_a_malformed_id(noun: str, wrong: str, ask: Ask, practice: Practice) -> None:
    answer = ask(f"query($id: ID!) {{ {noun}(id: $id) {{ id }} }}", caller=practice.staff, id=wrong)
    assert (answer.data, answer.codes) == ({noun: None}, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("noun", ["provider", "service", "appointment", "client", "reservation"])
def test_every_look_up_refuses_an_id_of_another_type(noun: str, ask: Ask, practice: Practice) -> None:
    other = gid(practice.provider if noun != "provider" else practice.service)
    answer = ask(f"query($id: ID!) {{ {noun}(id: $id) {{ id }} }}", caller=practice.staff, id=other)
    assert (answer.data, answer.codes) == ({noun: None}, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("noun", ["Provider", "Service", "Appointment", "Client", "Reservation"])
@pytest.mark.parametrize("key", [0, 10**9, 2**63 - 1])
def test_every_look_up_is_null_for_an_unknown_id(noun: str, key: int, ask: Ask, practice: Practice) -> None:
    field = noun.lower()
    document = f"query($id: ID!) {{ {field}(id: $id) {{ id }} node(id: $id) {{ id }} }}"
    answer = ask(document, caller=practice.staff, id=to_global_id(noun, key))
    assert (answer.data, answer.errors) == ({field: None, "node": None}, [])


@pytest.mark.parametrize("wrong", [None, True, 1.5, ["a"], {"a": 1}, [[[["a"]]]]])
def test_an_id_that_is_not_a_string_is_refused(wrong: Any, ask: Ask, practice: Practice) -> None:
    answer = ask("query($id: ID!) { provider(id: $id) { id } }", id=wrong)
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])
