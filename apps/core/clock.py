"""The one place that reads the clock. Only interfaces call it; a lint keeps it so."""

from datetime import datetime

from django.utils import timezone


def system_time() -> datetime:
    """The machine's time, aware, UTC."""
    return timezone.now()
