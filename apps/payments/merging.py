"""What becomes of payments and saved methods when two customers become one."""

from __future__ import annotations

from apps.core.origin import Origin
from apps.core.plans import Plan, counted
from apps.customers.belongings import Care, register_care
from apps.customers.models import Customer
from apps.payments.models import Payment, PaymentMethod


def register() -> None:
    """Called once, when Django is ready."""
    register_care("payments.Payment", Care(foresee=_pending))
    methods = Care(foresee=_methods, prepare=_move_methods, is_moved_here=True)
    register_care("payments.PaymentMethod", methods)


def can_bring_methods(first: Customer, second: Customer) -> bool:
    """Whether the saved methods can be charged for the second: a provider ties them to its own."""
    return first.processor_customer_id is None or second.processor_customer_id is None


def _pending(first: Customer, second: Customer) -> Plan | None:
    waiting = Payment.objects.filter(customer=first, status=Payment.Status.PENDING)
    if not waiting.exists():
        return None
    return Plan(obstacles=(f"A payment of {first} is under way: wait for its outcome.",))


def _methods(first: Customer, second: Customer) -> Plan | None:
    count = PaymentMethod.objects.filter(customer=first, deleted_at=None).count()
    if not count or can_bring_methods(first, second):
        return None
    said = f"{counted(count, 'payment method')} of {first} cannot be charged for {second}: "
    return Plan(warnings=(f"{said}the provider ties them to the former. They are left behind.",))


def _move_methods(first: Customer, second: Customer, origin: Origin) -> None:
    if can_bring_methods(first, second):
        PaymentMethod.objects.filter(customer=first).update(customer=second)
