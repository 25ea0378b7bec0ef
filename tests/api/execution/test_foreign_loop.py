"""Whoever runs a loop of its own on this thread leaves asyncio without one: documents are executed all the same."""

import asyncio
from typing import Any

import pytest

from api.execution import thread_loop
from tests.practice import Ask, Practice, gid

NESTED = """query($id: ID!) {
    provider(id: $id) { name services { nodes { name providers { nodes { name } } } } }
    services { nodes { providers { nodes { name services { totalCount } } } } }
}"""
ANSWER = {
    "provider": {
        "name": "Anna",
        "services": {"nodes": [{"name": "Cutting", "providers": {"nodes": [{"name": "Anna"}]}}]},
    },
    "services": {"nodes": [{"providers": {"nodes": [{"name": "Anna", "services": {"totalCount": 1}}]}}]},
}


def run_another() -> None:
    async def nothing() -> None:
        await asyncio.sleep(0)

    asyncio.run(nothing())


def close_another() -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def take_it_away() -> None:
    asyncio.set_event_loop(None)


@pytest.mark.parametrize("happens", [run_another, close_another, take_it_away])
def test_a_nested_query_is_answered_after_another_loop_ran_on_this_thread(
    happens: Any, ask: Ask, practice: Practice
) -> None:
    for _ in range(2):
        happens()
        answer = ask(NESTED, id=gid(practice.provider))
        assert (answer.data, answer.errors) == (ANSWER, [])


def test_a_session_makes_its_loop_that_of_the_thread_again() -> None:
    run_another()
    with thread_loop().session():
        assert asyncio.get_event_loop() is thread_loop()


def test_a_mutation_completes_after_another_loop_ran_on_this_thread(ask: Ask, practice: Practice) -> None:
    run_another()
    answer = ask(
        """mutation($id: ID!) {
            updateProvider(input: {providerId: $id, name: "Ann"}) { provider { name services { nodes { name } } } }
        }""",
        caller=practice.staff,
        id=gid(practice.provider),
    )
    assert answer.errors == []
    assert answer.data == {
        "updateProvider": {"provider": {"name": "Ann", "services": {"nodes": [{"name": "Cutting"}]}}}
    }
