"""Finding out, by hand, what became of a charge whose outcome nobody could tell."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan
from apps.events.operations import record
from apps.payments.errors import PaymentActionRequired, PaymentFailed
from apps.payments.locks import lock_charge_attempt
from apps.payments.models import ChargeAttempt
from apps.payments.operations.attempting import ATTEMPT_KEY, fail_charge_attempt, note_intent
from apps.payments.operations.charging import follow_intent
from apps.processors import gateway
from apps.processors.gateway import Intent

# What the processor can still change its mind about by itself.
UNDECIDED = frozenset({"processing", "requires_capture", "requires_confirmation"})
NEVER_MADE = "never_made"


def plan_ask_again(*, attempt_id: UUID) -> Plan:
    """
    What `ask_again` would do, by what the processor says now; nothing is charged by asking.

    :raises ProcessorUnavailable: if it does not answer.
    """
    attempt = _open_attempt(attempt_id)
    return _plan(attempt, _found(attempt))


def ask_again(*, attempt_id: UUID, agreed: str | None = None, origin: Origin) -> ChargeAttempt:
    """
    Look for the charge of an open attempt at the processor and settle it by what is found.

    For one that was left to people (`order.outcome_unknown`). It is looked for by the attempt's id
    among the customer's intents, never asked for again, since that could charge: paid, the order is
    paid and booked; refused, withdrawn or not to be found, the attempt has failed. Records
    `order.outcome_asked`. Called outside a transaction; one that has ended stays as it is.

    :raises PlanImpossible: while the processor has not decided.
    :raises PlanChanged: if its answer is another one by now.
    :raises ProcessorUnavailable, OutcomeUnknown: if it does not answer; nothing has changed.
    """
    attempt = _open_attempt(attempt_id)
    intent = _found(attempt)
    _plan(attempt, intent).require(agreed)
    _note_question(attempt.pk, intent, origin)
    if intent is None:
        fail_charge_attempt(
            attempt_id=attempt.pk,
            code=NEVER_MADE,
            message="The processor knows of no such charge.",
            origin=origin,
        )
    else:
        attempt = note_intent(attempt_id=attempt.pk, intent_id=intent.id, origin=origin)
        # A refusal is an outcome too, and the answer to the question.
        with contextlib.suppress(PaymentFailed, PaymentActionRequired):
            follow_intent(attempt, intent, origin)
    return ChargeAttempt.objects.get(pk=attempt.pk)


def _open_attempt(attempt_id: UUID) -> ChargeAttempt:
    rows = ChargeAttempt.objects.select_related("order", "payment_method")
    found = rows.filter(pk=attempt_id, status=ChargeAttempt.Status.OPEN).first()
    if found is None:
        raise ResourceNotFound
    return found


def _found(attempt: ChargeAttempt) -> Intent | None:
    if attempt.intent_id:
        return gateway.read_payment_intent(attempt.intent_id)
    return gateway.find_payment_intent(
        customer_id=attempt.request["customer_id"], name=ATTEMPT_KEY, value=str(attempt.pk)
    )


def _plan(attempt: ChargeAttempt, intent: Intent | None) -> Plan:
    order = attempt.order
    after = order.status
    if attempt.kind == ChargeAttempt.Kind.FINALIZE:
        after = "draft"
    free = "The order can then be charged anew."
    if intent is None:
        return Plan(
            title="The processor knows of no such charge",
            changes=(
                Change("Charge attempt", attempt.status, "failed"),
                Change(str(order), order.status, after),
            ),
            effects=("Nothing was charged.", free),
        )
    title = f"{intent.id} is {intent.status.replace('_', ' ')}"
    if intent.status == "succeeded":
        return Plan(
            title=title,
            changes=(
                Change("Charge attempt", attempt.status, "succeeded"),
                Change(str(order), order.status, "paid"),
            ),
            money=(Money("Paid by the customer", intent.amount, intent.currency),),
        )
    if intent.status in UNDECIDED:
        return Plan(title=title, obstacles=("The processor has not decided yet.",))
    return Plan(
        title=title,
        changes=(
            Change("Charge attempt", attempt.status, "failed"),
            Change(str(order), order.status, after),
        ),
        effects=(intent.error_message or "The payment was not completed.", free),
    )


@transaction.atomic
def _note_question(attempt_id: UUID, intent: Intent | None, origin: Origin) -> None:
    attempt = lock_charge_attempt(attempt_id)
    record(
        "order.outcome_asked",
        subject=attempt.order,
        organization_id=attempt.organization_id,
        origin=origin,
        payload={
            "charge_attempt_id": str(attempt.pk),
            "intent_id": intent.id if intent else None,
            "intent_status": intent.status if intent else None,
        },
    )
