"""Taking up refunds that the processor has and of which nothing was heard."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.orders.refunds import Parts, parts_of_gross
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.planning import planned_refund, planned_return
from apps.payments.operations.refunds.recording import record_refund, with_settlement
from apps.payments.operations.refunds.words import named_refund
from apps.payments.selectors import promised_parts
from apps.payments.states import REFUND
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
    with transaction.atomic():
        _plan_import(facts, origin).require(agreed)
        made = record_refund(facts=facts, origin=origin)
    if made is None:
        raise ResourceNotFound
    return made


def _at_processor(processor_id: str) -> RefundFacts:
    try:
        return with_settlement(gateway.read_refund(processor_id))
    except PaymentError as error:
        raise ResourceNotFound("The processor knows of no such refund.") from error


def _plan_import(facts: RefundFacts, origin: Origin) -> Plan:
    rows = Payment.objects.select_related("organization", "order__customer")
    found = rows.filter(processor_id=facts.charge_id or "").first()
    if found is None:
        raise ResourceNotFound("Its payment is none of ours.")
    known = _known(facts)
    before = known.status if known else ""
    title = f"{facts.id} is taken up"
    is_new = known is None or known.processor_id is None
    if known is not None and not REFUND.allows(before, facts.status):
        announced = ("refund.created",) if is_new else ()
        return Plan(title=f"{facts.id} is {before}", events=announced)
    change = Change(facts.id, before, facts.status)
    last = "refund.created" if is_new else "refund.updated"
    returned = facts.return_settlement.amount if facts.return_settlement else None
    if known is not None and before == Refund.Status.SUCCEEDED:
        plan = planned_return(known, returned_amount=returned, origin=origin)
    elif facts.status != Refund.Status.SUCCEEDED:
        return Plan(title=title, changes=(change,), events=(last,))
    else:
        plan = _plan_taken(facts, found, known, origin)
    return replace(
        plan,
        title=title,
        changes=(change, *plan.changes),
        calls=(),
        effects=("The money has moved already; this only writes it down.",),
        events=(*plan.events[:-1], last),
    )


def _known(facts: RefundFacts) -> Refund | None:
    """Our row of it, by its id or as the one that its metadata name."""
    rows = Refund.objects.select_related("payment", "order__customer", "organization")
    known = rows.filter(processor_id=facts.id).first()
    named = named_refund(facts.metadata)
    if known is not None or named is None:
        return known
    return rows.filter(pk=named, processor_id=None, status=Refund.Status.PENDING).first()


def _plan_taken(facts: RefundFacts, payment: Payment, known: Refund | None, origin: Origin) -> Plan:
    order = payment.order if payment.unclaimed_at is None else None
    parts = Parts(facts.amount, 0)
    if known is not None:
        parts = Parts(known.amount, known.tax_amount)
    elif order is not None:
        parts = parts_of_gross(order, facts.amount, promised=promised_parts(order.pk))
    return planned_refund(
        order,
        payment,
        parts,
        revoke_benefits=known is not None and known.revoke_benefits,
        settlement=facts.settlement,
        origin=origin,
    )
