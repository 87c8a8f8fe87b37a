"""What checkouts know for the evidence against disputes: from where and with what buyers paid."""

from __future__ import annotations

from uuid import UUID

from apps.checkouts.models import Checkout
from apps.disputes.dossier.registry import Traits, add_traits
from apps.payments.models import Payment


def register() -> None:
    """Tell of it; called once, when Django is ready."""
    add_traits(traits_of_payments)


def traits_of_payments(payments: list[Payment]) -> dict[UUID, Traits]:
    """The address and browser of each payment that was made at a checkout."""
    checkouts = {payment.checkout_id for payment in payments if payment.checkout_id}
    rows = Checkout.objects.filter(pk__in=checkouts)
    told = {
        key: Traits(address or "", browser or "")
        for key, address, browser in rows.values_list(
            "pk", "customer_ip_address", "customer_user_agent"
        )
    }
    return {
        payment.pk: told[payment.checkout_id] for payment in payments if payment.checkout_id in told
    }
