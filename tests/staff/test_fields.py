"""Forms and files follow the model: a new field of a client or a provider needs no change in staff/."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.test import RequestFactory

from reservation.models import Client, Provider
from staff.fields import editable_fields, in_lines
from staff.resources import ClientResource, ProviderResource


def test_editable_fields_are_in_the_order_of_the_model() -> None:
    assert editable_fields(Client) == ("name", "phone", "time_zone")
    assert editable_fields(Provider) == ("name", "bio", "time_zone", "is_active", "services")
    assert editable_fields(Provider, without=("is_active",)) == ("name", "bio", "time_zone", "services")


@pytest.mark.parametrize("model", [Client, Provider])
def test_the_pages_show_every_editable_field(model: Any) -> None:
    model_admin = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    fields = set(editable_fields(model))
    assert set(flatten_fieldsets(model_admin.get_fieldsets(request, model()))) == fields | {"address", "reservations"}
    assert set(flatten_fieldsets(model_admin.get_fieldsets(request))) == fields - {"is_active"} | {"email"}


@pytest.mark.parametrize("resource", [ClientResource, ProviderResource])
def test_the_files_have_a_column_for_every_editable_field(resource: Any) -> None:
    assert resource().columns == ("email", *editable_fields(resource._meta.model))


def test_fields_of_a_line_stand_side_by_side_where_they_are_present() -> None:
    lines = (("b", "c"),)
    assert in_lines("abcd", lines) == ["a", ("b", "c"), "d"]
    assert in_lines("abd", lines) == ["a", ("b",), "d"]
