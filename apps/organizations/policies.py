"""The acceptable-use policy: by which sections merchants are denied or asked to leave, and how."""

from datetime import timedelta
from typing import Final

# How long one that leaves goes on selling unpaid: as long as a buyer may contest a payment.
OFFBOARDING_LASTS: Final = timedelta(days=120)

POLICY_SECTIONS: Final[dict[str, str]] = {
    "prohibited_product": "Prohibited product",
    "restricted_product": "Restricted product without permission",
    "sanctions": "Sanctioned country or person",
    "misleading": "Misleading or incomplete information",
    "fraud": "Fraud or stolen payment methods",
    "excessive_disputes": "Too many disputes or refunds",
    "identity": "Identity cannot be verified",
    "human_services": "Human services or physical goods",
    "intellectual_property": "Intellectual property of others",
    "other": "Other",
}
