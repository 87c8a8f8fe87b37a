"""The moves of an order."""

from typing import Final

from apps.core.states import Machine

_PAID: Final = frozenset({"paid", "refunded", "partially_refunded"})

ORDER: Final = Machine(
    noun="order",
    moves={
        # Void when a change of a subscription is given up because its charge has failed.
        "draft": frozenset({"pending", "void"}),
        # Back to draft when the charge of a finalized draft fails.
        "pending": frozenset({"draft", "paid", "void"}),
        "paid": frozenset({"refunded", "partially_refunded"}),
        # A refund that fails later gives its amount back to the order.
        "partially_refunded": _PAID - {"partially_refunded"},
        "refunded": _PAID - {"refunded"},
        "void": frozenset({"pending"}),
    },
)
