"""What was sold, to whom, and on which terms."""

from __future__ import annotations

from apps.core.money import format_amount
from apps.disputes.dossier import words
from apps.disputes.dossier.evidence import Evidence, Section
from apps.disputes.dossier.registry import Case
from apps.orders.documents import document_context


def from_order(case: Case) -> Evidence | None:
    """The order as its invoice shows it."""
    order = case.order
    if order is None:
        return None
    shown = document_context(order)
    product = order.product.name if order.product else ""
    described = (order.product.description or "") if order.product else ""
    period = ""
    if order.period_start_at and order.period_end_at:
        period = f"{words.day(order.period_start_at)} to {words.day(order.period_end_at)}"
    invoice = Section(
        title="Invoice",
        facts=words.known(
            ("Number", order.invoice_number),
            ("Product", product),
            ("Reason", words.sentence(order.billing_reason)),
            ("Ordered", words.moment(order.created_at)),
            ("Paid", words.moment(order.paid_at)),
            ("Period", period),
            ("Billed to", "\n".join(shown["buyer"])),
        ),
        columns=("Item", "Amount"),
        rows=(*shown["items"], *shown["totals"]),
        amounts=(1,),
    )
    items = ", ".join(label for label, _ in shown["items"])
    total = format_amount(order.total_amount, order.currency)
    text = f"{items or product}, sold by {case.organization} for {total}."
    return Evidence(
        texts={
            "product_description": f"{text}\n{described}".strip(),
            "service_date": words.day(order.paid_at or order.created_at),
        },
        sections=(invoice,),
    )


def from_customer(case: Case) -> Evidence | None:
    """Who bought, as they said themselves."""
    customer, order, checks = case.customer, case.order, case.checks
    if customer is None:
        return None
    billed = (order.billing_address if order else None) or customer.billing_address
    if not billed and checks:
        billed = dict(checks.billing_address)
    named = (order.billing_name if order else None) or customer.billing_name or customer.name
    named = named or (checks.billing_name if checks else None)
    traits = case.traits_of(case.payment)
    facts = words.known(
        ("Name", named),
        ("E-mail", customer.email),
        ("Billing address", words.address(billed)),
        ("Customer since", words.moment(customer.created_at)),
        ("Number at the seller", customer.external_id),
        ("IP address of the purchase", traits.ip_address),
        ("Device of the purchase", traits.device),
    )
    return Evidence(
        texts={
            "customer_name": named or "",
            "customer_email_address": customer.email or "",
            "billing_address": words.address(billed),
            "customer_purchase_ip": traits.ip_address,
        },
        sections=(Section(title="Customer", facts=facts),),
    )


def from_policy(case: Case) -> Evidence | None:
    """The seller's own words about money back."""
    policy = (case.organization.refund_policy or "").strip()
    if not policy:
        return None
    return Evidence(
        texts={"refund_policy_disclosure": policy},
        sections=(Section(title="Refund policy of the seller", text=policy),),
    )
