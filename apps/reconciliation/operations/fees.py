"""Fees that the processor bills apart: named, and booked at the platform's expense."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.origin import Actor, Origin
from apps.core.plans import Plan
from apps.events.operations import record
from apps.ledger.operations import post_account_fee
from apps.ledger.processor_fees import (
    ProcessorFeeType,
    UnknownProcessorFee,
    classify_processor_fee,
)
from apps.reconciliation.locks import lock_lines
from apps.reconciliation.models import BalanceTransaction, EntryLink, FeeRule
from apps.reconciliation.rehearsing import done, rehearse

# How many waiting fees one new rule takes along at once; the next run takes the rest.
AT_ONCE: Final = 500


def book_known_fees(*, lines: Sequence[BalanceTransaction], origin: Origin) -> None:
    """
    Book those of these locked fees whose kind is known; the second time changes nothing.

    By what people have said first, then by the usual words. What nobody knows is left alone.
    """
    unnamed = [line for line in lines if not line.fee_type]
    rules = list(FeeRule.objects.order_by("created_at")) if unnamed else []
    for line in unnamed:
        line.fee_type = _type_of(line.description, rules) or ""
    BalanceTransaction.objects.bulk_update([one for one in unnamed if one.fee_type], ["fee_type"])
    for line in lines:
        if line.fee_type and line.net and line.status != BalanceTransaction.Status.MATCHED:
            _book(line, origin)


def plan_classify_fee(*, transaction_id: UUID, fee_type: str, pattern: str, origin: Origin) -> Plan:
    """What `classify_fee` would do now: the fees that it names, and what is booked."""
    return rehearse(
        lambda: _classify(transaction_id, fee_type, pattern, origin),
        title=f"“{pattern}” is {fee_type.replace('_', ' ')}",
    )


@transaction.atomic
def classify_fee(
    *,
    transaction_id: UUID,
    fee_type: str,
    pattern: str,
    agreed: str | None = None,
    origin: Origin,
) -> FeeRule:
    """
    Say what a fee is for, and that all whose description contains `pattern` are for the same.

    The rule is kept; fees that wait and fit are booked. Records `fee_rule.made`. A rule that is
    there is changed for what comes from now on.

    :raises ResourceNotFound: if there is no such fee.
    :raises ValidationFailed: for a pattern that the fee's own description does not contain.
    :raises PlanChanged: if another plan was agreed to.
    """
    rule, plan = done(
        lambda: _classify(transaction_id, fee_type, pattern, origin),
        title=f"“{pattern}” is {fee_type.replace('_', ' ')}",
    )
    plan.require(agreed)
    return rule


def _classify(transaction_id: UUID, fee_type: str, pattern: str, origin: Origin) -> FeeRule:
    line = BalanceTransaction.objects.filter(pk=transaction_id, category="fee").first()
    if line is None:
        raise ResourceNotFound
    pattern = " ".join(pattern.split())
    if not pattern or pattern.casefold() not in line.description.casefold():
        raise ValidationFailed.at(
            "body", "pattern", msg="Its description does not contain that.", value=pattern
        )
    rule = FeeRule.objects.filter(pattern__iexact=pattern).first()
    before = rule.fee_type if rule else ""
    if rule is None:
        author = origin.actor_id if origin.actor == Actor.STAFF else ""
        rule = FeeRule(
            created_at=origin.at, pattern=pattern, author_id=UUID(author) if author else None
        )
    rule.fee_type = ProcessorFeeType(fee_type)
    rule.modified_at = origin.at
    rule.save()
    record(
        "fee_rule.made",
        subject=rule,
        organization_id=None,
        origin=origin,
        changes={"fee_type": (before, rule.fee_type)},
        payload={"pattern": pattern, "transaction_id": line.processor_id},
    )
    waiting = BalanceTransaction.objects.filter(
        category="fee", fee_type="", description__icontains=pattern
    )
    # The one that was looked at goes with them, wherever in the row it stands.
    ids = {line.pk, *waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]}
    fees = [one for one in lock_lines(ids) if not one.fee_type]
    book_known_fees(lines=fees, origin=origin)
    return rule


def _type_of(description: str, rules: Sequence[FeeRule]) -> str | None:
    said = description.casefold()
    for rule in rules:
        if rule.pattern.casefold() in said:
            return str(rule.fee_type)
    try:
        return classify_processor_fee(description)
    except UnknownProcessorFee:
        return None


def _book(line: BalanceTransaction, origin: Origin) -> None:
    entry = post_account_fee(
        transaction_id=line.processor_id,
        fee_type=ProcessorFeeType(line.fee_type),
        amount=-line.net,
        currency=line.currency,
        description=line.description,
        origin=origin,
    )
    EntryLink.objects.bulk_create(
        [EntryLink(transaction=line, entry_id=entry.pk)], ignore_conflicts=True
    )
