"""What staff do with a subscription: each verb is shown as a plan before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.core.staff import roles
from apps.core.staff.verbs import Caution, ReasonForm, verb
from apps.payments.models import ChargeAttempt
from apps.seats.admin.seats import assigning
from apps.seats.containers import Seating
from apps.subscriptions import forms
from apps.subscriptions.admin import words
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import planning
from apps.subscriptions.operations.rehearsing import Deed, carry_out_deed, plan_deed
from apps.subscriptions.operations.retrying import plan_retry_orders, retry_orders_now
from apps.subscriptions.states import ACTIVE, BILLABLE, ENDED

_Status = Subscription.Status
_Outcome = ChargeAttempt.Status
DeedOf = Callable[[Subscription, dict[str, Any]], Deed]
Test = Callable[[Subscription], bool]


def _planned(name: str, deed_of: DeedOf, **options: Any) -> Any:
    """The verb `name`, done by the deed that a subscription and the filled-in form make."""

    def plan(record: Subscription, data: dict[str, Any], origin: Origin) -> Plan:
        return plan_deed(deed_of(record, data), origin)

    def method(self: Any, record: Subscription, data: dict[str, Any], origin: Origin) -> str:
        deed = deed_of(record, data)
        carry_out_deed(deed, agreed=data["agreed"], origin=origin)
        return f"{self.title_of(record)}: {deed.title[0].lower()}{deed.title[1:]}."

    method.__name__ = name
    return verb(plan=plan, **options)(method)


def _goes_on(one: Subscription) -> bool:
    return one.status not in ENDED and not one.cancel_at_period_end


def _is_movable(one: Subscription) -> bool:
    return one.status in ACTIVE and not one.cancel_at_period_end


def _can_pause(one: Subscription) -> bool:
    return (
        one.status == _Status.ACTIVE
        and not one.cancel_at_period_end
        and not one.pause_at_period_end
    )


def _seating(one: Subscription) -> Seating | None:
    return Seating(subscription_id=one.pk) if one.seats is not None else None


class SubscriptionVerbs:
    """The verbs of the page of a subscription."""

    change_product = _planned(
        "change_product",
        lambda one, data: planning.product_deed(
            one, product=data["product"], behavior=data["behavior"]
        ),
        title="Change product",
        role=roles.FINANCE,
        form=forms.ProductForm,
        icon="swap_horiz",
        available=_goes_on,
    )
    change_seats = _planned(
        "change_seats",
        lambda one, data: planning.seats_deed(one, seats=data["seats"], behavior=data["behavior"]),
        title="Change seats",
        role=roles.FINANCE,
        form=forms.SeatsForm,
        icon="event_seat",
        available=lambda one: _goes_on(one) and one.seats is not None,
    )
    change_units = _planned(
        "change_units",
        lambda one, data: planning.units_deed(one, units=data["units"], behavior=data["behavior"]),
        title="Change units",
        role=roles.FINANCE,
        form=forms.UnitsForm,
        icon="numbers",
        available=lambda one: _goes_on(one) and one.units is not None,
    )
    assign_a_seat = assigning(_seating)
    change_discount = _planned(
        "change_discount",
        lambda one, data: planning.discount_deed(one, discount=data["discount"]),
        title="Change discount",
        role=roles.FINANCE,
        form=forms.DiscountForm,
        icon="sell",
        text="It counts from the next order on; what is billed already stays.",
        available=_goes_on,
    )
    set_trial_end = _planned(
        "set_trial_end",
        lambda one, data: planning.trial_end_deed(one, trial_end_at=data["trial_end_at"]),
        title="Move end of trial",
        role=roles.SUPPORT,
        form=forms.TrialForm,
        icon="hourglass_top",
        text="An active subscription is put on trial by it.",
        available=_is_movable,
    )
    change_period_end = _planned(
        "change_period_end",
        lambda one, data: planning.period_end_deed(one, period_end_at=data["period_end_at"]),
        title="Move end of period",
        role=roles.FINANCE,
        form=forms.PeriodForm,
        icon="event",
        available=_is_movable,
    )
    discard_update = _planned(
        "discard_update",
        lambda one, data: planning.discard_update_deed(one),
        title="Discard waiting change",
        role=roles.SUPPORT,
        icon="backspace",
        submit="Discard",
        available=lambda one: one.pending_updates.filter(
            timing="period", applied_at=None, discarded_at=None
        ).exists(),
    )
    cancel = _planned(
        "cancel",
        lambda one, data: planning.cancel_deed(
            one, reason=data["why"] or None, comment=data["comment"] or None
        ),
        title="Cancel at period end",
        role=roles.SUPPORT,
        form=forms.EndForm,
        icon="event_busy",
        available=lambda one: one.status in BILLABLE and not one.cancel_at_period_end,
    )
    revoke = _planned(
        "revoke",
        lambda one, data: planning.revoke_deed(
            one, reason=data["why"] or None, comment=data["comment"] or None
        ),
        title="End now",
        role=roles.FINANCE,
        form=forms.EndForm,
        icon="block",
        is_danger=True,
        available=lambda one: one.status not in ENDED,
    )
    uncancel = _planned(
        "uncancel",
        lambda one, data: planning.uncancel_deed(one),
        title="Take cancellation back",
        role=roles.SUPPORT,
        form=ReasonForm,
        icon="undo",
        available=lambda one: one.status in BILLABLE and one.cancel_at_period_end,
    )
    pause = _planned(
        "pause",
        lambda one, data: planning.pause_deed(one, resumes_at=data["resumes_at"]),
        title="Pause at period end",
        role=roles.SUPPORT,
        form=forms.PauseForm,
        icon="pause",
        available=_can_pause,
    )
    cancel_pause = _planned(
        "cancel_pause",
        lambda one, data: planning.cancel_pause_deed(one),
        title="Take pause back",
        role=roles.SUPPORT,
        icon="undo",
        available=lambda one: one.pause_at_period_end,
    )
    resume = _planned(
        "resume",
        lambda one, data: planning.resume_deed(one),
        title="Resume now",
        role=roles.FINANCE,
        icon="play_arrow",
        available=lambda one: one.status == _Status.PAUSED,
    )
    reinstate = _planned(
        "reinstate",
        lambda one, data: planning.reinstate_deed(one),
        title="Reinstate",
        role=roles.FINANCE,
        icon="restart_alt",
        available=lambda one: one.status in ENDED,
    )

    @verb(
        title="Retry payments",
        role=roles.FINANCE,
        form=forms.RetryForm,
        icon="credit_score",
        submit="Charge",
        text="Unpaid renewals are charged now, each to its own method, one after the other.",
        plan=lambda nothing, data, origin: plan_retry_orders(order_ids=data["orders"]),
    )
    def retry_orders(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Charge unpaid orders now, and say what became of each."""
        tried = retry_orders_now(order_ids=data["orders"], agreed=data["agreed"], origin=origin)
        told = " ".join(_outcomes(tried))
        is_all_paid = all(one.status == _Outcome.SUCCEEDED for one in tried)
        return told if is_all_paid else Caution(told)


def _outcomes(tried: Sequence[ChargeAttempt]) -> Iterator[str]:
    """`Paid: A, B. Declined: C (insufficient funds).`"""
    by_status = {
        "Paid": [str(one.order) for one in tried if one.status == _Outcome.SUCCEEDED],
        "Declined": [
            f"{one.order} ({words.word(one.failure_code)})"
            for one in tried
            if one.status == _Outcome.FAILED
        ],
        "Not known yet": [str(one.order) for one in tried if one.status == _Outcome.OPEN],
    }
    for title, names in by_status.items():
        if names:
            yield f"{title}: {', '.join(names)}."


ACTIONS = (
    {
        "title": "Change",
        "icon": "edit",
        "items": [
            "change_product",
            "change_seats",
            "change_units",
            "assign_a_seat",
            "change_discount",
            "set_trial_end",
            "change_period_end",
            "discard_update",
        ],
    },
    {
        "title": "Pause or end",
        "icon": "event_busy",
        "items": [
            "pause",
            "cancel_pause",
            "resume",
            "cancel",
            "uncancel",
            "reinstate",
            "revoke",
        ],
    },
)
