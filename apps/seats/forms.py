"""What staff are asked before they give a seat to somebody."""

from __future__ import annotations

from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm


class AssignForm(ReasonForm):
    """Whom the seat is for."""

    field_order = ("email", "reason")
    email = fields.email(
        "E-mail",
        max_length=320,
        help_text="They are written to, and become a member of the customer if they are none.",
    )
