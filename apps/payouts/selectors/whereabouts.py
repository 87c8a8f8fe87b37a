"""Where a merchant's money is, and the transfers behind each figure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from apps.ledger.claims import claims_of
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account, Transfer
from apps.ledger.payouts import payout_reference
from apps.ledger.selectors import balances_of, merchant_money
from apps.payouts.models import Hold, Payout, PayoutAttempt, PayoutLine, Reserve, ReservePart
from apps.payouts.whereabouts import (
    HELD,
    IN_TRANSIT,
    MATURING,
    OWED_BACK,
    OWED_KINDS,
    RESERVED,
    SETTLED,
    Part,
    Whereabouts,
    divide,
)

_CLOSED = ("succeeded", "canceled")


def whereabouts_of(organization_id: UUID, *, currency: str = "", at: datetime) -> Whereabouts:
    """All of a merchant's money in a currency (the settlement currency) as it is at `at`."""
    currency = currency or settings.SETTLEMENT_CURRENCY
    with _one_snapshot():
        balances = {
            row.balance.kind: row.balance.amount
            for row in balances_of(organization_id)
            if row.balance.currency == currency
        }
        payouts = [_in_payout(one) for one in _open_payouts(organization_id, currency)]
        return divide(
            money=merchant_money(organization_id, currency=currency, at=at),
            balances=balances,
            transit=[part for part in payouts if part.record.status != Payout.Status.HELD],
            held_payouts=[part for part in payouts if part.record.status == Payout.Status.HELD],
            holds=_holds(organization_id, currency),
            reserves=_reserves(organization_id, currency),
            claims=claims_of(organization_id, currency=currency),
            at=at,
        )


def transfers_in_place(
    organization_id: UUID, place: str, *, currency: str = "", at: datetime
) -> QuerySet[Transfer]:
    """
    The transfers that a place's amount is made of, newest first; each with its `signed_amount`.

    What is settled is what no payout has paid: those that were paid add up to nothing with their
    payouts. A balance below zero opens to the same.
    """
    currency = currency or settings.SETTLEMENT_CURRENCY
    found = {
        SETTLED: _settled,
        MATURING: _maturing,
        IN_TRANSIT: _in_transit,
        HELD: _held,
        RESERVED: _reserved,
        OWED_BACK: _owed,
    }[place](organization_id, currency, at)
    return found.select_related("entry").order_by("-id")


def balance_transactions(organization_id: UUID, *, currency: str = "") -> QuerySet[Transfer]:
    """
    What has moved a merchant's balance in a currency (the settlement currency).

    Each with its entry, its `signed_amount`, and the `payout_id` of the payout that pays it.
    """
    currency = currency or settings.SETTLEMENT_CURRENCY
    paying = PayoutLine.objects.filter(transfer_id=OuterRef("pk"), released_at=None)
    rows = _of_account(organization_id, currency, AccountKind.MERCHANT_BALANCE)
    return rows.annotate(payout_id=Subquery(paying.values("payout_id")[:1])).select_related("entry")


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Every read sees the same commits, unless the caller is in a transaction already."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _open_payouts(organization_id: UUID, currency: str) -> QuerySet[Payout]:
    rows = Payout.objects.select_related("payout_account", "organization")
    return (
        rows.filter(organization_id=organization_id, currency=currency)
        .exclude(status__in=_CLOSED)
        .order_by("created_at", "pk")
    )


def _in_payout(payout: Payout) -> Part:
    is_held = payout.status == Payout.Status.HELD
    words = f"It is {payout.get_status_display().lower()}."
    return Part(
        title=str(payout),
        amount=payout.amount - payout.settled_amount,
        why=f"The organization is {payout.organization.status}." if is_held else words,
        by="system" if is_held else "",
        record=payout,
    )


def _holds(organization_id: UUID, currency: str) -> list[Part]:
    rows = Hold.objects.filter(
        organization_id=organization_id, currency=currency, released_at=None
    ).order_by("created_at", "pk")
    return [
        Part(
            title=str(one),
            amount=one.amount,
            why=one.reason,
            by=one.placed_by,
            until=one.release_at,
            record=one,
        )
        for one in rows
    ]


def _reserves(organization_id: UUID, currency: str) -> list[Part]:
    kept = Q(parts__released_at=None)
    rows = (
        Reserve.objects.filter(organization_id=organization_id, currency=currency)
        .annotate(
            kept=Sum("parts__amount", filter=kept), last=Max("parts__release_at", filter=kept)
        )
        .filter(Q(kept__gt=0) | Q(ended_at=None))
        .order_by("created_at", "pk")
    )
    return [
        Part(
            title=str(one),
            amount=one.kept or 0,
            why=one.reason,
            by=one.set_by,
            until=one.last,
            record=one,
        )
        for one in rows
    ]


