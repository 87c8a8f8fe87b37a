"""Which role of staff opens and does what, told from the code that decides it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.urls import URLPattern, URLResolver

from apps.core.staff import roles
from apps.core.staff.records import RecordAdmin

# What Django gives every list and record.
OF_RECORDS: Final = ("changelist", "add", "history", "delete", "change")

# Pages and files that are neither lists nor records nor verbs: the least role, and what they are.
OTHERS: Final[dict[str, tuple[str, str]]] = {
    "index": (roles.VIEWER, "The dashboard"),
    "find": (roles.VIEWER, "Search; hits only of records that the role opens"),
    "search": (roles.VIEWER, "Search of the palette; the same hits"),
    "app_list": (roles.VIEWER, "The records of an app that the role opens"),
    "jsi18n": (roles.VIEWER, "Words for scripts"),
    "view_on_site": (roles.VIEWER, "Nothing: no record has a page elsewhere"),
    "money": (roles.VIEWER, "Where the money is, by merchant"),
    "money_of": (roles.VIEWER, "Where the money of a merchant is"),
    "reviews": (roles.VIEWER, "Organizations to review"),
    "dunning": (roles.VIEWER, "Unpaid renewals"),
    "invariants": (roles.VIEWER, "Checks of the books"),
    "health": (roles.VIEWER, "System health"),
    "scheduler": (roles.VIEWER, "Renewals to come"),
    "reconciliation": (roles.VIEWER, "Comparison with the provider"),
    "periodic_jobs": (roles.VIEWER, "Periodic jobs"),
    "ledger_account_movements": (roles.VIEWER, "Movements of an account"),
    "customers_customer_export": (roles.SUPPORT, "Everything held about a customer, as a file"),
    "organizations_organization_notes": (roles.SUPPORT, "Write a note on an organization"),
    "license_keys_licensekeyimport_receive": (roles.SUPPORT, "Upload licence keys"),
    "license_keys_licensekeyimport_export": (roles.SUPPORT, "Licence keys as a file"),
    "license_keys_licensekeyimport_report": (roles.SUPPORT, "The report of an import"),
    "payouts_payout_csv": (roles.SUPPORT, "The transactions of a payout"),
    "payouts_payout_invoice": (roles.SUPPORT, "The invoice of a payout"),
    "payouts_payout_proofs": (roles.FINANCE, "Add a proof of payment"),
    "payouts_payout_proof": (roles.FINANCE, "A proof of payment"),
    "disputes_dispute_dossier": (roles.SUPPORT, "The dossier of a dispute"),
    "disputes_dispute_text": (roles.SUPPORT, "Write a text of the dossier"),
    "disputes_dispute_notes": (roles.SUPPORT, "Write a note on a dispute"),
    "disputes_dispute_files": (roles.SUPPORT, "Add a file to the dossier"),
    "disputes_dispute_file": (roles.SUPPORT, "A file of the dossier"),
    "disputes_dispute_remove": (roles.SUPPORT, "Take a file from the dossier"),
    "as_merchant": (roles.SUPPORT, "While one impersonates: what the merchant sees of itself"),
    "as_merchant_list": (roles.SUPPORT, "The same, a list"),
    "as_merchant_object": (roles.SUPPORT, "The same, one object"),
    "save_filter": (roles.VIEWER, "Keep a filter of a list for oneself"),
    "forget_filter": (roles.VIEWER, "Forget a kept filter of one's own"),
    "security": (roles.VIEWER, "One's own factors, sessions and sign-ins"),
    "confirm": (roles.VIEWER, "Prove anew who one is"),
    "add_app": (roles.VIEWER, "Add an authenticator app of one's own"),
    "add_passkey": (roles.VIEWER, "Add a passkey of one's own"),
    "new_passkey_options": (roles.VIEWER, "The same, before the browser is asked"),
    "recovery_codes": (roles.VIEWER, "New recovery codes of one's own"),
    "remove_factor": (roles.VIEWER, "Remove a factor of one's own"),
    "end_own_session": (roles.VIEWER, "End a session of one's own"),
    "end_other_sessions": (roles.VIEWER, "End all others of one's own"),
    "password_change": (roles.VIEWER, "Change one's own password"),
    "password_change_done": (roles.VIEWER, "The same, done"),
}
# Before anybody is known, or to be known no longer.
OPEN: Final = frozenset({"login", "logout", "second_factor", "passkey_sign_in", "passkey_options"})
# To nobody: no form has a field that would ask for it.
CLOSED: Final = frozenset({"autocomplete"})

HEAD: Final = """# Roles and permissions

