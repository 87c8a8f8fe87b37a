"""Invoices that the platform writes to itself in the name of a merchant, for what it has paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.payouts.errors import (
    InvoiceAlreadyExists,
    MissingInvoiceBillingDetails,
    PayoutNotSucceeded,
)
from apps.payouts.invoices import invoice_facts
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout, PayoutProfile
from apps.payouts.operations.accounts import open_profile
from apps.payouts.operations.moving import change_payout
from apps.payouts.selectors import profile_of
from apps.payouts.statements import statement_of

# The lines of an address, as a letter has them.
_ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")


def plan_set_payout_billing(
    *, organization: Organization, name: str, address: Mapping[str, Any]
) -> Plan:
    """What `set_payout_billing` would do."""
    profile = profile_of(organization.pk)
    title = f"Invoices of {organization} are from {name.strip()}"
    kept = (profile.billing_name, profile.billing_address) if profile else ("", {})
    if kept == (name.strip(), dict(address)):
        return Plan(title=title)
    before, after = _seller(*kept), _seller(name.strip(), address)
    return Plan(
        title=title,
        changes=(Change("Invoices are from", before, after),),
        effects=("Invoices that were issued stay as they are.",),
        events=("organization.payout_billing_changed",),
    )


@transaction.atomic
def set_payout_billing(
    *,
    organization_id: UUID,
    name: str,
    address: Mapping[str, Any],
    agreed: str | None = None,
    origin: Origin,
) -> PayoutProfile:
    """
    Who an organization's reverse invoices are from; those that were issued stay as they are.

    The same again changes nothing.

    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    plan_set_payout_billing(organization=organization, name=name, address=address).require(agreed)
    profile = open_profile(organization, origin)
    if (profile.billing_name, profile.billing_address) == (name.strip(), dict(address)):
        return profile
    profile.billing_name, profile.billing_address = name.strip(), dict(address)
    profile.modified_at = origin.at
    profile.save(update_fields=["billing_name", "billing_address", "modified_at"])
    record(
        "organization.payout_billing_changed",
        subject=organization,
        organization_id=organization_id,
        origin=origin,
    )
    return profile


def plan_issue_reverse_invoice(*, payout: Payout, invoice_number: str | None = None) -> Plan:
    """What `issue_reverse_invoice` would do. Raises as it does."""
    return _plan(payout, *_require_issuable(payout, invoice_number))


@transaction.atomic
def issue_reverse_invoice(
    *,
    payout_id: UUID,
    invoice_number: str | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> Payout:
    """
    Issue the invoice of a payout that has succeeded, under its own number unless given another.

    Number, seller and lines stand from then on.

    :raises InvoiceAlreadyExists: the second time.
    :raises PayoutNotSucceeded: before all of it has arrived.
    :raises MissingInvoiceBillingDetails: without a name and an address.
    :raises ValidationFailed: if another payout of the organization has the number.
    :raises PlanChanged: if another plan was agreed to.
    """
    payout = lock_payout(payout_id)
    # Numbers are given one after the other.
    lock_organization(payout.organization_id)
    number, profile = _require_issuable(payout, invoice_number)
    _plan(payout, number, profile).require(agreed)
    return change_payout(
        payout,
        "payout.invoiced",
        origin,
        invoice_number=number,
        invoice_issued_at=origin.at,
        invoice_billing={"name": profile.billing_name, "address": profile.billing_address},
        invoice_facts=invoice_facts(payout, statement_of(payout)),
    )


def _require_issuable(payout: Payout, invoice_number: str | None) -> tuple[str, PayoutProfile]:
    if payout.invoice_issued_at is not None:
        raise InvoiceAlreadyExists
    if payout.status != Payout.Status.SUCCEEDED:
        raise PayoutNotSucceeded
    profile = profile_of(payout.organization_id)
    if profile is None or not profile.billing_name or not profile.billing_address:
        raise MissingInvoiceBillingDetails
    number = (invoice_number or payout.invoice_number).strip()
    others = Payout.objects.filter(organization_id=payout.organization_id).exclude(pk=payout.pk)
    if not number or others.filter(invoice_number=number).exists():
        raise ValidationFailed.at(
            "body", "invoice_number", msg="Another payout has this number.", value=invoice_number
        )
    return number, profile


def _plan(payout: Payout, number: str, profile: PayoutProfile) -> Plan:
    return Plan(
        title=f"{payout} is invoiced as {number}",
        changes=(
            Change("Invoice", "", number),
            Change("From", "", profile.billing_name),
        ),
        warnings=("Number, seller and lines stand from then on.",),
        events=("payout.invoiced",),
    )


def _seller(name: str, address: Mapping[str, Any]) -> str:
    lines = (name, *(str(address.get(one) or "") for one in _ADDRESS))
    return ", ".join(line for line in lines if line)
