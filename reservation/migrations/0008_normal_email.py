"""The normal form of e-mail addresses. Their columns, allauth's too, compare by bytes (database/collations.py).

Safe to run again after an interruption on MySQL and MariaDB, where changes of tables are not transactional.
"""

import sys

from django.db import migrations

import database.collations
import reservation.models.email
from reservation.models.stored_emails import normalise_stored_emails


class AddFieldOnce(migrations.AddField):
    """Adds a column, or finds that an interrupted run has added it."""

    def has_column(self, schema_editor, model):
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
        return self.name in {column.name for column in columns}

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.collect_sql or not self.has_column(schema_editor, from_state.apps.get_model(app_label, self.model_name)):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.collect_sql or self.has_column(schema_editor, from_state.apps.get_model(app_label, self.model_name)):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def normalise(apps, schema_editor):
    User, EmailAddress = apps.get_model("reservation", "User"), apps.get_model("account", "EmailAddress")
    database = schema_editor.connection.alias
    report = normalise_stored_emails(User.objects.using(database).all(), EmailAddress.objects.using(database).all())
    for line in report.lines():
        sys.stdout.write(f"\n    {line}")


def restore(apps, schema_editor):
    """The spelling that was stored before: lower case, and nothing else."""
    User, EmailAddress = apps.get_model("reservation", "User"), apps.get_model("account", "EmailAddress")
    database = schema_editor.connection.alias
    for user in User.objects.using(database).exclude(typed_email="").order_by("pk"):
        former = user.typed_email.lower()
        EmailAddress.objects.using(database).filter(user_id=user.pk, email=user.email).update(email=former)
        User.objects.using(database).filter(pk=user.pk).update(email=former)


class Migration(migrations.Migration):

    dependencies = [
        ('reservation', '0007_clean_texts'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [
        AddFieldOnce(
            model_name='user',
            name='typed_email',
            field=database.collations.ByteCharField(blank=True, default='', editable=False, help_text='The address as its owner typed it, where that is not the same; mail needs the case before the @.', max_length=254),
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=reservation.models.email.NormalEmailField(help_text='The address that the account logs in with.', max_length=254, unique=True),
        ),
        migrations.RunPython(normalise, restore),
    ]
