"""Taking up refunds that the processor has and of which nothing was heard."""

from __future__ import annotations

from dataclasses import replace

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.orders.refunds import Parts, parts_of_gross
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.planning import planned_refund
from apps.payments.operations.refunds.recording import record_refund, with_settlement
from apps.payments.selectors import promised_parts
from apps.processors.errors import PaymentError
from apps.processors.gateway import refunds as gateway
from apps.processors.gateway.refunds import RefundFacts


def plan_import_refund(*, processor_id: str, origin: Origin) -> Plan:
    """
    What `import_refund` would do now, by what the processor says; nothing is given back by asking.

    :raises ResourceNotFound: if it knows of no such refund, or its payment is not ours.
    """
    return _plan_import(_at_processor(processor_id), origin)


def import_refund(*, processor_id: str, agreed: str | None = None, origin: Origin) -> Refund:
    """
    Take up a refund that the processor has and that was never reported, or was lost.

    One that is known is brought to what the processor says. Called outside a transaction.

    :raises ResourceNotFound: if it knows of no such refund, or its payment is not ours.
    :raises RefundTooEarly: if its payment is not in the books yet.
    :raises PlanChanged: if another plan was agreed to.
    """
    facts = _at_processor(processor_id)
    _plan_import(facts, origin).require(agreed)
    made = record_refund(facts=with_settlement(facts), origin=origin)
    if made is None:
        raise ResourceNotFound
    return made


def _at_processor(processor_id: str) -> RefundFacts:
    try:
        return gateway.read_refund(processor_id)
    except PaymentError as error:
        raise ResourceNotFound("The processor knows of no such refund.") from error


def _plan_import(facts: RefundFacts, origin: Origin) -> Plan:
    payment = Payment.objects.select_related("organization", "order__customer").filter(
        processor_id=facts.charge_id or ""
    )
    found = payment.first()
    if found is None:
        raise ResourceNotFound("Its payment is none of ours.")
    known = Refund.objects.filter(processor_id=facts.id).first()
    before = known.status if known else ""
    change = Change(facts.id, before, facts.status)
    if facts.status != Refund.Status.SUCCEEDED or before == Refund.Status.SUCCEEDED:
        changes = () if before == facts.status else (change,)
        return Plan(title=f"{facts.id} is {facts.status}", changes=changes)
    order = found.order if found.unclaimed_at is None else None
    parts = Parts(facts.amount, 0)
    if known is not None:
        parts = Parts(known.amount, known.tax_amount)
    elif order is not None:
        parts = parts_of_gross(order, facts.amount, promised=promised_parts(order.pk))
    plan = planned_refund(order, found, parts, revoke_benefits=False, at=origin.at)
    return replace(
        plan,
        title=f"{facts.id} is taken up",
        changes=(change, *plan.changes),
        effects=("The money has gone back already; this only writes it down.",),
    )
