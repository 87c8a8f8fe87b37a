"""The cards that are disputed or suspected: dispute, inquiry, early fraud warning."""

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.support.stripesim import StripeSim

DISPUTED = 10  # seconds after the charge


def charge(client: stripe.StripeClient, card: str) -> str:
    intent = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": card,
            "confirm": True,
            "off_session": True,
        }
    )
    return str(intent.latest_charge)


def dispute_of(client: stripe.StripeClient, sim: StripeSim, card: str) -> stripe.Dispute:
    charge_id = charge(client, card)
    sim.control("clock/advance", {"seconds": DISPUTED})
    assert client.v1.charges.retrieve(charge_id).disputed
    return client.v1.disputes.list({"charge": charge_id}).data[0]


def new_events(client: stripe.StripeClient, count: int) -> list[str]:
    """The newest event types, oldest first; each event fits Stripe's document."""
    events = client.v1.events.list({"limit": count}).data
    for event in events:
        found = contract().check_event(event.to_dict())
        assert [problem for problem in found if problem.level != "notice"] == []
    return [event.type for event in events][::-1]


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("pm_card_createDispute", "fraudulent"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received"),
    ],
)
def test_dispute_is_opened_and_won(
    client: stripe.StripeClient, stripesim: StripeSim, card: str, reason: str
) -> None:
    dispute = dispute_of(client, stripesim, card)
    assert (dispute.status, dispute.reason) == ("needs_response", reason)
    withdrawal = dispute.balance_transactions[0]
    assert (withdrawal.amount, withdrawal.fee) == (-2000, 1500)
    assert new_events(client, 2) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": dispute.charge})
    assert caught.value.code == "charge_disputed"
    evidence = {"evidence": {"uncategorized_text": "winning_evidence"}}
    assert client.v1.disputes.update(dispute.id, evidence).status == "under_review"
    stripesim.control("clock/advance", {"seconds": DISPUTED})
    won = client.v1.disputes.retrieve(dispute.id, {"expand": ["charge"]})
    assert [row.amount for row in won.balance_transactions] == [-2000, 2000]
    assert (won.status, won.charge.disputed) == ("won", True)
    assert new_events(client, 3) == [
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]


def test_dispute_is_lost(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    closed = dispute_of(client, stripesim, "pm_card_createDispute")
    assert client.v1.disputes.close(closed.id).status == "lost"
    argued = dispute_of(client, stripesim, "pm_card_createDispute")
    client.v1.disputes.update(argued.id, {"evidence": {"uncategorized_text": "losing_evidence"}})
    missed = dispute_of(client, stripesim, "pm_card_createDispute")
    stripesim.control("clock/advance", {"days": 9})
    assert client.v1.disputes.retrieve(argued.id).status == "lost"
    assert client.v1.disputes.retrieve(missed.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(missed.id)


def test_inquiry_takes_no_money_until_it_escalates(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    inquiry = dispute_of(client, stripesim, "pm_card_createDisputeInquiry")
    assert (inquiry.status, inquiry.balance_transactions) == ("warning_needs_response", [])
    assert new_events(client, 1) == ["charge.dispute.created"]
    evidence = {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}}
    assert client.v1.disputes.update(inquiry.id, evidence).status == "warning_under_review"
    stripesim.control("clock/advance", {"seconds": DISPUTED})
    escalated = client.v1.disputes.retrieve(inquiry.id)
    assert (escalated.status, len(escalated.balance_transactions)) == ("needs_response", 1)


def test_inquiry_is_settled_by_a_refund(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    inquiry = dispute_of(client, stripesim, "pm_card_createDisputeInquiry")
    assert inquiry.is_charge_refundable
    assert client.v1.refunds.create({"charge": inquiry.charge}).status == "succeeded"
    assert client.v1.disputes.close(inquiry.id).status == "warning_closed"


def test_dispute_fee_can_be_left_out(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    stripesim.control("config", {"dispute_fee": 0})
    dispute = dispute_of(client, stripesim, "pm_card_createDispute")
    assert dispute.balance_transactions[0].fee == 0


def test_early_fraud_warning(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    charge_id = charge(client, "pm_card_createIssuerFraudRecord")
    stripesim.control("clock/advance", {"seconds": DISPUTED})
    warning = client.v1.radar.early_fraud_warnings.list({"charge": charge_id}).data[0]
    assert warning.actionable
    client.v1.refunds.create({"charge": charge_id})
    again = client.v1.radar.early_fraud_warnings.retrieve(warning.id, {"expand": ["charge"]})
    assert not again.actionable
    assert new_events(client, 5)[-3:] == [
        "radar.early_fraud_warning.updated",
        "refund.updated",
        "charge.refund.updated",
    ]
