"""The cards that are disputed or suspected: dispute, inquiry, early fraud warning."""

from typing import Any
from urllib.error import HTTPError

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.stripesim.test_files import upload
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


def refused(sim: StripeSim, path: str, body: dict[str, Any]) -> bool:
    """Whether the control API says that this makes no sense."""
    with pytest.raises(HTTPError) as caught:
        sim.control(path, body)
    with caught.value as error:
        return error.code == 400


def test_evidence_is_staged_and_then_submitted(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    dispute = dispute_of(client, stripesim, "pm_card_createDispute")
    receipt, other = upload(client), upload(client, purpose="identity_document")
    staged = client.v1.disputes.update(
        dispute.id,
        {
            "evidence": {"receipt": receipt.id, "customer_name": "Ada"},
            "submit": False,
            "expand": ["evidence.receipt"],
        },
    )
    assert (staged.status, staged.evidence.receipt.filename) == ("needs_response", "dossier.pdf")
    details = staged.evidence_details
    assert (details.has_evidence, details.submission_count) == (True, 0)
    for wrong in ({"receipt": "file_none"}, {"receipt": other.id}, {"service_date": "x" * 150_000}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.disputes.update(dispute.id, {"evidence": wrong})
    changed = {"evidence": {"customer_name": "", "uncategorized_text": "She has it."}}
    sent = client.v1.disputes.update(dispute.id, {**changed, "submit": True})
    assert (sent.status, sent.evidence.receipt) == ("under_review", receipt.id)
    assert (sent.evidence.customer_name, sent.evidence_details.submission_count) == (None, 1)
    with pytest.raises(stripe.InvalidRequestError, match="can no longer be given"):
        client.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ada"}})
    steer = f"disputes/{dispute.id}"
    assert stripesim.control(steer, {"outcome": "won"})["status"] == "won"
    assert new_events(client, 2) == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    assert refused(stripesim, steer, {"outcome": "lost"})


@pytest.mark.parametrize("status", ["lost", "prevented"])
def test_rapid_resolution_costs_no_fee(
    client: stripe.StripeClient, stripesim: StripeSim, status: str
) -> None:
    charge_id = charge(client, "pm_card_visa")
    wish = {"charge": charge_id, "rapid_resolution": True, "status": status}
    made = stripesim.control("disputes", wish)["id"]
    dispute = client.v1.disputes.retrieve(made)
    assert (dispute.status, dispute.evidence_details.due_by) == (status, None)
    withdrawal = dispute.balance_transactions[0]
    assert (withdrawal.amount, withdrawal.fee, withdrawal.reporting_category) == (
        -2000,
        0,
        "dispute",
    )
    assert new_events(client, 3) == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(made)
    assert refused(stripesim, "disputes", {"charge": charge_id})


def test_disputes_can_be_opened_and_ended_at_will(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    first = charge(client, "pm_card_visa")
    wish = {"charge": first, "reason": "duplicate", "amount": 700}
    dispute = client.v1.disputes.retrieve(stripesim.control("disputes", wish)["id"])
    assert (dispute.amount, dispute.reason, dispute.status) == (700, "duplicate", "needs_response")
    stripesim.control(f"disputes/{dispute.id}", {"outcome": "lost"})
    assert client.v1.disputes.retrieve(dispute.id).status == "lost"
    second = charge(client, "pm_card_visa")
    inquiry = stripesim.control("disputes", {"charge": second, "inquiry": True})["id"]
    escalated = stripesim.control(f"disputes/{inquiry}", {"outcome": "escalate"})
    assert escalated["status"] == "needs_response"
    third = charge(client, "pm_card_visa")
    inquiry = stripesim.control("disputes", {"charge": third, "inquiry": True})["id"]
    stripesim.control(f"disputes/{inquiry}", {"outcome": "prevented"})
    assert client.v1.disputes.retrieve(inquiry).status == "prevented"
    refunded = charge(client, "pm_card_visa")
    client.v1.refunds.create({"charge": refunded})
    assert refused(stripesim, "disputes", {"charge": refunded})
    assert refused(stripesim, "disputes", {"charge": refunded, "reason": "weather"})
    late = stripesim.control("disputes", {"charge": refunded, "amount": 2000})
    assert late["status"] == "needs_response"


def test_a_dispute_in_another_currency_is_withdrawn_in_ours(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    wish = {"amount": 1000, "currency": "eur", "payment_method": "pm_card_fr"}
    sale = client.v1.payment_intents.create({**wish, "confirm": True, "off_session": True})
    made = stripesim.control("disputes", {"charge": sale.latest_charge})["id"]
    dispute = client.v1.disputes.retrieve(made)
    assert (dispute.amount, dispute.currency) == (1000, "eur")
    row = dispute.balance_transactions[0]
    assert (row.amount, row.currency, row.exchange_rate) == (-1080, "usd", 1.08)


def test_a_warning_on_request(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    charge_id = charge(client, "pm_card_visa")
    wish = {"charge": charge_id, "fraud_type": "misc"}
    made = stripesim.control("early_fraud_warnings", wish)["id"]
    warning = client.v1.radar.early_fraud_warnings.retrieve(made)
    assert (warning.fraud_type, warning.actionable) == ("misc", True)
    assert new_events(client, 1) == ["radar.early_fraud_warning.created"]
    stripesim.control("disputes", {"charge": charge_id})
    assert not client.v1.radar.early_fraud_warnings.retrieve(made).actionable


def test_a_dispute_ends_a_refund_that_is_under_way(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    charge_id = charge(client, "pm_card_pendingRefund")
    refund = client.v1.refunds.create({"charge": charge_id, "amount": 700})
    stripesim.control("disputes", {"charge": charge_id, "inquiry": True})
    assert client.v1.refunds.retrieve(refund.id).status == "pending"
    inquiry = client.v1.disputes.list({"charge": charge_id}).data[0].id
    stripesim.control(f"disputes/{inquiry}", {"outcome": "escalate"})
    failed = client.v1.refunds.retrieve(refund.id)
    assert failed.failure_reason == "charge_for_pending_refund_disputed"
    other = charge(client, "pm_card_pendingRefund")
    client.v1.refunds.create({"charge": other, "amount": 700})
    made = stripesim.control("disputes", {"charge": other})["id"]
    assert client.v1.disputes.retrieve(made).amount == 2000
    assert new_events(client, 5) == [
        "refund.failed",
        "refund.updated",
        "charge.refund.updated",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