def _of_account(organization_id: UUID, currency: str, *kinds: AccountKind) -> QuerySet[Transfer]:
    """Movements of these accounts, positive for what came in."""
    own = _accounts(organization_id, currency, *kinds)
    rows = Transfer.objects.filter(Q(credit_account__in=own) | Q(debit_account__in=own))
    return rows.annotate(signed_amount=_signed(own))


def _accounts(organization_id: UUID, currency: str, *kinds: AccountKind) -> list[UUID]:
    rows = Account.objects.filter(
        organization_id=organization_id, currency=currency, kind__in=kinds
    )
    return list(rows.values_list("pk", flat=True))


def _signed(own: list[UUID], among: Q | None = None) -> Case:
    """What came into these accounts, by the transfers `among` all: the others count nothing."""
    came, went = Q(credit_account__in=own), Q(debit_account__in=own)
    counted = Q() if among is None else among
    return Case(
        # From one of them to another.
        When(came & went, then=Value(0)),
        When(came & counted, then=F("amount")),
        When(went & counted, then=-F("amount")),
        default=Value(0),
        output_field=BigIntegerField(),
    )


def _settled(organization_id: UUID, currency: str, at: datetime) -> QuerySet[Transfer]:
    paid = PayoutLine.objects.filter(transfer_id=OuterRef("pk"), released_at=None)
    rows = _of_account(organization_id, currency, AccountKind.MERCHANT_BALANCE)
    return rows.filter(~Exists(paid)).filter(Q(available_at=None) | Q(available_at__lte=at))


def _maturing(organization_id: UUID, currency: str, at: datetime) -> QuerySet[Transfer]:
    rows = _of_account(organization_id, currency, AccountKind.MERCHANT_BALANCE)
    return rows.filter(available_at__gt=at)


def _in_transit(organization_id: UUID, currency: str, at: datetime) -> QuerySet[Transfer]:
    payouts = _open_payouts(organization_id, currency).exclude(status=Payout.Status.HELD)
    return _of_payouts(organization_id, currency, payouts)


def _held(organization_id: UUID, currency: str, at: datetime) -> QuerySet[Transfer]:
    holds = Hold.objects.filter(
        organization_id=organization_id, currency=currency, released_at=None
    )
    references = [
        *(f"hold:{pk}" for pk in holds.values_list("pk", flat=True)),
        *_payout_references(
            _open_payouts(organization_id, currency).filter(status=Payout.Status.HELD)
        ),
    ]
    rows = _of_account(organization_id, currency, AccountKind.HELD, AccountKind.PAYOUTS_DUE)
    return rows.filter(entry__reference__in=references)


def _reserved(organization_id: UUID, currency: str, at: datetime) -> QuerySet[Transfer]:
    kept = ReservePart.objects.filter(organization_id=organization_id, released_at=None)
    references = kept.annotate(
        reference=Concat(
            Value("reserve:"),
            Cast("reserve_id", CharField()),
            Value(":"),
            "cause",
            output_field=CharField(),
        )
    ).values("reference")
    rows = _of_account(organization_id, currency, AccountKind.RESERVED)
    return rows.filter(entry__reference__in=references)


def _owed(organization_id: UUID, currency: str, at: datetime) -> QuerySet[Transfer]:
    rows = _of_account(organization_id, currency, *OWED_KINDS)
    money = merchant_money(organization_id, currency=currency, at=at)
    if money.available_amount >= 0:
        return rows
    debts = Q(pk__in=_settled(organization_id, currency, at).values("pk"))
    owing = _accounts(organization_id, currency, *OWED_KINDS)
    balance = _accounts(organization_id, currency, AccountKind.MERCHANT_BALANCE)
    is_owed = Q(credit_account__in=owing) | Q(debit_account__in=owing)
    # What is booked into the balance leaves what is being booked, and matures before it is settled.
    return Transfer.objects.filter(debts | is_owed).annotate(
        signed_amount=_signed(balance, debts) + _signed(owing)
    )


def _of_payouts(
    organization_id: UUID, currency: str, payouts: QuerySet[Payout]
) -> QuerySet[Transfer]:
    rows = _of_account(organization_id, currency, AccountKind.PAYOUTS_DUE)
    return rows.filter(entry__reference__in=_payout_references(payouts))


def _payout_references(payouts: QuerySet[Payout]) -> list[str]:
    """The entries by which payouts came to be due, and by which parts of them have arrived."""
    keys = list(payouts.values_list("pk", flat=True))
    attempts = PayoutAttempt.objects.filter(payout__in=keys).values_list("pk", flat=True)
    arrived = [f"payout_paid:{pk}" for pk in attempts]
    return [
        *(payout_reference(pk) for pk in keys),
        *arrived,
        *(f"reversal:{reference}" for reference in arrived),
    ]
