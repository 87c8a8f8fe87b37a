"""Payout accounts, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Reveal, verb
from apps.payouts.admin.cells import BRIEF
from apps.payouts.forms import AccountForm, LinkForm
from apps.payouts.models import Payout, PayoutAccount
from apps.payouts.operations import (
    create_payout_account,
    delete_payout_account,
    link_payout_account,
    onboarding_url,
    plan_create_payout_account,
    plan_delete_payout_account,
    plan_link_payout_account,
    register_payout_account,
)
from apps.payouts.readiness import INCOMPLETE, PAUSED, READY, UNDER_REVIEW, status_of
from apps.payouts.selectors import organizations_of

_ASKED = ("type", "country", "currency", "name", "email")
TONES = {READY: "good", INCOMPLETE: "warn", UNDER_REVIEW: "busy", PAUSED: "bad"}


def _readiness(account: PayoutAccount) -> SafeString:
    status = status_of(account)
    return show.badge(status.replace("_", " "), TONES[status])


def _asked(account: PayoutAccount) -> SafeString:
    needs = account.requirements or {}
    return show.lines("\n".join([*needs.get("past_due", ()), *needs.get("due", ())]))


def _is_stripe(account: PayoutAccount) -> bool:
    return account.type == PayoutAccount.Type.STRIPE and account.deleted_at is None


@admin.register(PayoutAccount)
class PayoutAccountAdmin(RecordAdmin):
    """Where merchants are paid out to."""

    icon = "account_balance"
    actions_list = ("open_account", "link")
    actions_detail = ("onboard", "refresh", "close")
    search_hint = "Name, e-mail, acct_… or id"
    search_fields = ("name__icontains", "email__icontains", "processor_id")
    list_filter = (
        "type",
        "is_payout_enabled",
        "country",
        "currency",
        presence("deleted_at", "State", "closed", "open"),
    )
    list_display = (
        columns.column(str, "Account", kind="text"),
        columns.column(_readiness, "Readiness", kind="status"),
        columns.text("type"),
        columns.text("country"),
        columns.text("currency"),
        columns.code("processor_id", "Provider id"),
        columns.when("refreshed_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Account",
            (
                columns.column(_readiness, "Readiness"),
                "type",
                "name",
                "email",
                "country",
                "currency",
                columns.code("processor_id", "Provider id"),
                "created_at",
                columns.when("deleted_at", "Closed"),
                columns.code("id"),
            ),
        ),
        (
            "At the processor",
            (
                "is_submitted",
                columns.column(lambda one: show.yes_no(one.is_transfer_active), "Takes money"),
                columns.column(lambda one: show.yes_no(one.is_payout_enabled), "Pays out"),
                "disabled_reason",
                columns.column(_asked, "Still asked for"),
                columns.when("refreshed_at", "Last heard of"),
            ),
        ),
    )

    @verb(
        title="Open a payout account",
        role=roles.FINANCE,
        icon="add",
        submit="Open",
        form=AccountForm,
        text="One of Stripe is opened there at once; its holder fills it in.",
        plan=lambda nothing, data, origin: plan_create_payout_account(
            **{name: data[name] for name in _ASKED}, origin=origin
        ),
    )
    def open_account(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Open an account, at the processor where it is the processor's."""
        account = create_payout_account(
            **{name: data[name] for name in _ASKED}, agreed=data["agreed"], origin=origin
        )
        account = register_payout_account(account_id=account.pk, origin=origin)
        return f"{account} is {status_of(account).replace('_', ' ')}."

    @verb(
        title="Pay out to",
        role=roles.FINANCE,
        icon="link",
        submit="Pay out to it",
        form=LinkForm,
        text="Says to which account an organization is paid out from now on.",
        plan=lambda record, data, origin: plan_link_payout_account(
            organization=data["organization"], account=data["account"]
        ),
    )
    def link(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Pay an organization out to an account, or to none."""
        account = data["account"]
        link_payout_account(
            organization_id=data["organization"].pk,
            account_id=account.pk if account else None,
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{data['organization']} is paid out to {account or 'no account'}."

    @verb(
        title="Onboarding link",
        role=roles.SUPPORT,
        icon="link",
        text="An address for the holder of the account. It works once, for a few minutes.",
        available=_is_stripe,
    )
    def onboard(self, account: PayoutAccount, data: dict[str, Any], origin: Origin) -> Reveal:
        """Where the holder fills the account in."""
        address = onboarding_url(
            account_id=account.pk,
            return_url=settings.BASE_URL,
            refresh_url=settings.BASE_URL,
            origin=origin,
        )
        return Reveal("Onboarding link", address, "For the holder alone; it works once.")

    @verb(
        title="Read again",
        role=roles.SUPPORT,
        icon="sync",
        text="Takes over what the processor says of the account now.",
        available=_is_stripe,
    )
    def refresh(self, account: PayoutAccount, data: dict[str, Any], origin: Origin) -> str:
        """Read the account at the processor."""
        account = register_payout_account(account_id=account.pk, origin=origin)
        return f"{account} is {status_of(account).replace('_', ' ')}."

    @verb(
        title="Close",
        role=roles.FINANCE,
        icon="delete",
        is_danger=True,
        text="For good. Nobody may be paid out to it any more.",
        available=lambda account: account.deleted_at is None,
        plan=lambda account, data, origin: plan_delete_payout_account(account=account),
    )
    def close(self, account: PayoutAccount, data: dict[str, Any], origin: Origin) -> str:
        """Close the account."""
        delete_payout_account(account_id=account.pk, agreed=data["agreed"], origin=origin)
        return f"{account} is closed."


@panel("payouts.payoutaccount", position=10)
def organizations_of_account(account: Any, request: HttpRequest) -> Panel:
    """Who is paid out to it."""
    return table(
        "Organizations",
        organizations_of(account).order_by("name"),
        (
            columns.column(str, "Organization", kind="text"),
            columns.text("slug"),
            columns.text("status"),
        ),
        limit=50,
        empty="Nobody is paid out to it.",
    )


latest(
    "payouts.payoutaccount",
    Payout,
    "payout_account",
    BRIEF,
    title="Payouts",
    position=20,
)
