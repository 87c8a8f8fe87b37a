"""Random sales in random currencies: whatever comes in, the books stay sound."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.money import PRESENTMENT_CURRENCIES, round_half_away
from apps.ledger.kinds import NEVER_NEGATIVE, AccountKind, natural_amount
from apps.ledger.models import Account, FeeCredit, Horizon, Transfer
from apps.ledger.operations import grant_fee_credit, post_sale, set_fee_terms
from apps.ledger.operations.checkpoints import settle_horizon
from apps.ledger.plans import FeePlan
from apps.ledger.selectors import FeeTerms, balance, balances_of, explain_order
from tests.ledger.conftest import ORIGIN, sale_of
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db

RATES = st.decimals(Decimal("0.0001"), Decimal("400"), places=6)
TERMS = st.builds(
    FeeTerms,
    name=st.just("drawn"),
    rates=st.builds(
        FeePlan,
        bps=st.integers(0, 2000),
        fixed_amount=st.integers(0, 100),
        subscription_bps=st.integers(0, 200),
        three_d_secure_amount=st.integers(0, 10),
    ),
    has_processor_fees=st.booleans(),
)


@st.composite
def payments(draw: st.DrawFn) -> dict[str, object]:
    """The facts of one charge, with a settlement that follows from its rate."""
    amount = draw(st.integers(1, 10_000_000))
    currency = draw(st.sampled_from(sorted(PRESENTMENT_CURRENCIES)))
    settlement = draw(st.sampled_from(["usd", "eur"]))
    rate = None if currency == settlement else draw(RATES)
    settled = amount if rate is None else max(1, round_half_away(amount * rate))
    return {
        "presentment_currency": currency,
        "presentment_amount": amount,
        "presentment_tax_amount": draw(st.integers(0, amount)),
        "settlement_currency": settlement,
        "settlement_amount": settled,
        "settlement_fee": draw(st.integers(0, settled)),
        "exchange_rate": rate,
        "card_country": draw(st.sampled_from(["US", "DE", None])),
        "method": draw(st.sampled_from(["card", "link", "kr_card", "sepa_debit"])),
        "is_subscription": draw(st.booleans()),
        "used_3ds": draw(st.booleans()),
        "repeated": draw(st.booleans()),
        "checkpoint": draw(st.booleans()),
    }


def checkpoint_here() -> None:
    """In a test's single transaction every id is below the horizon."""
    last = Transfer.objects.order_by("-pk").first()
    Horizon.objects.create(transfer_id=last.pk if last else 0, xid=0, seen_at=ORIGIN.at)
    settle_horizon(origin=ORIGIN)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=st.lists(payments(), min_size=1, max_size=5),
    terms=TERMS,
    credits=st.lists(st.integers(1, 5000), max_size=3),
)
def test_books_stay_sound(make_organization, drawn, terms, credits):
    owner = make_organization()
    set_fee_terms(organization_id=owner.pk, terms=terms, origin=ORIGIN)
    for amount in credits:
        grant_fee_credit(organization_id=owner.pk, title="Gift", amount=amount, origin=ORIGIN)
    earned: dict[str, int] = defaultdict(int)

    for facts in drawn:
        repeated, checkpoint = facts.pop("repeated"), facts.pop("checkpoint")
        sale = sale_of(owner, **facts)
        result = post_sale(sale=sale, origin=ORIGIN)
        if checkpoint:
            checkpoint_here()
        if repeated:
            assert post_sale(sale=sale, origin=ORIGIN) == result
        earned[sale.settlement_currency] += sale.net_amount - result.platform_fee_amount
        _explained_to_the_cent(sale)

    merchant = {
        row.account.currency: row.balance.amount
        for row in balances_of(owner.pk)
        if row.account.kind == AccountKind.MERCHANT_BALANCE
    }
    assert merchant == {key: earned[key] for key in merchant}
    assert all(amount == 0 for key, amount in earned.items() if key not in merchant)
    used = FeeCredit.objects.filter(organization=owner).values_list("used_amount", flat=True)
    assert sum(used) <= sum(credits)
    _replayed()
    assert broken_books() == []


def _explained_to_the_cent(sale) -> None:
    (money,) = explain_order(sale.order_id)
    assert money.settled_amount == sale.settlement_amount
    assert sum(share.amount for share in money.shares) == sale.settlement_amount
    assert money.unbalanced_amount == 0


def _replayed() -> None:
    """From the first transfer on: every entry balances, nothing dips below where it may not."""
    running: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    entries: dict[object, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    accounts = {account.pk: account for account in Account.objects.all()}
    for row in Transfer.objects.order_by("pk"):
        running[row.debit_account_id][0] += row.amount
        running[row.credit_account_id][1] += row.amount
        entries[row.entry_id][accounts[row.debit_account_id].currency] += row.amount
        entries[row.entry_id][accounts[row.credit_account_id].currency] -= row.amount
        for account_id in (row.debit_account_id, row.credit_account_id):
            debit, credit = running[account_id]
            kind = accounts[account_id].kind
            natural = natural_amount(kind, debit_amount=debit, credit_amount=credit)
            assert natural >= 0 or kind not in NEVER_NEGATIVE
    assert not any(amount for sums in entries.values() for amount in sums.values())
    for account_id, (debit, credit) in running.items():
        shown = balance(accounts[account_id])
        assert (shown.debit_amount, shown.credit_amount) == (debit, credit)
