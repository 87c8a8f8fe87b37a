import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger.fees import Credit, Fee, FeeType, Instrument, payment_fees, use_credits
from apps.ledger.plans import DEFAULT_PLAN, PLANS, FeePlan, InvalidPlanGrant, plan_from_grant
from apps.ledger.processor_fees import UnknownProcessorFee, classify_processor_fee

AMOUNTS = st.integers(0, 10**9)
CREDITS = st.lists(
    st.tuples(AMOUNTS, AMOUNTS).map(lambda pair: Credit(max(pair), min(pair))), max_size=6
)


def fees_of(plan: FeePlan, amount: int, **facts: object) -> list[Fee]:
    defaults: dict[str, object] = {
        "tax_amount": 0,
        "is_subscription": False,
        "instrument": Instrument("card", "US"),
        "passes_processor_fees": True,
    }
    return list(payment_fees(plan, amount=amount, **(defaults | facts)).fees)  # type: ignore[arg-type]


class TestPaymentFees:
    def test_are_taken_on_the_payment_with_its_tax(self) -> None:
        assert fees_of(DEFAULT_PLAN, 10_000, tax_amount=2_000) == [Fee(FeeType.PAYMENT, 650)]

    def test_come_in_posting_order(self) -> None:
        plan = FeePlan(bps=400, fixed_amount=40, subscription_bps=50, three_d_secure_amount=5)
        fees = fees_of(
            plan, 10_000, is_subscription=True, used_3ds=True, instrument=Instrument("card", "FR")
        )
        assert [(str(fee.type), fee.amount) for fee in fees] == [
            ("payment", 440),
            ("international_payment", 150),
            ("subscription", 50),
            ("three_d_secure", 5),
        ]

    @pytest.mark.parametrize(
        ("method", "country", "international"),
        [
            ("card", "US", False),
            ("card", None, True),
            ("link", "DE", True),
            ("kr_card", None, True),
            ("sepa_debit", "DE", False),
        ],
    )
    def test_count_a_card_from_abroad_as_international(
        self, method: str, country: str | None, international: bool
    ) -> None:
        instrument = Instrument(method, country)
        assert instrument.is_international is international
        fees = fees_of(DEFAULT_PLAN, 10_000, instrument=instrument, passes_processor_fees=False)
        assert len(fees) == 1

    @given(AMOUNTS, AMOUNTS, CREDITS)
    def test_are_lowered_by_credit_and_never_below_nothing(
        self, amount: int, tax: int, credits: list[Credit]
    ) -> None:
        result = payment_fees(
            DEFAULT_PLAN,
            amount=amount,
            tax_amount=tax,
            is_subscription=True,
            instrument=Instrument("card", None),
            passes_processor_fees=True,
            credits=credits,
        )
        charged = sum(fee.amount for fee in result.fees if fee.amount > 0)
        before = sum(credit.remaining for credit in credits)
        assert 0 <= result.total == charged - (before - result.credit_balance)


class TestUseCredits:
    @given(CREDITS, AMOUNTS)
    def test_spends_the_oldest_first_and_no_more_than_there_is(
        self, credits: list[Credit], amount: int
    ) -> None:
        spent, after = use_credits(credits, amount)
        assert spent == min(amount, sum(credit.remaining for credit in credits))
        # Once one is not used up, none behind it was touched.
        open_at = next((i for i, credit in enumerate(after) if credit.remaining), len(after))
        assert list(after[open_at + 1 :]) == credits[open_at + 1 :]


class TestPlans:
    @pytest.mark.parametrize("name", PLANS)
    def test_cost_less_a_payment_the_more_they_cost_a_month(self, name: str) -> None:
        plan = PLANS[name]
        cheaper = [other for other in PLANS.values() if other.monthly_amount > plan.monthly_amount]
        assert all(other.rates.bps < plan.rates.bps for other in cheaper)

    @pytest.mark.parametrize(
        "grant",
        [
            {},
            {"fee_percent": "abc", "fee_fixed": "35"},
            {"fee_percent": 380},
            {"fee_percent": -1, "fee_fixed": 0},
            {"fee_percent": 380.5, "fee_fixed": 0},
            {"fee_percent": 10_001, "fee_fixed": 0},
            {"fee_percent": "NaN", "fee_fixed": 0},
            {"fee_percent": True, "fee_fixed": 0},
        ],
    )
    def test_refuse_rates_that_make_no_sense(self, grant: dict[str, object]) -> None:
        with pytest.raises(InvalidPlanGrant):
            plan_from_grant(grant)

    def test_fall_back_to_the_default_when_the_grant_is_gone(self) -> None:
        assert plan_from_grant(None) == DEFAULT_PLAN


class TestClassifyProcessorFee:
    @pytest.mark.parametrize(
        ("description", "kind"),
        [
            ("Connect (2024-01-01 - 2024-01-31): Payout Fee", "payout"),
            ("Connect (2024-01-01 - 2024-01-31): Cross-Border Transfers", "cross_border_transfer"),
            ("Connect (2024-01-01 - 2024-01-31): Active Account Billing", "account"),
            ("Billing - Usage Fee (2024-07-11)", "subscription"),
            ("Automatic Taxes (2024-01-03): Automatic tax", "tax"),
            ("Invoicing Starter (2024-01-03)", "invoice"),
            ("Post-payment invoices (2024-01-03)", "invoice"),
            ("Radar (2024-01-03): Radar for Fraud Teams", "security"),
            ("3D Secure (2024-12-31): Lookup", "payment"),
            ("Card Account Updater (2024-12-31)", "payment"),
        ],
    )
    def test_reads_the_kind_from_the_statement(self, description: str, kind: str) -> None:
        assert classify_processor_fee(description) == kind

    def test_leaves_what_it_does_not_know_to_people(self) -> None:
        with pytest.raises(UnknownProcessorFee):
            classify_processor_fee("Something new")
