"""Groups for staff. Made once: what an operator makes of them afterwards stays."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

VIEWER = (
    "reservation.view_appointment",
    "reservation.view_client",
    "reservation.view_provider",
    "reservation.view_reservation",
    "reservation.view_reservationevent",
    "reservation.view_service",
    "reservation.view_user",
    "auth.view_group",
)
FRONT_DESK = (
    *VIEWER,
    "reservation.add_reservation",
    "reservation.change_reservation",
    "reservation.add_client",
    "reservation.change_client",
)
MANAGER = (
    *FRONT_DESK,
    "reservation.add_appointment",
    "reservation.delete_appointment",
    "reservation.delete_client",
    "reservation.export_client",
    "reservation.import_client",
    "reservation.add_provider",
    "reservation.change_provider",
    "reservation.export_provider",
    "reservation.import_provider",
    "reservation.add_service",
    "reservation.change_service",
)
GROUPS = {"Viewer": VIEWER, "Front desk": FRONT_DESK, "Manager": MANAGER}


def make_groups(apps, schema_editor=None):
    """Those that are not there yet. Permissions are otherwise made at the end of `migrate`: too late for these."""
    for label in ("reservation", "auth"):
        app = apps.get_app_config(label)
        app.models_module = getattr(app, "models_module", True)  # which it asks for, and the app of a migration lacks
        create_permissions(app, apps=apps, verbosity=0)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = {f"{one.content_type.app_label}.{one.codename}": one for one in Permission.objects.select_related("content_type")}
    for name, permissions in GROUPS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set([known[permission] for permission in permissions])


def make_managers(apps, schema_editor):
    """Staff could do everything over the API until now, and no one is locked out."""
    manager = apps.get_model("auth", "Group").objects.get(name="Manager")
    staff = apps.get_model("reservation", "User").objects.filter(is_staff=True, is_superuser=False, groups=None)
    for account in staff:
        account.groups.add(manager)


class Migration(migrations.Migration):

    dependencies = [
        ('reservation', '0002_external_identity'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='client',
            options={'permissions': (('export_client', 'Can export clients'), ('import_client', 'Can import clients'))},
        ),
        migrations.AlterModelOptions(
            name='provider',
            options={'permissions': (('export_provider', 'Can export providers'), ('import_provider', 'Can import providers'))},
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(make_managers, migrations.RunPython.noop),
    ]
