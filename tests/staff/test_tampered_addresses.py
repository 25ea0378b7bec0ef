"""Addresses and forms that somebody has changed: a clear refusal, and never an error of the program."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from reservation.models import Appointment, Client, Provider, Reservation, Service, User
from tests.factories import make_booking, make_service, make_user
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

LARGE = "9" * 24
NUMBERS = (LARGE, f"-{LARGE}", str(2**63), f"1,{LARGE}")
ODD = ("", "abc", "\0", "\N{ARABIC-INDIC DIGIT THREE}", "\N{SUPERSCRIPT TWO}", "1e999", "0x10", "9999-12-31T23:59:59")
LOOKUPS = ("", "__in", "__lt", "__year", "__id__exact", "__id__in")
FILTERS = ("id__in", "client__id__exact", "groups__id__exact", "services__id__exact")
OWN = ("p", "o", "q", "e", "all", "when", "state", "_popup", "_to_field", "_changelist_filters", "_facets", "id__range")
NOUNS = {Appointment, Client, Group, Provider, Reservation, Service, User}


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in, with a row of each kind. Errors of the program fail the test."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    make_booking(service=make_service())
    Group.objects.create(name="Some")
    return client


def path_of(model: Any, page: str = "changelist", **arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", **arguments)


def parameters_of(model: Any) -> list[str]:
    """The parameters of the list's own filters, and each field with each lookup."""
    fields = [field.name for field in model._meta.get_fields() if field.name != "password"]
    return [*OWN, *(f"{name}{lookup}" for name in ("pk", *fields) for lookup in LOOKUPS)]


def messages_of(response: Any) -> list[str]:
    return [message.message for message in get_messages(response.wsgi_request)]


def test_every_list_is_registered_here() -> None:
    assert set(admin.site._registry) == NOUNS


@pytest.mark.parametrize("model", sorted(NOUNS, key=lambda model: model.__name__))
def test_no_value_of_a_filter_breaks_a_list(model: Any, browser: Browser) -> None:
    page, statuses = path_of(model), set()
    for name in parameters_of(model):
        for value in (*NUMBERS, *ODD) if name in FILTERS else (LARGE, "\0") if name in OWN else (LARGE,):
            response = browser.get(page, {name: value})
            statuses.add(response.status_code)
            if response.status_code == 302:
                assert response.url == f"{page}?e=1", name
    assert statuses == {200, 302, 400}  # 400: a lookup that Django, or we, do not allow


@pytest.mark.parametrize("value", [LARGE, "abc", "-1"])
def test_an_invalid_filter_is_told(value: str, browser: Browser) -> None:
    response = browser.get(path_of(Reservation), {"client__id__exact": value}, follow=True)
    assert response.redirect_chain == [(f"{path_of(Reservation)}?e=1", 302)]
    assert "The address had a filter that is not valid: this is the whole list." in response.content.decode()


def test_a_regular_expression_is_no_filter(browser: Browser) -> None:
    assert browser.get(path_of(Client), {"name__regex": "(a+)+$"}).status_code == 400


@pytest.mark.parametrize("model", sorted(NOUNS, key=lambda model: model.__name__))
@pytest.mark.parametrize("pk", [LARGE, str(2**63), "abc", "0", "-1", "_00"])
def test_a_page_of_no_row_is_not_found(model: Any, pk: str, browser: Browser) -> None:
    for page in ("change", "history", "delete"):
        response = browser.get(path_of(model, page, args=[pk]))
        assert response.status_code in (302, 403, 404)
        assert response.status_code != 302 or response.url == reverse("admin:index")
    if response.status_code == 302:  # the last, whose message is shown with those of the others
        assert browser.get(response.url).status_code == 200
    assert browser.post(path_of(model, "change", args=[pk]), {}).status_code in (302, 403)


