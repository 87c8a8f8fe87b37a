"""The processor's places for evidence: texts with their limits, and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Of all texts of a dispute together, in characters, and of one of them.
ALL_TEXTS_LIMIT: Final = 150_000
TEXT_LIMIT: Final = 20_000
LINE_LIMIT: Final = 500
# Of all files of a dispute together, and how many pages banks read.
ALL_FILES_LIMIT: Final = 4_500_000
PAGES_LIMIT: Final = 50


@dataclass(frozen=True, slots=True)
class TextField:
    """A text of the evidence, and how long it may be."""

    name: str
    title: str
    limit: int = TEXT_LIMIT

    @property
    def is_line(self) -> bool:
        """Whether it is one line."""
        return self.limit <= LINE_LIMIT


TEXT_FIELDS: Final = (
    TextField("product_description", "What was sold"),
    TextField("customer_name", "Customer's name", LINE_LIMIT),
    TextField("customer_email_address", "Customer's e-mail", LINE_LIMIT),
    TextField("customer_purchase_ip", "IP address of the purchase", LINE_LIMIT),
    TextField("billing_address", "Billing address", LINE_LIMIT),
    TextField("service_date", "Day of the service", LINE_LIMIT),
    TextField("access_activity_log", "How it was used"),
    TextField("refund_policy_disclosure", "How the refund policy was shown"),
    TextField("refund_refusal_explanation", "Why there is no refund"),
    TextField("cancellation_policy_disclosure", "How the cancellation policy was shown"),
    TextField("cancellation_rebuttal", "Why the cancellation does not count"),
    TextField("duplicate_charge_id", "Original charge, if called a duplicate", LINE_LIMIT),
    TextField("duplicate_charge_explanation", "Why it is no duplicate"),
    TextField("uncategorized_text", "Anything else"),
)
TEXTS: Final = {field.name: field for field in TEXT_FIELDS}

# Where the document itself goes.
DOCUMENT_SLOT: Final = "uncategorized_file"
FILE_SLOTS: Final = {
    "customer_communication": "Communication with the customer",
    "receipt": "Receipt",
    "service_documentation": "Proof of the service",
    "refund_policy": "Refund policy",
    "cancellation_policy": "Cancellation policy",
    "duplicate_charge_documentation": "Proof that it is no duplicate",
    "customer_signature": "Customer's signature",
}


def cut(text: str, limit: int) -> str:
    """The text, ended with an ellipsis where it is longer than `limit`."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
