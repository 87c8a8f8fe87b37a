"""Reverse invoices, for staff: the verbs that issue them."""

from __future__ import annotations

from typing import Any

from apps.core.origin import Origin
from apps.core.staff import roles
from apps.core.staff.verbs import verb
from apps.payouts.forms import BillingForm, InvoiceForm
from apps.payouts.models import Payout
from apps.payouts.operations import (
    issue_reverse_invoice,
    plan_issue_reverse_invoice,
    plan_set_payout_billing,
    set_payout_billing,
)


class InvoiceVerbs:
    """The verbs of payouts that concern their invoices."""

    @verb(
        title="Set billing details",
        role=roles.FINANCE,
        icon="contact_page",
        submit="Set",
        form=BillingForm,
        text="Who an organization's reverse invoices are from.",
        plan=lambda nothing, data, origin: plan_set_payout_billing(
            organization=data["organization"], name=data["name"], address=data["address"]
        ),
    )
    def billing(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Say who the invoices of an organization are from."""
        organization = data["organization"]
        set_payout_billing(
            organization_id=organization.pk,
            name=data["name"],
            address=data["address"],
            agreed=data["agreed"],
            origin=origin.on_clock(organization.clock_offset),
        )
        return f"Invoices of {organization} are from {data['name']}."

    @verb(
        title="Issue the invoice",
        role=roles.FINANCE,
        icon="request_quote",
        submit="Issue",
        form=InvoiceForm,
        text="Number, seller and lines stand from then on.",
        available=lambda payout: payout.status == "succeeded" and not payout.invoice_issued_at,
        plan=lambda payout, data, origin: plan_issue_reverse_invoice(
            payout=payout, invoice_number=data["invoice_number"] or None
        ),
    )
    def issue_invoice(self, payout: Payout, data: dict[str, Any], origin: Origin) -> str:
        """Issue the reverse invoice."""
        issued = issue_reverse_invoice(
            payout_id=payout.pk,
            invoice_number=data["invoice_number"] or None,
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{issued} is invoiced."