@pytest.mark.parametrize("pk", [LARGE, str(2**63)])
def test_the_admin_s_other_pages_of_no_row_are_not_found(pk: str, browser: Browser) -> None:
    assert browser.get(f"/admin/reservation/user/{pk}/password/").status_code == 404
    assert browser.get(f"/admin/r/{pk}/{pk}/").status_code == 404
    history = path_of(Client, "history", args=[Client.objects.first().pk])  # type: ignore[union-attr]
    assert browser.get(history, {"p": pk}).status_code == 200
    names = {"app_label": "reservation", "model_name": "reservation", "field_name": "client"}
    assert browser.get(reverse("admin:autocomplete"), {**names, "term": pk}).status_code == 200
    assert browser.get(reverse("admin:autocomplete"), {**names, "page": pk}).status_code == 404


ACTIONS = {
    Reservation: ["confirm", "cancel", "complete", "mark_no_show"],
    Client: ["export_personal_data", "erase_personal_data"],
    User: ["delete_selected"],
    Group: ["delete_selected"],
}


@pytest.mark.parametrize("model", ACTIONS)
@pytest.mark.parametrize("pk", [LARGE, "abc", "", "\0", "-1"])
def test_an_action_for_no_row_does_nothing(model: Any, pk: str, browser: Browser) -> None:
    row, before = model.objects.order_by("pk").first(), all_rows()
    for action in ACTIONS[model]:
        for more in ({}, {"confirmed": "yes"}, {"post": "yes"}):
            response = browser.post(path_of(model), {"action": action, "_selected_action": [row.pk, pk], **more})
            assert response.status_code == 302
            assert messages_of(response)[-1] == "One of these rows does not exist. Nothing was done."
    assert all_rows() == before


@pytest.mark.parametrize("more", [{"action": "none"}, {"index": LARGE, "action": "confirm"}, {"select_across": LARGE}])
def test_a_tampered_form_of_an_action_does_nothing(more: dict[str, str], browser: Browser) -> None:
    before = all_rows()
    response = browser.post(path_of(Reservation), {"_selected_action": Reservation.objects.get().pk, **more})
    assert response.status_code in (200, 302)
    assert all_rows() == before


@pytest.mark.parametrize("noun", ["client", "provider"])
@pytest.mark.parametrize("value", NUMBERS)
def test_an_export_with_an_invalid_filter_is_refused_where_the_database_refuses_it(
    noun: str, value: str, browser: Browser
) -> None:
    model = {"client": Client, "provider": Provider}[noun]
    for name in ("id__in", "reservations__in", "created_at__year"):
        for form in ({"format": "0", "resource": "0"}, None):
            page = f"{path_of(model, 'export')}?{name}={value}"
            response = browser.get(page) if form is None else browser.post(page, form)
            if response.status_code == 302 or connection.vendor == "sqlite":
                assert (response.status_code, response.url) == (302, path_of(model)), name
            assert response.status_code in (200, 302), name
    assert LogEntry.objects.exists() is (connection.vendor != "sqlite")


@pytest.mark.parametrize(
    "form", [{"format": LARGE}, {"format": "x"}, {}, {"format": "0", "resource": LARGE}, {"format": "-1"}]
)
def test_a_tampered_form_of_an_export_takes_nothing_out(form: dict[str, str], browser: Browser) -> None:
    response = browser.post(path_of(Client, "export"), form or {"x": ""})
    assert (response.status_code, "Content-Disposition" in response.headers) == (200, False)


@pytest.mark.parametrize("value", [LARGE, "abc", "\0", str(2**63)])
@pytest.mark.parametrize("prefix", ["", "initial-"])
def test_a_tampered_form_of_a_row_is_refused(prefix: str, value: str, browser: Browser) -> None:
    provider, user, before = Provider.objects.get(), make_user(), all_rows()
    fields: dict[str, Any] = {"name": "Anna", "time_zone": "UTC", f"{prefix}services": [value]}
    assert browser.post(path_of(Provider, "change", args=[provider.pk]), fields).status_code == 400
    assert browser.post(path_of(Provider, "add"), {**fields, "email": "new@example.com"}).status_code == 400
    for name in ("groups", "user_permissions"):
        fields = {"email": "new@example.com", f"{prefix}{name}": [value]}
        assert browser.post(path_of(User, "change", args=[user.pk]), fields).status_code == 400
    fields = {"name": "New", f"{prefix}permissions": [value]}
    assert browser.post(path_of(Group, "change", args=[Group.objects.get(name="Some").pk]), fields).status_code == 400
    assert all_rows() == before


