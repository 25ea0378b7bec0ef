"""Time zones that tzdata does not have, or that browsers do not know (localtime, Factory), become UTC."""

from django.db import migrations

from reservation.time_zones import time_zone_names


def replace_unknown_time_zones(apps, schema_editor):
    database = schema_editor.connection.alias
    for name in ("Provider", "Client"):
        rows = apps.get_model("reservation", name).objects.using(database).exclude(time_zone__in=time_zone_names())
        for pk, time_zone in rows.order_by("pk").values_list("pk", "time_zone"):
            print(f"\n  {name} {pk}: the time zone {time_zone} is unknown to browsers, and becomes UTC.", end="")
        rows.update(time_zone="UTC")


class Migration(migrations.Migration):
    dependencies = [("reservation", "0004_reservation_by_status")]
    operations = [migrations.RunPython(replace_unknown_time_zones, migrations.RunPython.noop, elidable=True)]
