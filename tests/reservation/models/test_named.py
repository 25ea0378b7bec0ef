"""The folded name is kept with the name, whichever way a row is written."""

import pytest
from django.db import connection
from django.db.models import F

from reservation.models import Client, Provider, Service
from tests.factories import NOW, make_client, make_provider, make_service

pytestmark = pytest.mark.django_db


def folded() -> list[str]:
    return [*Service.objects.by_name().values_list("folded_name", flat=True)]


def test_saving_keeps_the_folded_name() -> None:
    service = make_service(name="Café")
    assert folded() == ["cafe"]
    service.name = "Thé"
    service.save(update_fields={"name"})
    assert folded() == ["the"]
    service.name = "Été"
    service.save(update_fields=["is_active"])
    assert folded() == ["the"]
    service.save()
    assert (folded(), service.folded_name) == (["ete"], "ete")
    Service.objects.update_or_create(pk=service.pk, defaults={"name": "Hôtel"})
    assert folded() == ["hotel"]


def test_a_row_that_was_read_in_part_keeps_the_folded_name() -> None:
    make_service(name="Café")
    service = Service.objects.only("name").get()
    service.name = "Thé"
    service.save()
    assert folded() == ["the"]
    Service.objects.only("is_active").get().save()
    assert folded() == ["the"]


def test_statements_for_many_rows_keep_the_folded_name() -> None:
    Service.objects.bulk_create([Service(name=name, duration_minutes=15, created_at=NOW) for name in ("Éa", "Ãb")])
    assert folded() == ["ab", "ea"]
    services = [*Service.objects.by_name()]
    services[0].name, services[1].name = "Ç", "Ñ"
    Service.objects.bulk_update(services, ["name"])
    assert folded() == ["c", "n"]
    Service.objects.filter(name="Ç").update(name="Ü")
    assert folded() == ["n", "u"]
    with pytest.raises(TypeError):
        Service.objects.update(name=F("description"))


def test_a_folded_name_fits_its_column() -> None:
    service = make_service(name="\ufdfa" * 200)  # a character whose compatibility form has 18
    assert len(Service.objects.get(pk=service.pk).folded_name) == 400
    assert [*Service.objects.filter(folded_name__startswith="\ufdfa")] == [service]


def test_lookups_fold_the_text_to_find() -> None:
    client, provider = make_client(name="José Weiß"), make_provider(name="Ann%a_🍣")
    for text in ("jose", "JOSE\u0301 w", "é weiss"):
        assert [*Client.objects.filter(folded_name__contains=text)] == [client], text
        assert [*Client.objects.filter(folded_name__icontains=text)] == [client], text
    assert [*Client.objects.filter(folded_name__startswith="JÓSE")] == [client]
    assert [*Client.objects.filter(folded_name__startswith="weiss")] == []
    assert [*Provider.objects.filter(folded_name__contains="N%A_")] == [provider]
    for text in ("n_a", "🍺", "%%"):
        assert [*Provider.objects.filter(folded_name__contains=text)] == []


def test_a_beginning_is_found_by_the_index() -> None:
    found = Client.objects.filter(folded_name__startswith="ada").by_name().values_list("pk", flat=True)[:10]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "client_by_folded_name" in found.explain()
