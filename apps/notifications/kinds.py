"""The kinds of mail, to customers and to merchants: which setting switches each off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.core.errors import DomainError


class UnknownMailKind(DomainError):
    """There is no such mail."""

    status = 500
    message = "There is no mail of this kind."


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """
    One kind of mail; its words stand in `mails/<name>.txt`.

    `setting` names the switch in the organization's `customer_email_settings`; None: always sent.
    """

    name: str
    label: str
    setting: str | None


def _kind(name: str, label: str, setting: str | None = "") -> MailKind:
    return MailKind(name=name, label=label, setting=name if setting == "" else setting)


_ALL = (
    _kind("order_confirmation", "Order confirmation"),
    _kind("subscription_confirmation", "Subscription started"),
    _kind("subscription_cycled", "Subscription renewed"),
    _kind("subscription_cycled_after_trial", "Renewed after the trial"),
    _kind("subscription_updated", "Subscription changed"),
    _kind("subscription_cancellation", "Cancellation"),
    _kind("subscription_uncanceled", "Cancellation taken back"),
    _kind("subscription_revoked", "Subscription ended"),
    _kind("subscription_past_due", "Payment failed"),
    _kind("subscription_paused", "Pause"),
    _kind("subscription_resumed", "Resumed"),
    _kind("subscription_renewal_reminder", "Reminder of a renewal"),
    _kind("subscription_trial_conversion_reminder", "Reminder of a trial's end"),
    _kind("payment_method_expiration_reminder", "Reminder of an expiring card"),
    # Who may sign in is nothing to be switched off.
    _kind("customer_sign_in", "Code to sign in", None),
    _kind("customer_email_change", "New address to confirm", None),
    _kind("customer_email_changed", "Address changed", None),
    _kind("seat_invitation", "Invitation to a seat", None),
    _kind("seat_revoked", "Seat taken back", None),
    # Money that moves is always told.
    _kind("refund", "Refund", None),
    _kind("payout_paid", "Payout arrived", None),
    _kind("payout_failed", "Payout failed", None),
    _kind("dispute_opened", "Payment disputed", None),
    _kind("dispute_prevented", "Dispute prevented", None),
    _kind("webhook_endpoint_disabled", "Webhook endpoint disabled", None),
    # Who belongs to a merchant, and whether it may sell, is told to its people.
    _kind("member_invitation", "Invitation of a member", None),
    _kind("ownership_transferred", "New owner", None),
    _kind("organization_review_opened", "Review opened", None),
    _kind("organization_approved", "Review passed", None),
    _kind("organization_denied", "Review failed", None),
    _kind("organization_appeal_decided", "Appeal decided", None),
    _kind("organization_offboarding", "Offboarding began", None),
    _kind("organization_offboarded", "Offboarding completed", None),
    _kind("organization_access_token_leaked", "Access token leaked", None),
)
KINDS: Final = {kind.name: kind for kind in _ALL}


def kind_of(name: str) -> MailKind:
    """
    The kind called `name`.

    :raises UnknownMailKind: if there is none.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownMailKind(f"There is no mail {name!r}.") from None
