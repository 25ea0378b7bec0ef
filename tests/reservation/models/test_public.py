"""The public fields of a model."""

import pytest
from django.core.exceptions import FieldDoesNotExist

from reservation.models import Provider, Service
from reservation.models.public import public_fields


def test_every_field_is_public_that_is_not_private() -> None:
    assert public_fields(Provider) == ("id", "name", "bio", "time_zone", "is_active")
    assert public_fields(Service) == ("id", "name", "description", "duration_minutes", "is_active")


def test_a_private_field_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Provider, "PRIVATE_FIELDS", frozenset({"users"}))
    with pytest.raises(FieldDoesNotExist):
        public_fields.__wrapped__(Provider)
