"""What Stripe bills the platform apart from payments: fees for paying others. Off by default."""

from datetime import UTC, datetime
from typing import Any

from . import ledger
from .call import Call
from .runtime import PLATFORM

Obj = dict[str, Any]
ACTIVE_ACCOUNT, PAYOUT = 200, 25  # US cents, per account and month, and per payout
VOLUME_BPS, CROSS_BORDER_BPS = 25, 25
HOME = "US"


def bill_payout(call: Call, payout: Obj) -> None:
    """A paid payout of a connected account: the payout, its volume, the account's month."""
    if not call.runtime.config["connect_fees"] or call.account == PLATFORM:
        return
    account = ledger.onboarded(call)
    month = datetime.fromtimestamp(call.now, UTC).strftime("%Y-%m")
    if account.get("_billed_month") != month:
        account["_billed_month"] = month
        call.of(PLATFORM).save(account)
        _bill(call, ACTIVE_ACCOUNT, "Active Account", month)
    _bill(call, PAYOUT, "Payout Fee", month)
    _bill(call, _share(call, payout, VOLUME_BPS), "Account Volume", month)


def bill_transfer(call: Call, transfer: Obj, account: Obj) -> None:
    """A transfer to an account abroad."""
    if call.runtime.config["connect_fees"] and account["country"] != HOME:
        month = datetime.fromtimestamp(call.now, UTC).strftime("%Y-%m")
        _bill(call, _share(call, transfer, CROSS_BORDER_BPS), "Cross-Border Transfers", month)


def _share(call: Call, moved: Obj, bps: int) -> int:
    cents, _ = ledger.convert(call, moved["amount"], moved["currency"], "usd")
    return (cents * bps + 5000) // 10000


def _bill(call: Call, amount: int, what: str, month: str) -> None:
    if amount > 0:
        post(call.of(PLATFORM), amount, "usd", f"Connect ({month}): {what}")


def post(call: Call, amount: int, currency: str, description: str) -> Obj:
    """Take a fee that belongs to no payment from the acting account's balance."""
    return ledger.post(
        call,
        type_="stripe_fee",
        category="fee",
        source=None,
        amount=-amount,
        currency=currency,
        description=description,
    )
