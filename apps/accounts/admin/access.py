"""Sign-ins, sessions and lockouts, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.utils.safestring import SafeString

from apps.accounts.models import Lockout, SignIn, StaffSession
from apps.accounts.operations import end_session, unlock
from apps.core.clock import system_time
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import latest
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb

OUTCOME_TONES = {"succeeded": "good", "half": "busy", "failed": "warn", "locked": "bad"}
BROWSER = columns.column(lambda row: row.user_agent[:60] or show.blank(), "Browser", kind="wide")

FOR = columns.column(lambda row: row.get_occasion_display(), "For", order="occasion")
WITH = columns.column(lambda row: row.get_factor_display(), "With", order="factor")

# The library's own pages would show its rows as forms.
for model in (EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def _session_state(session: StaffSession) -> SafeString:
    return show.badge("ended", "plain") if session.ended_at else show.badge("open", "good")


def _lock_state(row: Lockout) -> SafeString:
    is_locked = row.locked_until is not None and row.locked_until > system_time()
    return show.badge("locked out", "bad") if is_locked else show.badge("counted", "plain")


@admin.register(SignIn)
class SignInAdmin(RecordAdmin):
    """Every try to prove who one is."""

    icon = "login"
    view_role = roles.ADMIN
    related = ("user",)
    has_timeline = False
    search_hint = "E-mail or address"
    search_fields = ("email__icontains", "address")
    list_filter = ("outcome", "occasion", "factor", "created_at")
    list_display = (
        columns.when("created_at", "When"),
        columns.text("email", "E-mail"),
        columns.badge("outcome", OUTCOME_TONES),
        FOR,
        WITH,
        columns.text("address"),
        BROWSER,
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Sign-in",
            (
                "created_at",
                columns.text("email", "E-mail"),
                columns.link("user"),
                columns.badge("outcome", OUTCOME_TONES),
                FOR,
                WITH,
                "address",
                columns.column(lambda row: row.user_agent or show.blank(), "Browser"),
            ),
        ),
    )


@admin.register(StaffSession)
class StaffSessionAdmin(RecordAdmin):
    """Browsers in which somebody is signed in."""

    icon = "devices"
    view_role = roles.ADMIN
    related = ("user",)
    has_timeline = False
    actions_detail = ("end",)
    search_hint = "E-mail or address"
    search_fields = ("user__email__icontains", "address")
    list_filter = (presence("ended_at", "State", "ended", "open"), "seen_at")
    list_display = (
        columns.link("user"),
        columns.column(_session_state, "State", kind="status"),
        BROWSER,
        columns.text("address"),
        columns.when("created_at", "Signed in"),
        columns.when("seen_at", "Last seen"),
    )
    ordering = ("-seen_at",)
    facts: ClassVar = (
        (
            "Session",
            (
                columns.link("user"),
                columns.column(_session_state, "State", kind="status"),
                columns.column(lambda row: row.user_agent or show.blank(), "Browser"),
                "address",
                "created_at",
                "seen_at",
                "ended_at",
                "ended_by",
            ),
        ),
    )

    @verb(
        title="End session",
        role=roles.ADMIN,
        icon="logout",
        is_danger=True,
        text="It opens nothing from the next click on.",
        available=lambda session: session.ended_at is None,
    )
    def end(self, session: StaffSession, data: dict[str, Any], origin: Origin) -> str:
        """Sign somebody's browser out."""
        end_session(session_id=session.pk, origin=origin)
        return f"{session} is over."


@admin.register(Lockout)
class LockoutAdmin(RecordAdmin):
    """Wrong tries in a row, by account and by address."""

    icon = "lock_clock"
    view_role = roles.ADMIN
    has_timeline = False
    actions_detail = ("lift",)
    search_hint = "E-mail or address"
    search_fields = ("key__icontains",)
    list_filter = ("kind", presence("locked_until", "Locked", "locked", "counted"))
    list_display = (
        columns.text("key", "Account or address"),
        columns.text("kind"),
        columns.column(_lock_state, "State", kind="status"),
        columns.text("failures"),
        columns.when("last_at", "Last try"),
        columns.when("locked_until"),
    )
    ordering = ("-last_at",)
    empty_text = "Nobody has tried in vain."
    facts: ClassVar = (
        (
            "Lockout",
            (
                columns.text("key", "Account or address"),
                "kind",
                columns.column(_lock_state, "State", kind="status"),
                "failures",
                "last_at",
                "locked_until",
            ),
        ),
    )

    @verb(
        title="Lift",
        role=roles.ADMIN,
        icon="lock_open",
        is_end=True,
        text="What was counted is forgotten; tries are let in at once.",
    )
    def lift(self, row: Lockout, data: dict[str, Any], origin: Origin) -> str:
        """Let them try again."""
        unlock(lockout_id=row.pk, origin=origin)
        return f"{row} can try again."

    def address_after(self, record: Any) -> str:
        """The list: what was lifted is gone."""
        return super().address_after(None)


latest(
    "accounts.user",
    StaffSession,
    "user",
    (
        columns.column(_session_state, "State", kind="status"),
        BROWSER,
        columns.text("address"),
        columns.when("created_at", "Signed in"),
        columns.when("seen_at", "Last seen"),
    ),
    title="Sessions",
    position=40,
    role=roles.ADMIN,
)
latest(
    "accounts.user",
    SignIn,
    "user",
    (
        columns.when("created_at", "When"),
        columns.badge("outcome", OUTCOME_TONES),
        FOR,
        WITH,
        columns.text("address"),
    ),
    title="Sign-ins",
    position=50,
    role=roles.ADMIN,
)
