"""What support is asked before a discount is made or changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.money import format_amount, to_major, to_minor
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.discounts.models import Discount
from apps.organizations.models import Organization

_PERCENT = "A percentage as 12.5, or amounts as usd 5.00, eur 4.50."


class EditForm(ReasonForm):
    """What may change; `changes` holds only what is different, named as in the API."""

    field_order: tuple[str, ...] = (
        "name",
        "code",
        "value",
        "starts_on",
        "ends_on",
        "max_redemptions",
        "max_redemptions_per_customer",
        "reason",
    )
    name = fields.line("Name", max_length=256, help_text="Buyers see it.")
    code = fields.line("Code", required=False, max_length=256, help_text="Empty: none.")
    value = fields.line("Value", help_text=_PERCENT)
    starts_on = fields.day("From", required=False, help_text="UTC. Empty: at once.")
    ends_on = fields.day("Up to and with", required=False, help_text="UTC. Empty: no end.")
    max_redemptions = fields.whole("Uses", required=False, min_value=1)
    max_redemptions_per_customer = fields.whole("Uses per buyer", required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.discount = Discount.objects.filter(pk=self.object_id).first()
        for name, value in shown_of(self.discount).items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        """`changes` for `update_discount`, what stays as it is left out."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        shown = shown_of(self.discount)
        data["changes"] = {
            name: value
            for field in shown
            if field in data and (data[field] or None) != (shown[field] or None)
            for name, value in self._meant(field, data[field]).items()
        }
        return data

    def _meant(self, field: str, value: Any) -> dict[str, Any]:
        match field:
            case "starts_on":
                return {"starts_at": first_moment(value)}
            case "ends_on":
                return {"ends_at": last_moment(value)}
            case "value":
                return self._value(str(value))
            case _:
                return {field: value or None}

    def _value(self, text: str) -> dict[str, Any]:
        is_percentage = self.discount is not None and self.discount.type == "percentage"
        try:
            return (
                {"basis_points": to_bps(text)} if is_percentage else {"amounts": to_amounts(text)}
            )
        except ValueError:
            self.add_error("value", f"Not understood. {_PERCENT}")
            return {}


class NewForm(ReasonForm):
    """A new discount of an organization; an address may name it (`?organization=`)."""

    field_order = (
        "organization",
        "name",
        "code",
        "type",
        "value",
        "duration",
        "duration_in_months",
        "starts_on",
        "ends_on",
        "max_redemptions",
        "max_redemptions_per_customer",
        "reason",
    )
    organization = fields.line("Organization", help_text="Its slug or id.")
    name = fields.line("Name", max_length=256, help_text="Buyers see it.")
    code = fields.line("Code", required=False, max_length=256, help_text="Empty: none.")
    type = fields.choice("Type", Discount.Type.choices)
    value = fields.line("Value", help_text=_PERCENT)
    duration = fields.choice("Duration", Discount.Duration.choices)
    duration_in_months = fields.whole("Months", required=False, min_value=1, max_value=999)
    starts_on = fields.day("From", required=False, help_text="UTC. Empty: at once.")
    ends_on = fields.day("Up to and with", required=False, help_text="UTC. Empty: no end.")
    max_redemptions = fields.whole("Uses", required=False, min_value=1)
    max_redemptions_per_customer = fields.whole("Uses per buyer", required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].initial = self.request.GET.get("organization", "")

    def clean_organization(self) -> Organization:
        """The organization meant."""
        term = self.cleaned_data["organization"].strip()
        key = as_uuid(term)
        found = Organization.objects.filter(Q(pk=key) if key else Q(slug=term)).first()
        if found is None:
            raise ValidationError("There is no such organization.")
        return found

    def clean(self) -> dict[str, Any]:
        """With `basis_points` or `amounts`."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        text = str(data.get("value", ""))
        try:
            if data.get("type") == "percentage":
                data["basis_points"] = to_bps(text)
            else:
                data["amounts"] = to_amounts(text)
        except ValueError:
            self.add_error("value", f"Not understood. {_PERCENT}")
        return data


def shown_of(discount: Discount | None) -> dict[str, Any]:
    """The fields of the form as they stand."""
    if discount is None:
        return {}
    ends_at = discount.ends_at
    return {
        "name": discount.name,
        "code": discount.code or "",
        "value": value_text(discount),
        "starts_on": discount.starts_at.date() if discount.starts_at else None,
        "ends_on": (ends_at - timedelta(microseconds=1)).date() if ends_at else None,
        "max_redemptions": discount.max_redemptions,
        "max_redemptions_per_customer": discount.max_redemptions_per_customer,
    }


def value_text(discount: Discount) -> str:
    """The value as it is typed in."""
    if discount.type == Discount.Type.PERCENTAGE:
        return f"{(discount.basis_points or 0) / 100:g}"
    amounts = sorted((discount.amounts or {}).items())
    return ", ".join(f"{currency} {to_major(amount, currency)}" for currency, amount in amounts)


def value_label(discount: Discount) -> str:
    """The value as it is read."""
    if discount.type == Discount.Type.PERCENTAGE:
        return f"{(discount.basis_points or 0) / 100:g} %"
    amounts = sorted((discount.amounts or {}).items())
    return ", ".join(format_amount(amount, currency) for currency, amount in amounts)


def to_bps(text: str) -> int:
    """Hundredths of a percent. :raises ValueError: for what is none."""
    return to_minor(text.strip().removesuffix("%").strip(), "usd")


def to_amounts(text: str) -> dict[str, int]:
    """Minor units by currency. :raises ValueError: for what is none."""
    amounts = {}
    for part in text.split(","):
        currency, _, amount = part.strip().lower().partition(" ")
        amounts[currency] = to_minor(amount.strip(), currency)
    return amounts


def first_moment(day: date | None) -> datetime | None:
    """When a day begins."""
    return datetime.combine(day, time.min, tzinfo=UTC) if day else None


def last_moment(day: date | None) -> datetime | None:
    """When a day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC) if day else None
