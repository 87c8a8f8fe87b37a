"""The sources of the floors below: order, customer, payment, mails, benefits, earlier payments."""

from apps.disputes.dossier.registry import add_source
from apps.disputes.dossier.sources.benefits import from_benefits
from apps.disputes.dossier.sources.earlier import from_earlier_payments
from apps.disputes.dossier.sources.mails import from_mails
from apps.disputes.dossier.sources.payments import from_payment, from_refunds
from apps.disputes.dossier.sources.sales import from_customer, from_order, from_policy


def register() -> None:
    """Let all of them speak; called once, when Django is ready."""
    add_source("order", from_order, position=10)
    add_source("customer", from_customer, position=20)
    add_source("payment", from_payment, position=30)
    add_source("earlier_payments", from_earlier_payments, position=40)
    add_source("benefits", from_benefits, position=50)
    add_source("mails", from_mails, position=60)
    add_source("refunds", from_refunds, position=70)
    add_source("refund_policy", from_policy, position=80)
