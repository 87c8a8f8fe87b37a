"""Cards of subscribers: added, replaced while something is owed, taken away; payment by hand."""

from __future__ import annotations

from functools import partial

import pytest

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.plans import PlanChanged, PlanImpossible
from apps.events.models import Event
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.payments.errors import (
    CustomerNotReady,
    ManualRetryLimitExceeded,
    OrderNotEligibleForRetry,
    PaymentMethodSetupFailed,
)
from apps.payments.models import PaymentMethod
from apps.payments.operations import (
    Retry,
    RetryWith,
    SetUp,
    add_payment_method,
    confirm_payment_method,
    retry_payment_as_customer,
    retry_payment_as_staff,
)
from apps.processors.errors import OutcomeUnknown
from apps.subscriptions.operations import cancel_subscription, pause_subscription
from apps.subscriptions.operations.methods import (
    PaymentMethodInUseByActiveSubscription,
    remove_payment_method,
)
from apps.subscriptions.operations.retrying import plan_retry_orders, retry_orders
from tests.support.drafts import save_card
from tests.support.renewals import DAY, Renewal
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
pytestmark = pytest.mark.django_db(transaction=True)

FAILING = "pm_card_chargeCustomerFail"
CYCLE, DUNNING = "subscription_cycle", "retry_dunning"
UPDATE, CUSTOMER, ADMIN = "retry_payment_method_update", "retry_customer", "retry_admin"
DECLINE = "generic_decline"


def add(renewal: Renewal, card: str = "pm_card_visa", *, is_default: bool = True) -> SetUp:
    return renewal.work(
        partial(
            add_payment_method,
            customer_id=renewal.customer.pk,
            confirmation_token_id=renewal.till.token(card),
            is_default=is_default,
            return_url="http://127.0.0.1/portal",
            origin=renewal.origin(),
        )
    )


def past_due(till: Till, card: str | None = FAILING) -> Renewal:
    renewal = Renewal.due(till, card)
    renewal.renew()
    assert renewal.status == "past_due"
    return renewal


class TestAddPaymentMethod:
    def test_pays_at_once_what_is_owed(self, till: Till) -> None:
        renewal = past_due(till)
        made = add(renewal)

        assert made.status == "succeeded" and made.method is not None
        assert renewal.attempts[1:] == [(UPDATE, "succeeded", "")]
        renewal.require_one_charge()
        assert renewal.status == "active"
        assert renewal.subscription.payment_method_id == made.method.pk
        renewal.settle()
        renewal.require_one_charge()

    def test_that_is_declined_too_does_not_move_the_schedule(self, till: Till) -> None:
        renewal = past_due(till)
        renewal.wait(days=1)
        add(renewal, FAILING)

        assert renewal.attempts[1:] == [(UPDATE, "failed", DECLINE)]
        assert renewal.days_to_next_try == 1
        assert renewal.status == "past_due"
        renewal.wait(days=1)
        assert renewal.days_to_next_try == 5

    def test_beside_the_default_pays_nothing(self, till: Till) -> None:
        renewal = past_due(till)
        add(renewal, is_default=False)
        assert len(renewal.attempts) == 1

    def test_helps_a_customer_without_any(self, till: Till) -> None:
        renewal = past_due(till, None)
        add(renewal, is_default=False)
        renewal.require_one_charge()
        assert renewal.status == "active"

    def test_is_too_late_after_the_deadline(self, till: Till) -> None:
        renewal = past_due(till)
        # Days on which no sweep runs.
        renewal.now += 22 * DAY
        add(renewal)
        assert len(renewal.attempts) == 1

    def test_leaves_a_subscription_that_is_to_end_to_its_schedule(self, till: Till) -> None:
        renewal = past_due(till)
        cancel_subscription(subscription_id=renewal.subscription.pk, origin=renewal.origin())
        made = add(renewal)
        assert len(renewal.attempts) == 1
        renewal.subscription.refresh_from_db()
        assert made.method is not None
        assert renewal.subscription.payment_method_id == made.method.pk

    def test_keeps_it_once_with_its_webhook(self, till: Till) -> None:
        renewal = Renewal.due(till, None)
        add(renewal)
        renewal.settle()
        assert PaymentMethod.objects.count() == 1
        assert Event.objects.filter(type="payment_method.saved").count() == 1

    def test_is_kept_by_its_webhook_where_the_answer_was_lost(self, till: Till) -> None:
        renewal = past_due(till)
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/setup_intents$"})
        with pytest.raises(OutcomeUnknown):
            add(renewal)
        renewal.settle()
        assert PaymentMethod.objects.count() == 2
        renewal.require_one_charge()

    def test_waits_for_the_bank_to_ask_the_customer(self, till: Till) -> None:
        renewal = past_due(till)
        made = add(renewal, "pm_card_authenticationRequiredOnSetup")
        assert (made.status, made.method) == ("requires_action", None)
        assert made.client_secret
        confirm = partial(
            confirm_payment_method,
            customer_id=renewal.customer.pk,
            setup_intent_id=made.intent_id,
            is_default=True,
            origin=renewal.origin(),
        )
        with pytest.raises(PaymentMethodSetupFailed):
            confirm()
        till.answer_challenge(made.intent_id)
        for _ in "12":
            renewal.work(confirm)
        renewal.require_one_charge()
        assert renewal.status == "active"

    def test_of_somebody_else_is_refused(self, till: Till) -> None:
        theirs, renewal = past_due(till), past_due(till)
        made = add(theirs)
        with pytest.raises(CustomerNotReady):
            confirm_payment_method(
                customer_id=renewal.customer.pk,
                setup_intent_id=made.intent_id,
                is_default=True,
                origin=renewal.origin(),
            )

    def test_tells_a_refusal(self, till: Till) -> None:
        renewal = past_due(till)
        with pytest.raises(PaymentMethodSetupFailed):
            add(renewal, "pm_card_visa_chargeDeclined")
        assert PaymentMethod.objects.count() == 1


