"""Moments by the clocks of organizations, which may run ahead of the machine's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.expressions import Combinable


def organization_time(at: datetime) -> Combinable:
    """A time of the machine by the clock of the organization of each row."""
    return ExpressionWrapper(
        Value(at, output_field=DateTimeField()) + F("organization__clock_offset"),
        output_field=DateTimeField(),
    )
