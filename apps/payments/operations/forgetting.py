"""Forgetting who paid."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Func, JSONField, Value

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.payments.models import Payment, PaymentMethod


@transaction.atomic
def forget_payer(*, customer: Customer, origin: Origin) -> int:
    """
    Take the e-mail out of the customer's payments and methods; returns how many payments.

    Brand, last four and fingerprint stay: disputes and fraud are recognised by them.
    """
    methods = PaymentMethod.objects.filter(customer=customer, method_metadata__has_key="email")
    methods.update(method_metadata=_without_email(), modified_at=origin.at)
    return Payment.objects.filter(customer=customer).update(
        email=None, method_metadata=_without_email(), modified_at=origin.at
    )


def _without_email() -> Func:
    return Func(
        F("method_metadata"),
        Value("email"),
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=JSONField(),
    )