def test_a_number_that_is_too_large_for_a_field_is_an_error_of_the_form(browser: Browser) -> None:
    page = path_of(Service, "change", args=[Service.objects.get().pk])
    for value in (LARGE, str(2**63), str(2**31), "1e999", "9" * 5000):
        response = browser.post(page, {"name": "Cut", "duration_minutes": value})
        assert response.status_code == 200
        assert list(response.context["adminform"].form.errors) == ["duration_minutes"]


CALENDAR = ("", "grid/", "providers/")
CALENDAR_VALUES = (*NUMBERS, *ODD, "9" * 5000, "2030-02-30", "0001-01-01", "9999-12-31", "../../etc/passwd", "[]", "{")


@pytest.mark.parametrize("path", CALENDAR)
@pytest.mark.parametrize("name", ["view", "date", "zone", "providers", "service", "page", "search"])
def test_no_parameter_breaks_the_calendar(path: str, name: str, browser: Browser) -> None:
    provider = Provider.objects.get().pk
    for value in CALENDAR_VALUES:
        for view in ("day", "week"):
            query = {"view": view, "providers": str(provider), name: value}
            assert browser.get(f"/admin/calendar/{path}", query).status_code == 200, value


ROW_PATHS = ("appointments/{}/", "reservations/{}/", "reservations/{}/move/", "reservations/{}/times/")
COMMANDS = ("confirm", "cancel", "complete", "mark_no_show", "reschedule")


@pytest.mark.parametrize("pk", [LARGE, str(2**63), "0", "9" * 5000, "\N{ARABIC-INDIC DIGIT THREE}"])
def test_the_calendar_finds_no_row_with_a_tampered_id(pk: str, browser: Browser) -> None:
    for path in ROW_PATHS:
        assert browser.get(f"/admin/calendar/{path.format(pk)}").status_code == 404, path
    for name in COMMANDS:
        assert browser.post(f"/admin/calendar/reservations/{pk}/{name}/", {"key": "k"}).status_code == 404, name


@pytest.mark.parametrize("path", ["clients/add/", "reserve/", *(f"reservations/{{}}/{name}/" for name in COMMANDS)])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"key": ""},
        {"key": "k" * 300},
        {"key": "\0"},
        {"key": "k", "appointment_id": LARGE, "client_id": LARGE, "service_id": LARGE},
        {"key": "k", "appointment_id": "x", "client_id": "x", "service_id": "x", "note": "\0", "reason": "\0"},
        {"key": "k", "appointment_id": str(2**63 - 1), "client_id": str(2**63 - 1), "name": "\0", "email": "\0"},
        {"key": "k", "appointment_id": "1", "client_id": "1", "note": "x" * 50_000, "reason": "x" * 50_000},
        {"key": "k", "name": "x" * 10_000, "email": "x" * 10_000, "phone": "\ud800"},
    ],
)
def test_no_form_breaks_a_command_of_the_calendar(path: str, fields: dict[str, str], browser: Browser) -> None:
    before = all_rows()
    sent = {name: value.encode("utf-8", "surrogatepass").decode("latin-1") for name, value in fields.items()}
    response = browser.post(f"/admin/calendar/{path.format(Reservation.objects.get().pk)}", sent)
    assert (response.status_code, "refusal" in response.json() or all_rows() != before) == (200, True)


@pytest.mark.parametrize("body", [b"{", b"[1]", b"null", b"\xff\xfe", b"key=%00&key=%ff%fe", b"a" * 10_000])
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_no_body_breaks_a_command_of_the_calendar(body: bytes, content_type: str, browser: Browser) -> None:
    for path in ("clients/", "clients/add/", "reserve/", f"reservations/{Reservation.objects.get().pk}/cancel/"):
        response = browser.post(f"/admin/calendar/{path}", body, content_type=content_type)
        assert response.status_code in (200, 400), path


@pytest.mark.parametrize("session", [LARGE, "abc", "", "\0"])
def test_a_tampered_session_is_not_ended(session: str, browser: Browser) -> None:
    assert browser.post(reverse("admin:sessions"), {"session": session}).status_code == 302
    assert browser.get(reverse("admin:index")).status_code == 200
