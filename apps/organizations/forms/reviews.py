"""What staff are asked before they decide about a merchant."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError

from apps.core.money import to_major, to_minor
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.organizations.models import Organization
from apps.organizations.policies import POLICY_SECTIONS

# What is proposed, at least, when people approve; minor units of the settlement currency.
PROPOSED_THRESHOLD = 25_000
SECTIONS = [("", "Choose…"), *POLICY_SECTIONS.items()]


def _reason() -> Any:
    return fields.text(
        "Reason", min_length=10, max_length=500, help_text="Kept with the review and the event."
    )


class ApproveForm(ReasonForm):
    """When to look again."""

    field_order = ("threshold", "reason")
    threshold = fields.line(
        "Next review at sales of",
        help_text=f"In {settings.SETTLEMENT_CURRENCY.upper()}, as 250.00.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organization.objects.filter(pk=self.object_id)
        present = rows.values_list("next_review_threshold", flat=True).first() or 0
        proposed = max(PROPOSED_THRESHOLD, 2 * present)
        self.fields["threshold"].initial = str(to_major(proposed, settings.SETTLEMENT_CURRENCY))

    def clean_threshold(self) -> int:
        """Minor units of the settlement currency."""
        try:
            amount = to_minor(self.cleaned_data["threshold"].strip(), settings.SETTLEMENT_CURRENCY)
        except ValueError as error:
            raise ValidationError("Not an amount.") from error
        if amount < 0:
            raise ValidationError("Must not be negative.")
        return amount


class PolicyForm(ReasonForm):
    """By which section of the policy."""

    field_order = ("policy_section", "reason")
    policy_section = fields.choice("Section of the policy", SECTIONS)
    reason = _reason()


class WhyForm(ReasonForm):
    """Why, in a sentence."""

    reason = _reason()


class SnoozeForm(ReasonForm):
    """For how long, and what ends it."""

    field_order = ("days", "snooze_type", "reason")
    days = fields.whole("Days", min_value=1, max_value=7, initial=3)
    snooze_type = fields.choice(
        "Comes back",
        [
            (Organization.SnoozeType.TIME_BASED, "After these days"),
            (Organization.SnoozeType.NEXT_SALE, "With the first sale after these days"),
        ],
    )


class AppealForm(ReasonForm):
    """What the merchant is told."""

    field_order: ClassVar[tuple[str, ...]] = ("reply", "reason")
    reply = fields.text("Answer to the merchant", max_length=5000, required=False)
    reason = _reason()


class DenyAppealForm(AppealForm):
    """By which section, and what the merchant is told."""

    field_order = ("policy_section", "reply", "reason")
    policy_section = fields.choice("Section of the policy", SECTIONS)
