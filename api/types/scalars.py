"""Scalars for time. They are stricter than graphene's, since an instant without an offset is ambiguous."""

import re
from datetime import UTC, datetime
from typing import Any

import graphene
import orjson
from django.db import models
from graphene_django.converter import convert_django_field
from graphql import GraphQLError, StringValueNode, ValueNode

from api.execution import Column, register_column_serializer
from reservation.models.fields import TimeZoneField
from reservation.time_zones import is_time_zone

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class TextScalar(graphene.Scalar):
    """A scalar with the form of a string; subclasses parse it."""

    class Meta:
        abstract = True

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> Any:
        if not isinstance(node, StringValueNode):
            raise GraphQLError(f"{cls.__name__} must be a string.", node)
        return cls.parse_value(node.value)

    @classmethod
    def parse_value(cls, value: Any) -> Any:
        if not isinstance(value, str):
            raise GraphQLError(f"{cls.__name__} must be a string.")
        return cls.parse(value)

    @classmethod
    def parse(cls, text: str) -> Any:
        raise NotImplementedError


class DateTime(TextScalar):
    """An instant. Input: RFC 3339 with an offset (one without is refused). Output: RFC 3339 in UTC."""

    @classmethod
    def parse(cls, text: str) -> datetime:
        try:
            if not RFC_3339.fullmatch(text):
                raise ValueError
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise GraphQLError(
                "An instant is written as RFC 3339 with an offset, such as 2030-01-31T09:00:00+01:00."
            ) from error

    @staticmethod
    def serialize(value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def serialize_instants(values: Column) -> Column:
    """Serialise a column of instants as `DateTime.serialize` does. Raises ValueError for one that is not in UTC."""
    if any(value.tzinfo is not UTC for value in values):
        raise ValueError("An instant is not in UTC.")
    serialised: list[str] = orjson.loads(orjson.dumps(values, option=orjson.OPT_UTC_Z))
    return serialised


register_column_serializer(DateTime.serialize, datetime, serialize_instants)


class Date(graphene.Date):
    """A calendar day, YYYY-MM-DD."""


class Time(graphene.Time):
    """A wall-clock time, HH:MM[:SS]."""


class TimeZone(TextScalar):
    """An IANA time zone name, such as Europe/Paris."""

    @classmethod
    def parse(cls, text: str) -> str:
        if not is_time_zone(text):
            raise GraphQLError("There is no IANA time zone with this name.")
        return text

    @staticmethod
    def serialize(value: str) -> str:
        return value


@convert_django_field.register(models.DateTimeField)
def convert_datetime_field(field: "models.DateTimeField[Any, Any]", registry: Any = None) -> DateTime:
    return DateTime(description=str(field.help_text), required=not field.null)


@convert_django_field.register(TimeZoneField)
def convert_time_zone_field(field: TimeZoneField, registry: Any = None) -> TimeZone:
    return TimeZone(description=str(field.help_text), required=not field.null)
