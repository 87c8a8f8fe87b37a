"""What customers do with their cards, orders and subscriptions, through the SDK."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from apps.customers.models import Customer
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import Subscription
from tests.concurrency.test_sale_races import together
from tests.journeys.portals import allow, buyer, portal, portal_of
from tests.support.changes import dearer_plan, subscriber_with
from tests.support.drafts import make_buyer
from tests.support.merchants import VERSIONS, make_customer_token
from tests.support.renewals import Renewal
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, seat_price
from tests.support.tills import Till, till

__all__ = ["buyer", "portal", "stripesim", "till"]

FAILING = "pm_card_chargeCustomerFail"
BACK = "https://example.com/account"


class TestPaymentMethods:
    def test_are_added_and_taken_away(self, portal: Any, till: Till, buyer: Customer) -> None:
        made = portal.customer_portal.customers.add_payment_method(
            confirmation_token_id=till.token(), set_default=True, return_url=BACK
        )

        assert made.status == "succeeded"
        buyer.refresh_from_db()
        assert str(buyer.default_payment_method_id) == made.payment_method.id
        assert (
            portal.customer_portal.customers.get().default_payment_method_id
            == made.payment_method.id
        )
        assert (
            portal.customer_portal.customers.delete_payment_method(made.payment_method.id) is None
        )
        assert portal.customer_portal.customers.list_payment_methods().items == []

    def test_that_the_bank_asks_about_are_confirmed(
        self, portal: Any, till: Till, buyer: Customer
    ) -> None:
        asked = portal.customer_portal.customers.add_payment_method(
            confirmation_token_id=till.token("pm_card_authenticationRequired"),
            set_default=True,
            return_url=BACK,
        )
        assert asked.status == "requires_action"
        assert portal.customer_portal.customers.list_payment_methods().items == []
        intent_id = asked.client_secret.split("_secret_")[0]
        till.answer_challenge(intent_id)

        for _ in range(2):
            made = portal.customer_portal.customers.confirm_payment_method(
                setup_intent_id=intent_id, set_default=True
            )
            assert made.status == "succeeded"
        assert [
            row.id for row in portal.customer_portal.customers.list_payment_methods().items
        ] == [made.payment_method.id]

    def test_of_a_bank_that_was_not_asked_are_not_saved(
        self, portal: Any, till: Till, errors: Any
    ) -> None:
        asked = portal.customer_portal.customers.add_payment_method(
            confirmation_token_id=till.token("pm_card_authenticationRequired"),
            set_default=True,
            return_url=BACK,
        )
        intent_id = asked.client_secret.split("_secret_")[0]

        with pytest.raises(Exception, match="PaymentMethodSetupFailed"):
            portal.customer_portal.customers.confirm_payment_method(
                setup_intent_id=intent_id, set_default=True
            )
        other = make_buyer(till.merchant.organization)
        with portal_of(other, till.url) as theirs, pytest.raises(Exception) as refusal:
            theirs.customer_portal.customers.confirm_payment_method(
                setup_intent_id=intent_id, set_default=True
            )
        assert refusal.value.error.error == "CustomerNotReady"  # type: ignore[attr-defined]

    def test_the_only_one_of_a_subscriber_stays_until_replaced(self, till: Till) -> None:
        subscription = subscriber_with(till)
        first = str(subscription.payment_method_id)
        with portal_of(subscription.customer, till.url) as portal:
            with pytest.raises(Exception) as refusal:
                portal.customer_portal.customers.delete_payment_method(first)
            code = refusal.value.error.error  # type: ignore[attr-defined]
            assert code == "PaymentMethodInUseByActiveSubscription"
            second = portal.customer_portal.customers.add_payment_method(
                confirmation_token_id=till.token("pm_card_mastercard"),
                set_default=False,
                return_url=BACK,
            )
            portal.customer_portal.customers.delete_payment_method(first)

        subscription.refresh_from_db()
        assert str(subscription.payment_method_id) == second.payment_method.id


class TestOwedOrders:
    def owed(self, till: Till) -> Renewal:
        renewal = Renewal.due(till, FAILING)
        renewal.renew()
        assert renewal.status == "past_due"
        return renewal

    @pytest.mark.parametrize("version", VERSIONS)
    def test_are_paid_with_another_card(self, till: Till, version: str) -> None:
        renewal = self.owed(till)
        key = str(renewal.order.pk)
        with portal_of(renewal.customer, till.url, version) as portal:
            state = portal.customer_portal.orders.get_payment_status(key)
            assert state.status == "failed" and state.error

            again = portal.customer_portal.orders.confirm_retry_payment(
                key, payment_method_id=str(renewal.subscription.payment_method_id)
            )
            assert again.status == "failed" and again.error

            paid = portal.customer_portal.orders.confirm_retry_payment(
                key, confirmation_token_id=till.token()
            )
            assert (paid.status, paid.error) == ("succeeded", None)
            assert portal.customer_portal.orders.get_payment_status(key).status == "succeeded"
            assert portal.customer_portal.orders.get(key).paid
            with pytest.raises(Exception) as refusal:
                portal.customer_portal.orders.confirm_retry_payment(
                    key, confirmation_token_id=till.token()
                )
            assert refusal.value.error.error == "OrderNotEligibleForRetry"  # type: ignore[attr-defined]
        renewal.settle()
        renewal.require_one_charge()

    def test_ask_the_bank_if_they_must(self, till: Till) -> None:
        renewal = self.owed(till)
        key = str(renewal.order.pk)
        with portal_of(renewal.customer, till.url) as portal:
            asked = portal.customer_portal.orders.confirm_retry_payment(
                key, confirmation_token_id=till.token("pm_card_authenticationRequired")
            )
            assert asked.status == "requires_action" and asked.client_secret
            assert portal.customer_portal.orders.get_payment_status(key).status == "processing"
            with pytest.raises(Exception) as refusal:
                portal.customer_portal.orders.confirm_retry_payment(
                    key, confirmation_token_id=till.token()
                )
            assert refusal.value.error.error == "PaymentAlreadyInProgress"  # type: ignore[attr-defined]

            till.answer_challenge(asked.client_secret.split("_secret_")[0])
            renewal.settle()
            assert portal.customer_portal.orders.get_payment_status(key).status == "succeeded"
        renewal.require_one_charge()

    def test_are_paid_once_by_two_who_pay_at_once(self, till: Till) -> None:
        renewal = self.owed(till)
        key, token = str(renewal.order.pk), make_customer_token(renewal.customer)

        def pay(card: str) -> str:
            with portal_of(renewal.customer, till.url, token=token) as portal:
                try:
                    made = portal.customer_portal.orders.confirm_retry_payment(
                        key, confirmation_token_id=card
                    )
                except Exception as refusal:
                    return str(refusal.error.error)  # type: ignore[attr-defined]
                return str(made.status)

        outcomes = together(*(partial(pay, till.token()) for _ in range(3)))

        assert outcomes.count("succeeded") == 1
        assert set(outcomes) <= {
            "succeeded",
            "PaymentAlreadyInProgress",
            "OrderNotEligibleForRetry",
        }
        renewal.settle()
        renewal.require_one_charge()


class TestSubscriptions:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_are_canceled_and_kept(self, till: Till, version: str) -> None:
        subscription = subscriber_with(till)
        key = str(subscription.pk)
        with portal_of(subscription.customer, till.url, version) as portal:
            listed = portal.customer_portal.subscriptions.list(
                active=True, query="", sorting=["product"]
            )
            assert [row.id for row in listed.items] == [key]
            assert listed.items[0] == portal.customer_portal.subscriptions.get(key)
            assert portal.customer_portal.subscriptions.list(active=False).items == []

            ending = portal.customer_portal.subscriptions.update(
                key, cancel_at_period_end=True, cancellation_reason="too_expensive"
            )
            assert ending.cancel_at_period_end and ending.ends_at == ending.current_period_end
            told = portal.customer_portal.subscriptions.update(
                key, cancellation_comment="Too much for me"
            )
            assert told.customer_cancellation_reason == "too_expensive"
            assert told.customer_cancellation_comment == "Too much for me"
            kept = portal.customer_portal.subscriptions.update(key, cancel_at_period_end=False)
            assert not kept.cancel_at_period_end and kept.customer_cancellation_reason is None

            assert portal.customer_portal.subscriptions.cancel(key).cancel_at_period_end

    def test_change_to_what_is_for_sale(self, till: Till) -> None:
        organization = till.merchant.organization
        subscription = subscriber_with(till)
        product = dearer_plan(organization)
        hidden = dearer_plan(organization, 4000, visibility="private")
        with portal_of(subscription.customer, till.url) as portal:
            with pytest.raises(Exception) as refusal:
                portal.customer_portal.subscriptions.update(
                    str(subscription.pk), product_id=str(hidden.pk)
                )
            assert refusal.value.error.detail[0].loc == ["body", "product_id"]  # type: ignore[attr-defined]

            changed = portal.customer_portal.subscriptions.update(
                str(subscription.pk), product_id=str(product.pk)
            )
            assert changed.product.id == str(product.pk) and changed.amount == 9000
            assert changed.product.organization.id == str(organization.pk)

            settings = {"allow_customer_updates": False}
            Organization.objects.filter(pk=organization.pk).update(subscription_settings=settings)
            with pytest.raises(Exception) as refusal:
                portal.customer_portal.subscriptions.update(
                    str(subscription.pk), product_id=str(product.pk)
                )
            assert refusal.value.error.error == "UpdateSubscriptionPlanNotAllowed"  # type: ignore[attr-defined]

    def test_change_their_seats_now_and_later(self, till: Till) -> None:
        organization = till.merchant.organization
        plan = make_plan(organization, prices=[seat_price()])
        subscription = subscriber_with(till, plan=plan, seats=2)
        key = str(subscription.pk)
        with portal_of(subscription.customer, till.url) as portal:
            assert portal.customer_portal.subscriptions.update(key, seats=4).seats == 4

            settings = {"proration_behavior": "next_period"}
            Organization.objects.filter(pk=organization.pk).update(subscription_settings=settings)
            waiting = portal.customer_portal.subscriptions.update(key, seats=6)
            assert waiting.seats == 4 and waiting.pending_update.seats == 6
            cleared = portal.customer_portal.subscriptions.update(key, pending_update=None)
            assert cleared.pending_update is None

    def test_pause_and_go_on_where_they_may(self, till: Till) -> None:
        subscription = subscriber_with(till)
        key = str(subscription.pk)
        allow(till.merchant.organization, pause=True)
        with portal_of(subscription.customer, till.url) as portal:
            assert portal.customer_portal.subscriptions.update(
                key, pause_at_period_end=True
            ).pause_at_period_end
            back = portal.customer_portal.subscriptions.update(key, pause_at_period_end=False)
            assert not back.pause_at_period_end

            Subscription.objects.filter(pk=key).update(
                status="paused", paused_at=subscription.started_at
            )
            PaymentMethod.objects.filter(customer=subscription.customer).update(
                deleted_at=subscription.started_at
            )
            with pytest.raises(Exception) as refusal:
                portal.customer_portal.subscriptions.update(key, resume=True)
            assert refusal.value.error.error == "PaymentMethodRequired"  # type: ignore[attr-defined]
            portal.customer_portal.customers.add_payment_method(
                confirmation_token_id=till.token(), set_default=True, return_url=BACK
            )
            assert portal.customer_portal.subscriptions.update(key, resume=True).status == "active"

    def test_refuse_a_mixture(self, till: Till) -> None:
        subscription = subscriber_with(till)
        with portal_of(subscription.customer, till.url) as portal:
            for body in (
                {"seats": 2, "cancel_at_period_end": True},
                {"product_id": str(subscription.product_id), "proration_behavior": "prorate"},
                {"nothing": "of the kind"},
            ):
                with pytest.raises(Exception) as refusal:
                    portal.customer_portal.subscriptions.update(str(subscription.pk), **body)
                assert refusal.value.status_code == 422  # type: ignore[attr-defined]
            same = portal.customer_portal.subscriptions.update(str(subscription.pk))
            assert same == portal.customer_portal.subscriptions.get(str(subscription.pk))
