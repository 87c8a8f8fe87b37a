"""A process that dies at a chosen point of a payout: see `tests.support.crashes`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tests.support import mortals

_STEP = "apps.payouts.operations"
POINTS = {
    "transfer": {
        "before the transfer is intended": (f"{_STEP}.transferring:change_payout", "before"),
        "before the transfer is asked for": ("apps.processors.gateway:create_transfer", "before"),
        "after the transfer is asked for": ("apps.processors.gateway:create_transfer", "after"),
        "before the transfer is booked": (f"{_STEP}.transferring:settle_transfer", "before"),
        "before the books of the transfer commit": (
            f"{_STEP}.transferring:post_payout_transfer",
            "after",
        ),
        "after the transfer commits": (f"{_STEP}.transferring:settle_transfer", "after"),
    },
    "send": {
        "before the try commits": (f"{_STEP}.attempting:_follow", "before"),
        "before the bank is asked": ("apps.processors.gateway:create_bank_payout", "before"),
        "after the bank is asked": ("apps.processors.gateway:create_bank_payout", "after"),
        "before the answer is kept": (f"{_STEP}.attempting:settle_attempt", "before"),
        "after the answer is kept": (f"{_STEP}.attempting:settle_attempt", "after"),
    },
    "cancel": {
        "before the return is intended": (f"{_STEP}.canceling:undo_payout", "after"),
        "before the return is asked for": ("apps.processors.gateway:reverse_transfer", "before"),
        "after the return is asked for": ("apps.processors.gateway:reverse_transfer", "after"),
        "before the return is booked": (f"{_STEP}.canceling:settle_cancel", "before"),
        "before its books commit": (f"{_STEP}.canceling:post_payout_reversal", "after"),
        "after it commits": (f"{_STEP}.canceling:settle_cancel", "after"),
    },
}


def run(work: str, point: str, stripe_url: str, *, payout_id: UUID, at: datetime) -> int:
    """Do `work` with a payout in a process that dies at `point`; its exit code."""
    return mortals.run("payout_crashes", stripe_url, work, point, str(payout_id), at.isoformat())


def work(name: str, point: str, payout_id: str, at: str) -> None:
    """What the process does."""
    from apps.payouts.operations import cancel_payout, send_payout_to_bank, transfer_payout
    from tests.support.payouts import origin_at

    mortals.die_at(*POINTS[name][point])
    verbs = {"transfer": transfer_payout, "send": send_payout_to_bank, "cancel": cancel_payout}
    verbs[name](payout_id=UUID(payout_id), origin=origin_at(datetime.fromisoformat(at)))