class TestRemovePaymentMethod:
    def remove(self, renewal: Renewal) -> None:
        assert renewal.method is not None
        renewal.work(
            partial(
                remove_payment_method,
                payment_method_id=renewal.method.pk,
                origin=renewal.origin(),
            )
        )

    @pytest.mark.parametrize("state", ["active", "past_due", "paused"])
    def test_is_refused_while_it_is_needed(self, till: Till, state: str) -> None:
        renewal = Renewal.due(till, FAILING if state == "past_due" else "pm_card_visa")
        if state == "past_due":
            renewal.renew()
            cancel_subscription(subscription_id=renewal.subscription.pk, origin=renewal.origin())
        elif state == "paused":
            pause_subscription(
                subscription_id=renewal.subscription.pk,
                resumes_at=renewal.now + 90 * DAY,
                origin=renewal.origin(),
            )
            renewal.cycle()
        assert renewal.status == state
        with pytest.raises(PaymentMethodInUseByActiveSubscription):
            self.remove(renewal)
        assert renewal.method is not None
        renewal.method.refresh_from_db()
        assert renewal.method.deleted_at is None

    def test_moves_subscriptions_to_another_one(self, till: Till) -> None:
        renewal = Renewal.due(till)
        other = save_card(till, renewal.customer, "pm_card_mastercard")
        self.remove(renewal)
        renewal.subscription.refresh_from_db()
        renewal.customer.refresh_from_db()
        assert renewal.subscription.payment_method_id == other.pk
        assert renewal.customer.default_payment_method_id == other.pk
        renewal.renew()
        renewal.require_one_charge()

    def test_lets_it_go_at_the_processor_where_nothing_needs_it(self, till: Till) -> None:
        renewal = Renewal.due(till)
        cancel_subscription(subscription_id=renewal.subscription.pk, origin=renewal.origin())
        self.remove(renewal)
        assert renewal.method is not None
        method = till.sim.client().v1.payment_methods.retrieve(renewal.method.processor_id)
        assert method.customer is None
        with pytest.raises(ResourceNotFound):
            self.remove(renewal)


