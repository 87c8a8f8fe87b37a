"""Every write to people, their sessions, their factors and their tries to sign in."""

from apps.accounts.operations.people import (
    change_staff_role,
    create_user,
    deactivate_user,
    plan_deactivate_user,
    reactivate_user,
    set_password,
)
from apps.accounts.operations.proving import (
    add_app,
    add_passkey,
    remove_factor,
    renew_recovery_codes,
    reset_factors,
    use_code,
    use_passkey,
)
from apps.accounts.operations.sessions import (
    close_session,
    end_session,
    end_sessions,
    note_seen,
    open_session,
)
from apps.accounts.operations.trying import Try, begin_try, fail_try, pass_try, unlock

__all__ = [
    "Try",
    "add_app",
    "add_passkey",
    "begin_try",
    "change_staff_role",
    "close_session",
    "create_user",
    "deactivate_user",
    "end_session",
    "end_sessions",
    "fail_try",
    "note_seen",
    "open_session",
    "pass_try",
    "plan_deactivate_user",
    "reactivate_user",
    "remove_factor",
    "renew_recovery_codes",
    "reset_factors",
    "set_password",
    "unlock",
    "use_code",
    "use_passkey",
]
