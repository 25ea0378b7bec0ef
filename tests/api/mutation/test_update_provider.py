"""updateProvider: a provider changes its own profile, staff everything."""

import pytest

from reservation.models import Provider
from tests.api.mutation.conftest import Change, Refuse, Reject
from tests.factories import make_service
from tests.practice import PEOPLE, PROVIDER, Practice, gid
from tests.rows import all_rows


@pytest.mark.parametrize("who", ["provider", "staff"])
def test_the_provider_and_staff_change_its_profile(who: str, changes: Change, practice: Practice) -> None:
    given = {"name": "Ann", "bio": "", "timeZone": "Asia/Tokyo"}
    payload = changes(
        "updateProvider", caller=practice.who(who), select=PROVIDER, providerId=gid(practice.provider), **given
    )
    assert payload["provider"] == {"id": gid(practice.provider), "isActive": True, **given}


@pytest.mark.parametrize("who", [name for name in PEOPLE if name not in ("nobody", "provider", "staff")])
def test_others_may_not_change_a_provider(who: str, refuse: Refuse, practice: Practice) -> None:
    code = refuse("updateProvider", caller=practice.who(who), providerId=gid(practice.provider), name="Ann")
    assert code == ("FORBIDDEN", ["providerId"])


def test_staff_changes_the_services_and_whether_it_is_active(changes: Change, practice: Practice) -> None:
    shaving = make_service(name="Shaving")
    for services, names in (([gid(shaving)], [{"name": "Shaving"}]), ([], [])):
        given = {"providerId": gid(practice.provider), "isActive": False, "serviceIds": services}
        select = "isActive services { nodes { name } }"
        payload = changes("updateProvider", caller=practice.staff, select=select, **given)
        assert payload["provider"] == {"isActive": False, "services": {"nodes": names}}


@pytest.mark.parametrize("field", ["isActive", "serviceIds"])
def test_a_provider_may_not_change_these_itself(field: str, refuse: Refuse, practice: Practice) -> None:
    value = True if field == "isActive" else [gid(practice.service)]
    given = {"providerId": gid(practice.provider), "name": "Ann", field: value}
    assert refuse("updateProvider", caller=practice.who("provider"), **given) == ("FORBIDDEN", [field])


def test_a_field_that_is_omitted_or_null_stays(changes: Change, practice: Practice) -> None:
    before = all_rows()
    for given in ({}, dict.fromkeys(("name", "bio", "timeZone", "isActive", "serviceIds"))):
        changes("updateProvider", caller=practice.staff, providerId=gid(practice.provider), **given)
    assert all_rows() == before


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("name", ""), ("name", "  "), ("name", "x" * 201), ("name", "a\x00b"), ("bio", "x" * 2001), ("bio", "a\x00b")],
    ids=lambda text: text[:20],
)
def test_an_invalid_name_or_bio_is_refused(field: str, wrong: str, refuse: Refuse, practice: Practice) -> None:
    given = {"providerId": gid(practice.provider), "timeZone": "Asia/Tokyo", field: wrong}
    assert refuse("updateProvider", caller=practice.who("provider"), **given) == ("INVALID_INPUT", [field])


def test_an_unknown_time_zone_is_rejected(reject: Reject, practice: Practice) -> None:
    given = {"providerId": gid(practice.provider), "timeZone": "Mars/Olympus"}
    assert reject("updateProvider", caller=practice.staff, **given) == ["BAD_USER_INPUT"]


def test_an_unknown_service_refuses_the_whole_change(refuse: Refuse, practice: Practice) -> None:
    given = {"providerId": gid(practice.provider), "name": "Ann", "serviceIds": [gid(make_service()), "U2VydmljZTow"]}
    assert refuse("updateProvider", caller=practice.staff, **given) == ("NOT_FOUND", ["serviceIds"])
    assert Provider.objects.get(pk=practice.provider.pk).name == "Anna"
