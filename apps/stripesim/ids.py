"""Object ids in Stripe's manner: a prefix and random letters."""

import random
import string
import threading

_ALPHABET = string.ascii_letters + string.digits
_local = threading.local()

KINDS = {
    "acct": "account",
    "cus": "customer",
    "pm": "payment_method",
    "pmd": "payment_method_domain",
    "ctoken": "confirmation_token",
    "seti": "setup_intent",
    "setatt": "setup_attempt",
    "pi": "payment_intent",
    "ch": "charge",
    "py": "charge",
    "re": "refund",
    "pyr": "refund",
    "du": "dispute",
    "issfr": "radar.early_fraud_warning",
    "txn": "balance_transaction",
    "txi": "tax_id",
    "tr": "transfer",
    "trr": "transfer_reversal",
    "po": "payout",
    "ba": "bank_account",
    "file": "file",
    "link": "file_link",
    "evt": "event",
    "we": "webhook_endpoint",
}


def random_text(length: int) -> str:
    """Random letters and digits; unguessable is not needed in a sandbox, unique is."""
    generator: random.Random | None = getattr(_local, "random", None)
    if generator is None:
        generator = _local.random = random.Random()  # noqa: S311  unique is enough
    return "".join(generator.choices(_ALPHABET, k=length))


def new_id(prefix: str) -> str:
    """A fresh id such as `pi_3…`."""
    return f"{prefix}_{random_text(24)}"


def client_secret(object_id: str) -> str:
    """The secret by which a browser may act on one intent."""
    return f"{object_id}_secret_{random_text(25)}"
