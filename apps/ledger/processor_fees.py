"""What a fee of the processor was for, read from the text on its statement."""

import re
from enum import StrEnum
from typing import Final


class UnknownProcessorFee(ValueError):
    """No rule knows the text; somebody has to look before it is booked."""


class ProcessorFeeType(StrEnum):
    """The kinds that processor fees are booked under."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    TAX = "tax"
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    CROSS_BORDER_TRANSFER = "cross_border_transfer"
    PAYOUT = "payout"
    ACCOUNT = "account"
    SECURITY = "security"


# The first rule that fits decides, so the narrow ones come before the wide ones: a "Connect"
# line can be any of four kinds.
_RULES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"account updater", ProcessorFeeType.PAYMENT),
        (r"cross[- ]?border", ProcessorFeeType.CROSS_BORDER_TRANSFER),
        (r"\bpayouts?\b", ProcessorFeeType.PAYOUT),
        (r"account", ProcessorFeeType.ACCOUNT),
        (r"dispute|chargeback", ProcessorFeeType.DISPUTE),
        (r"radar|fraud|identity|verification", ProcessorFeeType.SECURITY),
        (r"\btax(es)?\b", ProcessorFeeType.TAX),
        (r"invoic", ProcessorFeeType.INVOICE),
        (r"\bbilling\b|subscription", ProcessorFeeType.SUBSCRIPTION),
        (r"refund", ProcessorFeeType.REFUND),
        (r"3d ?secure|3ds|card|payment|authoriz|acquiring|network", ProcessorFeeType.PAYMENT),
    )
)


def classify_processor_fee(description: str) -> ProcessorFeeType:
    """
    The kind of a fee from its description, as in `Connect (2024-01-01): Payout Fee`.

    :raises UnknownProcessorFee: if nothing in it is known.
    """
    for pattern, kind in _RULES:
        if pattern.search(description):
            return kind
    raise UnknownProcessorFee(description)