Made by `manage.py list_permissions --write`; a test fails when it is out of date.
Each role includes those before it: {ranks}. A person without a role does not get in.
Below the role a page or verb answers 403; a test walks all of them as every role.

- **Plan**: what follows is shown first, and only that is done.
- **Two persons**: above the limits that admins set, it waits for a second person with the role.
- **Anew**: who proved who they are more than 15 minutes ago is asked again.
- **May ask**: this role may ask for it, and somebody with the role of the verb agrees.
"""


def addresses() -> Iterator[tuple[str, str]]:
    """(name, route) of every address of the staff site but those of lists, records and verbs."""
    known = {name for one in record_admins() for name in _names_of(one)}
    for name, route in _walk(admin.site.get_urls(), ""):
        if name and name not in known:
            yield name, route


def record_admins() -> list[RecordAdmin]:
    """Every kind of record, by its place in the navigation's order of apps."""
    found = [one for one in admin.site._registry.values() if isinstance(one, RecordAdmin)]
    return sorted(found, key=lambda one: (one.opts.app_label, str(one.opts.verbose_name_plural)))


def verbs_of(one: RecordAdmin) -> Iterator[Any]:
    """The verbs of a record and of its list."""
    for made in (*one._get_base_actions_detail(), *one._get_base_actions_list()):
        yield made.method


def written() -> str:
    """All of it, as a page of the documentation."""
    lines = [HEAD.format(ranks=", ".join(roles.RANKS)), "## Records", ""]
    lines += ["| App | Records | Opened by |", "| --- | --- | --- |"]
    lines += [
        f"| {one.opts.app_label} | {str(one.opts.verbose_name_plural).capitalize()} "
        f"| {one.view_role} |"
        for one in record_admins()
    ]
    lines += ["", "## Verbs", ""]
    lines += ["| Records | Verb | Role | May ask | Plan | Two persons | Anew |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    for one in record_admins():
        kind = str(one.opts.verbose_name_plural).capitalize()
        lines += [_verb_line(kind, verb) for verb in verbs_of(one)]
    lines += ["", "## Other pages and files", "", "| Address | What | Opened by |"]
    lines += ["| --- | --- | --- |"]
    for name, route in sorted(addresses(), key=lambda one: one[1]):
        if name in OTHERS:
            role, what = OTHERS[name]
            lines.append(f"| `{_shown(route)}` | {what} | {role} |")
    return "\n".join(lines) + "\n"


def _verb_line(kind: str, verb: Any) -> str:
    planned = verb.planned
    least = verb.allowed_permissions[0]
    role = planned.role if planned else least
    cells = (
        kind,
        verb.short_description,
        role,
        least if least != role else "",
        "yes" if planned else "",
        "yes" if planned and planned.is_gated else "",
        "yes" if verb.asks_anew else "",
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _names_of(one: RecordAdmin) -> Iterator[str]:
    name = f"{one.opts.app_label}_{one.opts.model_name}"
    yield from (f"{name}_{suffix}" for suffix in OF_RECORDS)
    for made in (*one._get_base_actions_detail(), *one._get_base_actions_list()):
        yield made.action_name


def _walk(patterns: Any, before: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield one.name or "", route


def _shown(route: str) -> str:
    if route.startswith("^"):
        return "/backoffice/<app>/"
    return f"/backoffice/{route}"
