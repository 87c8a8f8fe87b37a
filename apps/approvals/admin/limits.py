"""What one person may do alone, for admins."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.approvals.forms import LimitForm
from apps.approvals.models import Limit
from apps.approvals.operations import (
    plan_remove_limit,
    plan_set_limit,
    remove_limit,
    set_limit,
)
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb


def _as_second(limit: Limit) -> Any:
    if limit.approval_amount is None:
        return "any amount"
    return show.amount(limit.approval_amount, limit.currency)


@admin.register(Limit)
class LimitAdmin(RecordAdmin):
    """How much money each role moves without a second person."""

    icon = "speed"
    view_role = roles.SUPPORT
    actions_list = ("set_limit",)
    actions_detail = ("remove",)
    empty_text = "Nobody is limited."
    list_filter = ("role", "currency")
    list_display = (
        columns.text("role"),
        columns.text("currency"),
        columns.amount("amount", title="Alone, up to"),
        columns.column(_as_second, "As the second person, up to", kind="amount"),
        columns.when("created_at"),
        columns.when("modified_at", "Changed"),
    )
    ordering = ("role", "currency")
    facts: ClassVar = (
        (
            "Limit",
            (
                "role",
                "currency",
                columns.amount("amount", title="Alone, up to"),
                columns.column(_as_second, "As the second person, up to", kind="amount"),
                "created_at",
                columns.when("modified_at", "Changed"),
                columns.code("id"),
            ),
        ),
    )

    @verb(
        title="Set a limit",
        role=roles.ADMIN,
        icon="speed",
        submit="Set",
        form=LimitForm,
        text="A role with a limit needs a second person for every currency that it has none for.",
        plan=lambda nothing, data, origin: plan_set_limit(
            role=data["role"],
            currency=data["currency"],
            amount=data["amount"],
            approval_amount=data["approval_amount"],
        ),
    )
    def set_limit(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Say what a role may do alone."""
        limit = set_limit(
            role=data["role"],
            currency=data["currency"],
            amount=data["amount"],
            approval_amount=data["approval_amount"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{limit}: {format_amount(limit.amount, limit.currency)} alone."

    @verb(
        title="Remove",
        role=roles.ADMIN,
        icon="delete",
        is_danger=True,
        is_end=True,
        text="Without any limit a role is not limited.",
        plan=lambda limit, data, origin: plan_remove_limit(limit=limit),
    )
    def remove(self, limit: Limit, data: dict[str, Any], origin: Origin) -> str:
        """Take the limit away."""
        remove_limit(limit_id=limit.pk, agreed=data["agreed"], origin=origin)
        return f"{limit} has no limit any more."

    def address_after(self, record: Any) -> str:
        """The list, where the record is gone."""
        if record is not None and not Limit.objects.filter(pk=record.pk).exists():
            return super().address_after(None)
        return super().address_after(record)
