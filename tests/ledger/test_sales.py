from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core.ids import new_id
from apps.core.origin import Door
from apps.events.models import Event
from apps.ledger.books import EntryConflict
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry, FeeCredit, Transfer
from apps.ledger.operations import (
    AlreadyBalanced,
    PaymentNotBooked,
    assign_fee_plan,
    balance_sale,
    grant_fee_credit,
    post_entries,
    post_sale,
    revoke_fee_credit,
    set_fee_terms,
)
from apps.ledger.plans import FeePlan
from apps.ledger.sales import payment_drafts
from apps.ledger.selectors import (
    FeeTerms,
    balances,
    balances_of,
    entries_of,
    entry_with_transfers,
    explain_order,
    transfers_of,
)
from tests.ledger.conftest import EURO, NOW, ORIGIN, sale_of
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sound_books():
    """Whatever a test does, the books are sound afterwards."""
    yield
    assert broken_books() == []


def amounts(organization_id):
    return {row.account.kind: row.balance.amount for row in balances_of(organization_id)}


def fee_types(sale):
    types = Transfer.objects.filter(
        entry__order_id=sale.order_id, type__startswith="platform_fee."
    ).values_list("type", "amount")
    return {name.removeprefix("platform_fee."): amount for name, amount in types}


class TestPostSale:
    def test_splits_the_money_between_everyone(self, organization):
        result = post_sale(sale=sale_of(organization), origin=ORIGIN)

        assert result.platform_fee_amount == 650
        assert result.platform_fee_currency == "usd"
        assert len(result.entry_ids) == 4
        assert amounts(organization.pk) == {
            AccountKind.MERCHANT_BALANCE: 9350,
            AccountKind.SALES_CLEARING: 0,
        }
        assert amounts(None) == {
            AccountKind.PROCESSOR_BALANCE: 11622,
            AccountKind.PROCESSOR_FEES: 378,
            AccountKind.PLATFORM_REVENUE: 650,
            AccountKind.TAX_LIABILITY: 2000,
        }

    def test_converts_the_tax_at_the_rate_of_the_processor(self, organization):
        sale = sale_of(organization, **EURO)
        post_sale(sale=sale, origin=ORIGIN)

        payment = Entry.objects.get(type="payment")
        assert (payment.presentment_amount, payment.presentment_tax_amount) == (1000, 200)
        assert payment.presentment_currency == "eur"
        assert payment.exchange_rate == Decimal("1.5")
        assert amounts(None)[AccountKind.TAX_LIABILITY] == 300
        assert Transfer.objects.get(type="payment").amount == 1500

    def test_releases_the_merchants_money_after_the_delay(self, organization, settings):
        settings.PAYOUT_DELAY_DAYS = 3

        post_sale(sale=sale_of(organization), origin=ORIGIN)

        assert Transfer.objects.get(type="balance").available_at == NOW + timedelta(days=3)

    def test_changes_nothing_the_second_time(self, organization):
        grant_fee_credit(organization_id=organization.pk, title="Gift", amount=100, origin=ORIGIN)
        sale = sale_of(organization)
        first = post_sale(sale=sale, origin=ORIGIN)
        assign_fee_plan(organization_id=organization.pk, plan="scale", origin=ORIGIN)

        again = post_sale(sale=sale, origin=replace(ORIGIN, at=NOW + timedelta(days=1)))

        assert again == first
        assert Entry.objects.count() == 4
        assert FeeCredit.objects.get().used_amount == 100
        assert Event.objects.filter(type="balance.order").count() == 1

    @pytest.mark.parametrize(
        "facts", [{"settlement_amount": 11999}, {"settlement_fee": 1}, {"order_id": new_id()}]
    )
    def test_refuses_the_same_charge_with_other_facts(self, organization, facts):
        sale = sale_of(organization)
        post_sale(sale=sale, origin=ORIGIN)

        with pytest.raises(EntryConflict):
            post_sale(sale=replace(sale, **facts), origin=ORIGIN)

    def test_moves_no_fee_on_a_plan_without_rates(self, organization):
        terms = FeeTerms("partner", FeePlan(bps=0, fixed_amount=0), has_processor_fees=False)
        set_fee_terms(organization_id=organization.pk, terms=terms, origin=ORIGIN)

        result = post_sale(sale=sale_of(organization), origin=ORIGIN)

        assert result.platform_fee_amount == 0
        assert len(result.entry_ids) == 3

    def test_takes_every_kind_of_fee(self, organization):
        terms = FeeTerms(
            "own", FeePlan(bps=400, fixed_amount=40, subscription_bps=50, three_d_secure_amount=3),
            has_processor_fees=True,
        )  # fmt: skip
        set_fee_terms(organization_id=organization.pk, terms=terms, origin=ORIGIN)
        sale = sale_of(organization, card_country="FR", is_subscription=True, used_3ds=True)

        post_sale(sale=sale, origin=ORIGIN)

        assert fee_types(sale) == {
            "payment": 520,
            "international_payment": 180,
            "subscription": 60,
            "three_d_secure": 3,
        }

    def test_does_not_pass_surcharges_on_where_the_terms_say_so(self, organization):
        assign_fee_plan(
            organization_id=organization.pk, plan="pro", has_processor_fees=False, origin=ORIGIN
        )
        sale = sale_of(organization, card_country="FR")

        post_sale(sale=sale, origin=ORIGIN)

        assert fee_types(sale) == {"payment": 496}

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({"presentment_amount": 0}, "brings money in"),
            ({"settlement_amount": -1}, "brings money in"),
            ({"presentment_tax_amount": 12001}, "part of what was paid"),
        ],
    )
    def test_refuses_what_is_no_sale(self, organization, facts, message):
        with pytest.raises(ValueError, match=message):
            sale_of(organization, **facts)


