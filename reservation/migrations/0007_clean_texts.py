"""Brings stored texts to the rules of new ones, and fills the folded names."""

from django.db import migrations

from reservation.models.stored_texts import clean_stored_texts


def clean_texts(apps, schema_editor):
    for name in ("Client", "Provider", "Service", "Reservation"):
        for pk, field in clean_stored_texts(apps.get_model("reservation", name)).undecided:
            print(f"\n  {name} {pk}: the {field} shows nothing without what is forbidden in it; change it by hand.", end="")


class Migration(migrations.Migration):
    dependencies = [("reservation", "0006_folded_names")]
    operations = [migrations.RunPython(clean_texts, migrations.RunPython.noop, elidable=True)]
