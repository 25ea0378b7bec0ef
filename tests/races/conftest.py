"""The server that races run against, and how people get there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from django.contrib.sessions.backends.db import SessionStore

from accounts.tokens.strategy import issue_tokens
from reservation.models import Client, Provider, User
from tests.races.racing import Racer
from tests.servers import serve, url_of_test_database


@pytest.fixture(scope="session")
def port(django_db_setup: None) -> Iterator[int]:
    """Where gunicorn answers, on the test database."""
    with serve(database_url=url_of_test_database(), workers=2, threads=4) as port:
        yield port


@pytest.fixture
def enter(port: int, transactional_db: None) -> Iterator[Callable[[Client | Provider], Racer]]:
    """Gives somebody a connection: call it again for a second device."""
    with ExitStack() as connections:

        def enter(person: Client | Provider) -> Racer:
            return connections.enter_context(closing(Racer(port, access_token(person.user))))

        yield enter


def access_token(user: User) -> str:
    """What a log-in would answer; a hundred real ones would take longer than the races."""
    session = SessionStore()
    session.create()
    return issue_tokens(user.pk, session)[0]
