"""What the templates of mails ask for: amounts and days in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_date
from django import template

from apps.core.money import format_amount

register = template.Library()


@register.simple_tag(takes_context=True)
def money(context: dict[str, Any], amount: int | None, currency: str) -> str:
    """Minor units with their currency sign."""
    return "" if amount is None else format_amount(amount, currency, context["locale"])


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], moment: datetime | str | None) -> str:
    """The day of a moment (UTC), written out."""
    if not moment:
        return ""
    value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return format_date(value.date(), format="long", locale=context["locale"])
