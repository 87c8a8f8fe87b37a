"""Unfold: the look and the navigation of the staff site."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from config.env import IS_SANDBOX


def _file(path: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(path)


def _item(title: str, icon: str, name: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}"), **more}


def _page(title: str, icon: str, link: str) -> dict[str, Any]:
    """A page outside the staff site."""
    return {"title": title, "icon": icon, "link": link}


def _records(title: str, icon: str, model: str, **more: Any) -> dict[str, Any]:
    def may_view(request: HttpRequest) -> bool:
        from apps.backoffice.shell import may_view_records

        return may_view_records(request, model)

    return _item(title, icon, f"{model}_changelist", permission=may_view, **more)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Comptroller",
    "SITE_HEADER": "Comptroller",
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "apps.backoffice.shell.environment_label" if IS_SANDBOX else None,
    "DASHBOARD_CALLBACK": "apps.backoffice.dashboard.dashboard_context",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _file("img/comptroller.svg")}
    ],
    "STYLES": [_file("css/backoffice.css")],
    "SCRIPTS": [_file("js/backoffice.js"), _file("js/passkeys.js")],
    "ACCOUNT": {
        "navigation": [
            {"title": "Your security", "link": reverse_lazy("admin:security")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ]
    },
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .214 259.815)",
            "600": "oklch(54.6% .245 262.881)",
            "700": "oklch(48.8% .243 264.376)",
            "800": "oklch(42.4% .199 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        }
    },
    "COMMAND": {"search_callback": "apps.backoffice.palette.command_results"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": [
            {
                "items": [
                    _item("Dashboard", "space_dashboard", "index"),
                    _item("Search", "search", "find"),
                    _page("Documentation", "help", "/docs"),
                    _records(
                        "Approvals",
                        "how_to_reg",
                        "approvals_approval",
                        badge="apps.backoffice.shell.approvals_to_decide",
                    ),
                ]
            },
            {
                "title": "Commerce",
                "items": [
                    _records("Organizations", "storefront", "organizations_organization"),
                    _item("Reviews", "policy", "reviews"),
                    _records("Customers", "group", "customers_customer"),
                    _records("Products", "inventory_2", "catalog_product"),
                    _records("Custom fields", "quiz", "catalog_customfield"),
                    _records("Discounts", "sell", "discounts_discount"),
                    _records("Benefits", "card_giftcard", "benefits_benefit"),
                    _records("Benefit grants", "redeem", "benefits_benefitgrant"),
                    _records("Licence keys", "vpn_key", "license_keys_licensekey"),
                    _records("Key imports", "upload_file", "license_keys_licensekeyimport"),
                    _records("Checkouts", "shopping_cart_checkout", "checkouts_checkout"),
                    _records("Checkout links", "add_link", "checkouts_checkoutlink"),
                    _records("Subscriptions", "autorenew", "subscriptions_subscription"),
                    _records("Seats", "event_seat", "seats_customerseat"),
                    _item("Dunning", "running_with_errors", "dunning"),
                    _records("Orders", "receipt_long", "orders_order"),
                ],
            },
            {
                "title": "Money",
                "items": [
                    _records("Payments", "credit_card", "payments_payment"),
                    _records("Refunds", "undo", "payments_refund"),
                    _records("Disputes", "gavel", "disputes_dispute"),
                    _records("Fraud warnings", "warning", "disputes_earlyfraudwarning"),
                    _records("Payment methods", "wallet", "payments_paymentmethod"),
                    _records("Charge attempts", "sync_problem", "payments_chargeattempt"),
                    _item("Where the money is", "explore", "money"),
                    _records("Payouts", "payments", "payouts_payout"),
                    _records("Payout attempts", "sync_alt", "payouts_payoutattempt"),
                    _records("Payout accounts", "account_balance", "payouts_payoutaccount"),
                    _records("Reserves", "savings", "payouts_reserve"),
                    _records("Holds", "lock", "payouts_hold"),
                    _records("Wallets", "account_balance_wallet", "wallets_wallet"),
                    _records("Fee credits", "redeem", "ledger_feecredit"),
                ],
            },
            {
                "title": "Ledger",
                "items": [
                    _records("Accounts", "account_balance", "ledger_account"),
                    _records("Entries", "menu_book", "ledger_entry"),
                    _records("Transfers", "swap_horiz", "ledger_transfer"),
                    _records("Record of tax", "percent", "tax_taxrecord"),
                    _item("Invariants", "rule", "invariants"),
                ],
            },
            {
                "title": "Reconciliation",
                "items": [
                    _item("Reconciliation", "compare_arrows", "reconciliation"),
                    _records("Discrepancies", "difference", "reconciliation_discrepancy"),
                    _records(
                        "Balance transactions", "receipt", "reconciliation_balancetransaction"
                    ),
                    _records("Fee rules", "label", "reconciliation_feerule"),
                    _records("Runs", "sync", "reconciliation_run"),
                ],
            },
            {
                "title": "Webhooks",
                "items": [
                    *([_page("Inbox", "inbox", "/sandbox/inbox/demo")] if IS_SANDBOX else []),
                    _records("Webhook endpoints", "webhook", "webhooks_webhookendpoint"),
                    _records("Webhook events", "send", "webhooks_webhookevent"),
                    _records("Webhook deliveries", "swap_calls", "webhooks_webhookdelivery"),
                ],
            },
            {
                "title": "Operations",
                "items": [
                    _item("System health", "monitor_heart", "health"),
                    _records("Events", "history", "events_event"),
                    _records("Deliveries", "outbox", "events_delivery"),
                    _records("Mails", "mail", "notifications_mail"),
                    _records("Inbound events", "move_to_inbox", "processors_inboundevent"),
                    _records("Dead tasks", "heart_broken", "core_deadtask"),
                    _item("Renewals", "event_repeat", "scheduler"),
                    _records("Re-syncs", "sync", "benefits_resync"),
                    _records("Connected services", "key", "benefits_providercredential"),
                    _item("Periodic jobs", "update", "periodic_jobs"),
                    _records("Clock runs", "fast_forward", "sandbox_clockrun"),
                ],
            },
            {
                "title": "Access",
                "items": [
                    _records("Users", "person", "accounts_user"),
                    _records("Sessions", "devices", "accounts_staffsession"),
                    _records("Sign-ins", "login", "accounts_signin"),
                    _records("Lockouts", "lock_clock", "accounts_lockout"),
                    _records("Memberships", "badge", "organizations_membership"),
                    _records("Invitations", "forward_to_inbox", "organizations_invitation"),
                    _records("Access tokens", "key", "organizations_accesstoken"),
                    _records("Impersonations", "visibility", "organizations_impersonation"),
                    _records("Limits", "speed", "approvals_limit"),
                ],
            },
        ],
    },
}
