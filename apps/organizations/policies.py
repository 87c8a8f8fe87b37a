"""The sections of the acceptable-use policy by which merchants are denied or asked to leave."""

from typing import Final

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
