"""Another event loop that ran on this thread has unset the thread's loop. Documents are executed all the same."""

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


def run_another_loop() -> None:
    async def nothing() -> None:
        await asyncio.sleep(0)

    asyncio.run(nothing())


def close_another_loop() -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def unset_loop() -> None:
    asyncio.set_event_loop(None)


@pytest.mark.parametrize("disturb", [run_another_loop, close_another_loop, unset_loop])
def test_a_nested_query_executes_after_another_loop_ran_on_this_thread(
    disturb: Any, ask: Ask, practice: Practice
) -> None:
    for _ in range(2):
        disturb()
        answer = ask(NESTED, id=gid(practice.provider))
        assert (answer.data, answer.errors) == (ANSWER, [])


def test_a_session_sets_its_loop_as_that_of_the_thread_again() -> None:
    run_another_loop()
    with thread_loop().session():
        assert asyncio.get_event_loop() is thread_loop()


def test_a_mutation_completes_after_another_loop_ran_on_this_thread(ask: Ask, practice: Practice) -> None:
    run_another_loop()
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