class TestFeeCredits:
    def grant(self, organization, amount, **facts):
        return grant_fee_credit(
            organization_id=organization.pk, title="Gift", amount=amount, origin=ORIGIN, **facts
        )

    def test_are_used_oldest_first(self, organization):
        old, new = self.grant(organization, 200), self.grant(organization, 700)

        result = post_sale(sale=sale_of(organization), origin=ORIGIN)

        assert result.platform_fee_amount == 0
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.used_amount, new.used_amount) == (200, 450)
        assert amounts(organization.pk)[AccountKind.MERCHANT_BALANCE] == 10000
        assert amounts(None)[AccountKind.FEE_CREDITS] == 650

    def test_are_not_used_once_expired_or_revoked(self, organization):
        self.grant(organization, 500, expires_at=NOW + timedelta(days=1))
        revoked = self.grant(organization, 500)
        revoke_fee_credit(credit_id=revoked.pk, origin=ORIGIN)

        later = replace(ORIGIN, at=NOW + timedelta(days=1))
        result = post_sale(sale=sale_of(organization), origin=later)

        assert result.platform_fee_amount == 650

    def test_of_another_merchant_are_not_used(self, organization, make_organization):
        self.grant(make_organization(), 500)

        assert post_sale(sale=sale_of(organization), origin=ORIGIN).platform_fee_amount == 650

    def test_are_cents_of_the_settlement_currency_only(self, organization):
        self.grant(organization, 500)
        sale = sale_of(organization, settlement_currency="eur", presentment_currency="eur")

        assert post_sale(sale=sale, origin=ORIGIN).platform_fee_amount == 650


class TestExplainOrder:
    def test_accounts_for_every_cent(self, organization):
        grant_fee_credit(organization_id=organization.pk, title="Gift", amount=100, origin=ORIGIN)
        sale = sale_of(organization, **EURO)
        post_sale(sale=sale, origin=ORIGIN)

        (money,) = explain_order(sale.order_id)

        assert [(payer.currency, payer.amount) for payer in money.payers] == [("eur", 1200)]
        assert money.settled_amount == 1800
        assert {share.label: share.amount for share in money.shares} == {
            "tax": 300,
            "processor": 82,
            "platform": -42,
            "merchant": 1460,
        }
        assert sum(share.amount for share in money.shares) == money.settled_amount
        assert [(line.label, line.amount) for line in money.platform_fees] == [
            ("payment", 140),
            ("fee_credit", -100),
        ]

    def test_knows_nothing_of_an_order_without_money(self):
        assert explain_order(new_id()) == []


class TestReading:
    def test_leads_from_a_balance_to_its_cause(self, organization):
        sale = sale_of(organization)
        post_sale(sale=sale, origin=ORIGIN)
        (merchant,) = (
            row.account
            for row in balances_of(organization.pk)
            if row.account.kind == AccountKind.MERCHANT_BALANCE
        )

        found = entries_of(merchant)

        assert {entry.type for entry in found} == {"balance", "platform_fee"}
        assert {row.type for row in transfers_of(merchant)} == {"balance", "platform_fee.payment"}
        entry = entry_with_transfers(found[0].pk)
        assert (entry.order_id, entry.payment_id) == (sale.order_id, sale.payment_id)

    @pytest.mark.parametrize("count", [1, 12])
    def test_takes_the_same_queries_for_any_number(
        self, make_organization, django_assert_num_queries, count
    ):
        owners = [make_organization() for _ in range(count)]
        for owner in owners:
            post_sale(sale=sale_of(owner), origin=ORIGIN)
        accounts = [row.account for owner in owners for row in balances_of(owner.pk)]

        with django_assert_num_queries(1):
            balances(accounts)


class TestAssignFeePlan:
    def test_records_who_changed_what(self, organization):
        origin = replace(ORIGIN, door=Door.BACKOFFICE, reason="Negotiated")

        assign_fee_plan(organization_id=organization.pk, plan="growth", origin=origin)

        event = Event.objects.get(type="fee_plan.assigned")
        assert event.reason == "Negotiated"
        assert event.changes == {
            "name": ["starter", "growth"],
            "bps": [500, 360],
            "fixed_amount": [50, 35],
        }

    def test_says_nothing_when_nothing_changed(self, organization):
        for _ in range(2):
            assign_fee_plan(organization_id=organization.pk, plan="starter", origin=ORIGIN)

        assert not Event.objects.filter(type="fee_plan.assigned").exists()


class TestBalanceSale:
    def test_refuses_a_charge_that_is_not_booked(self, organization):
        with pytest.raises(PaymentNotBooked):
            balance_sale(sale=sale_of(organization), origin=ORIGIN)

        assert not Entry.objects.exists()

    def test_gives_a_booked_charge_to_its_merchant_once(self, organization):
        sale = sale_of(organization)
        post_entries(drafts=payment_drafts(sale, at=NOW))

        assert balance_sale(sale=sale, origin=ORIGIN).platform_fee_amount == 650

        assert amounts(organization.pk)[AccountKind.MERCHANT_BALANCE] == 9350
        with pytest.raises(AlreadyBalanced):
            balance_sale(sale=sale, origin=ORIGIN)
        assert post_sale(sale=sale, origin=ORIGIN).platform_fee_amount == 650
        assert Entry.objects.count() == 4
