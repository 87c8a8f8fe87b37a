"""Unfold: the look and the navigation of the staff site."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Comptroller",
    "SITE_HEADER": "Comptroller",
    "SITE_SYMBOL": "account_balance",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
}