class TestRetryAsCustomer:
    def retry(self, renewal: Renewal, **chosen: object) -> Retry:
        return renewal.work(
            partial(
                retry_payment_as_customer,
                order_id=renewal.order.pk,
                chosen=RetryWith(**chosen),  # type: ignore[arg-type]
                origin=renewal.origin(),
            )
        )

    def with_token(self, renewal: Renewal, card: str = "pm_card_visa") -> Retry:
        return self.retry(
            renewal,
            confirmation_token_id=renewal.till.token(card),
            return_url="http://127.0.0.1/portal",
        )

    def test_pays_with_a_new_card(self, till: Till) -> None:
        renewal = past_due(till)
        assert self.with_token(renewal).status == "succeeded"
        renewal.settle()
        renewal.require_one_charge()
        assert renewal.status == "active"
        assert renewal.attempts[1:] == [(CUSTOMER, "succeeded", "")]

    def test_pays_with_a_saved_card(self, till: Till) -> None:
        renewal = past_due(till)
        other = save_card(till, renewal.customer, "pm_card_mastercard")
        assert self.retry(renewal, payment_method_id=other.pk).status == "succeeded"
        renewal.require_one_charge()

    def test_that_fails_leaves_the_schedule_and_frees_the_order(self, till: Till) -> None:
        renewal = past_due(till)
        retry = self.with_token(renewal, "pm_card_visa_chargeDeclined")
        assert (retry.status, bool(retry.error)) == ("failed", True)
        renewal.settle()
        assert renewal.days_to_next_try == 2
        assert renewal.order.payment_lock_acquired_at is None
        renewal.wait(days=2)
        assert renewal.days_to_next_try == 5

    def test_holds_the_order_while_the_bank_asks(self, till: Till) -> None:
        renewal = past_due(till)
        retry = self.with_token(renewal, "pm_card_threeDSecure2Required")
        assert retry.status == "requires_action" and retry.client_secret
        with pytest.raises(PaymentAlreadyInProgress):
            self.with_token(renewal)
        intent_id = retry.client_secret.partition("_secret_")[0]
        till.answer_challenge(intent_id)
        renewal.settle()
        renewal.require_one_charge()
        assert renewal.status == "active"

    @pytest.mark.parametrize("is_failed", [True, False])
    def test_gives_the_order_free_where_the_customer_gives_up(
        self, till: Till, is_failed: bool
    ) -> None:
        renewal = past_due(till)
        retry = self.with_token(renewal, "pm_card_threeDSecure2Required")
        assert retry.client_secret
        intent_id = retry.client_secret.partition("_secret_")[0]
        if is_failed:
            till.answer_challenge(intent_id, passes=False)
            renewal.settle()
        else:
            renewal.wait(minutes=5)
            assert renewal.attempts[-1][1] == "open"
            renewal.wait(hours=2)
        assert renewal.attempts[-1][:2] == (CUSTOMER, "failed")
        assert renewal.order.payment_lock_acquired_at is None
        assert self.with_token(renewal).status == "succeeded"
        renewal.settle()
        renewal.require_one_charge()

    def test_is_possible_five_times(self, till: Till) -> None:
        renewal = past_due(till)
        for _ in range(5):
            assert self.with_token(renewal, "pm_card_visa_chargeDeclined").status == "failed"
        with pytest.raises(ManualRetryLimitExceeded):
            self.with_token(renewal)

    def test_is_for_orders_that_wait_for_a_try(self, till: Till) -> None:
        renewal = past_due(till)
        Order.objects.update(next_payment_attempt_at=None)
        with pytest.raises(OrderNotEligibleForRetry):
            self.with_token(renewal)

    def test_wants_one_way_to_pay(self, till: Till) -> None:
        renewal = past_due(till)
        with pytest.raises(ValidationFailed):
            self.retry(renewal)
        with pytest.raises(ResourceNotFound):
            self.retry(renewal, payment_method_id=past_due(till).customer.pk)

    def test_of_a_lost_answer_is_under_way(self, till: Till) -> None:
        renewal = past_due(till)
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        assert self.with_token(renewal).status == "processing"
        with pytest.raises(PaymentAlreadyInProgress):
            self.with_token(renewal)
        renewal.wait(minutes=5)
        assert renewal.status == "active"
        renewal.settle()
        renewal.require_one_charge()


class TestRetryAsStaff:
    def test_leaves_the_schedule_where_it_is(self, till: Till) -> None:
        renewal = past_due(till)
        for _ in range(7):
            retry = retry_payment_as_staff(order_id=renewal.order.pk, origin=renewal.origin())
            assert retry.status == "failed"
        assert renewal.days_to_next_try == 2
        assert renewal.attempts[1:] == 7 * [(ADMIN, "failed", DECLINE)]
        renewal.wait(days=2)
        assert renewal.days_to_next_try == 5

    def test_pays_without_a_try_to_come(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.decline_next()
        renewal.renew()
        Order.objects.update(next_payment_attempt_at=None)
        retry = retry_payment_as_staff(order_id=renewal.order.pk, origin=renewal.origin())
        assert retry.status == "succeeded"
        renewal.require_one_charge()
        assert renewal.status == "active"


class TestRetryOrders:
    def test_charges_what_it_can_and_says_what_it_leaves_out(self, till: Till) -> None:
        paying = Renewal.due(till)
        paying.decline_next()
        paying.renew()
        cardless, paid = past_due(till, None), Renewal.due(till)
        paid.renew()
        ids = [renewal.order.pk for renewal in (paying, cardless, paid)]

        plan = plan_retry_orders(order_ids=ids)
        assert [(money.amount, money.currency) for money in plan.money] == [(2000, "usd")]
        assert sorted(plan.warnings) == [
            "1 order left out: no payment method.",
            "1 order left out: paid already.",
        ]
        retry = partial(
            retry_orders, order_ids=ids, agreed=plan.fingerprint, origin=paying.origin()
        )
        assert paying.work(retry) == 1

        paying.require_one_charge()
        assert paying.status == "active"
        assert paying.attempts[1:] == [(ADMIN, "succeeded", "")]
        assert cardless.days_to_next_try == 2
        with pytest.raises(PlanImpossible):
            retry()

    def test_refuses_what_has_changed_since(self, till: Till) -> None:
        first, second = past_due(till), past_due(till)
        ids = [renewal.order.pk for renewal in (first, second)]
        plan = plan_retry_orders(order_ids=ids)
        add(first)
        with pytest.raises(PlanChanged):
            retry_orders(order_ids=ids, agreed=plan.fingerprint, origin=first.origin())
        assert len(second.attempts) == 1
