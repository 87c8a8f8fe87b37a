"""Plans: told apart by what they say, agreed to or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.core.plans import (
    Call,
    Change,
    Mail,
    Money,
    Plan,
    PlanChanged,
    PlanImpossible,
    Posting,
    Transfer,
    Webhook,
)

PLAN = Plan(
    title="Subscription ends",
    changes=(Change("Subscription", "active", "canceled"),),
    effects=("Access ends.",),
    money=(Money("Refunded", 1200, "usd"),),
    transfers=(Transfer("merchant balance", "processor balance", 1200, "usd"),),
    postings=(Posting("merchant balance", 5000, 3800, "usd"),),
    calls=(Call("Refund 12.00 USD", "POST /v1/refunds"),),
    events=("subscription.revoked",),
    mails=(Mail("buyer@example.com", "Your subscription ended"),),
    webhooks=(Webhook("subscription.revoked"),),
    warnings=("This cannot be undone.",),
)


class TestFingerprint:
    def test_is_the_same_for_the_same_words(self) -> None:
        assert replace(PLAN).fingerprint == PLAN.fingerprint

    @pytest.mark.parametrize(
        "other",
        [
            {"title": "Another"},
            {"changes": ()},
            {"effects": ("Access stays.",)},
            {"money": (Money("Refunded", 1201, "usd"),)},
            {"money": (Money("Refunded", 1200, "eur"),)},
            {"transfers": ()},
            {"postings": ()},
            {"postings": (Posting("merchant balance", 5000, 3799, "usd"),)},
            {"postings": (Posting("processor balance", 5000, 3800, "usd"),)},
            {"calls": ()},
            {"events": ()},
            {"mails": ()},
            {"webhooks": (Webhook("subscription.revoked", "https://example.com"),)},
            {"warnings": ()},
            {"obstacles": ("Pay first.",)},
        ],
    )
    def test_differs_with_every_line(self, other: dict[str, object]) -> None:
        assert replace(PLAN, **other).fingerprint != PLAN.fingerprint  # type: ignore[arg-type]

    def test_does_not_with_a_note(self) -> None:
        assert replace(PLAN, notes=("3 buyers now.",)).fingerprint == PLAN.fingerprint

    def test_does_not_with_what_others_do_to_an_account(self) -> None:
        moved = replace(PLAN, postings=(Posting("merchant balance", 5001, 3801, "usd"),))
        assert moved.fingerprint == PLAN.fingerprint

    def test_does_not_with_a_posting_of_the_moment(self) -> None:
        share = Posting("merchant balance", 0, 700, "usd", is_of_the_moment=True)
        plan = replace(PLAN, postings=(share,))
        assert replace(PLAN, postings=(replace(share, after=699),)).fingerprint == plan.fingerprint

    def test_does_not_with_an_amount_of_the_moment(self) -> None:
        share = Money("Unused time", -700, "usd", is_of_the_moment=True)
        plan = replace(PLAN, money=(share,))
        assert replace(PLAN, money=(replace(share, amount=-699),)).fingerprint == plan.fingerprint
        assert replace(PLAN, money=(replace(share, currency="eur"),)).fingerprint != (
            plan.fingerprint
        )


class TestRequire:
    def test_passes_what_was_agreed_to_and_who_saw_no_plan(self) -> None:
        PLAN.require(PLAN.fingerprint)
        PLAN.require(None)

    @pytest.mark.parametrize("agreed", ["", "something else"])
    def test_refuses_another_plan_and_hands_out_the_new_one(self, agreed: str) -> None:
        with pytest.raises(PlanChanged, match="Things changed") as refusal:
            PLAN.require(agreed)
        assert refusal.value.plan == PLAN

    def test_refuses_what_is_impossible_even_if_agreed(self) -> None:
        impossible = replace(PLAN, obstacles=("There is money.", "There are orders."))
        for agreed in (None, impossible.fingerprint):
            with pytest.raises(PlanImpossible, match=r"There is money\. There are orders\."):
                impossible.require(agreed)


class TestJoined:
    def test_keeps_the_title_and_the_order_of_lines(self) -> None:
        joined = PLAN.joined([Plan(title="Other", effects=("Keys end.",), notes=("Now.",))])
        assert (joined.title, joined.effects) == (PLAN.title, ("Access ends.", "Keys end."))
        assert (joined.money, joined.notes) == (PLAN.money, ("Now.",))

    def test_is_empty_only_without_consequences(self) -> None:
        assert Plan(title="Nothing", warnings=("Still.",)).is_empty
        assert not PLAN.is_empty

    def test_fits_into_an_event(self) -> None:
        assert PLAN.as_json()["money"] == [
            {"label": "Refunded", "amount": 1200, "currency": "usd", "is_of_the_moment": False}
        ]

    def test_comes_back_from_an_event(self) -> None:
        assert Plan.from_json(PLAN.as_json()) == PLAN
        assert Plan.from_json({**PLAN.as_json(), "former": ["line"]}) == PLAN
