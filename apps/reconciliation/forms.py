"""What people are asked about discrepancies and fees."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from apps.accounts.models import User
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.ledger.models import Entry
from apps.ledger.processor_fees import ProcessorFeeType
from apps.reconciliation.models import BalanceTransaction


class LinkForm(ReasonForm):
    """Which entry of the books it is."""

    field_order = ("reference", "reason")
    reference = fields.line(
        "Entry", help_text="Its reference, as in the list of entries.", max_length=200
    )

    def clean_reference(self) -> str:
        """The reference of an entry that there is."""
        reference: str = self.cleaned_data["reference"].strip()
        if not Entry.objects.filter(reference=reference).exists():
            raise ValidationError("The books have no entry of that reference.")
        return reference


class ExplainForm(ReasonForm):
    """Why the difference is right as it is."""

    field_order = ("explanation", "reason")
    explanation = fields.text("Explanation", max_length=2000)


class AssignForm(ReasonForm):
    """Who looks after it."""

    field_order = ("assignee", "reason")
    assignee = fields.choice("Owner", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True).exclude(staff_role="").order_by("email")
        field: Any = self.fields["assignee"]
        field.choices = [("", "Nobody"), *((str(one.pk), one.email) for one in staff)]


class NoteForm(ReasonForm):
    """A note; it needs no reason beside it."""

    field_order = ("text", "reason")
    text = fields.text("Note", max_length=5000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]
        self.fields["reason"] = fields.line("Reason", required=False, initial="Note")


class ClassifyForm(ReasonForm):
    """What a fee is for, and by which words the next ones are known."""

    field_order = ("fee_type", "pattern", "reason")
    fee_type = fields.choice(
        "It is for", [(one.value, one.value.replace("_", " ")) for one in ProcessorFeeType]
    )
    pattern = fields.line(
        "All that contain", max_length=200, help_text="Of its description, in whatever case."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        object_id = kwargs.get("object_id")
        super().__init__(*args, **kwargs)
        line = BalanceTransaction.objects.filter(pk=object_id).first() if object_id else None
        if line is not None:
            # Without what names a month or a number, as in `Connect (2026-11): Payout Fee`.
            self.fields["pattern"].initial = line.description.rpartition(":")[2].strip()
