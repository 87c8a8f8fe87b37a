"""The test cards: what each number, and each `pm_card_…` id, will do."""

from dataclasses import dataclass, replace

from .errors import ApiError, card_error

MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
    "fraudulent": "Your card was declined.",
    "card_velocity_exceeded": "Your card was declined for making repeated attempts too frequently"
    " or exceeding its amount limit.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}
_OWN_CODE = ("expired_card", "incorrect_cvc", "processing_error", "authentication_required")
_FINAL = ("lost_card", "stolen_card", "fraudulent")


@dataclass(frozen=True)
class Card:
    """One test card. `three_d_secure`: never, always, unless_set_up, on_session."""

    number: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    decline: str | None = None  # decline reason of every charge
    declines_setup: bool = True  # ... and of attaching, when it declines
    three_d_secure: str = "never"
    block: bool = False
    review: bool = False
    refund: str = "immediate"  # or pending, failing
    dispute: str | None = None
    fraud_record: bool = False
    at_once: bool = False  # funds skip the pending balance


_CARDS: list[tuple[Card, tuple[str, ...]]] = [
    (Card("4242424242424242"), ("visa", "us")),
    (Card("4000056655665556", funding="debit"), ("visa_debit",)),
    (Card("5555555555554444", brand="mastercard"), ("mastercard",)),
    (Card("5200828282828210", brand="mastercard", funding="debit"), ("mastercard_debit",)),
    (Card("378282246310005", brand="amex"), ("amex",)),
    (Card("6011111111111117", brand="discover"), ("discover",)),
    (Card("4000002500000003", country="FR"), ("fr",)),
    (Card("4000002760000016", country="DE"), ("de",)),
    (Card("4000008260000000", country="GB"), ("gb",)),
    (Card("4000000000000077", at_once=True), ("bypassPending",)),
    (Card("4000003720000278", country="IE", at_once=True), ("bypassPendingInternational",)),
    (Card("4000000000000002", decline="generic_decline"), ("chargeDeclined",)),
    (Card("4000000000009995", decline="insufficient_funds"),
     ("chargeDeclinedInsufficientFunds",)),
    (Card("4000000000009987", decline="lost_card"), ("chargeDeclinedLostCard",)),
    (Card("4000000000009979", decline="stolen_card"), ("chargeDeclinedStolenCard",)),
    (Card("4000000000000069", decline="expired_card"), ("chargeDeclinedExpiredCard",)),
    (Card("4000000000000127", decline="incorrect_cvc"), ("chargeDeclinedIncorrectCvc",)),
    (Card("4000000000000119", decline="processing_error"), ("chargeDeclinedProcessingError",)),
    (Card("4000000000006975", decline="card_velocity_exceeded"),
     ("chargeDeclinedVelocityLimitExceeded",)),
    (Card("4000000000000341", decline="generic_decline", declines_setup=False),
     ("chargeCustomerFail",)),
    (Card("4000000000003220", three_d_secure="always"),
     ("threeDSecure2Required", "threeDSecureRequired")),
    (Card("4000002500003155", three_d_secure="unless_set_up"),
     ("authenticationRequiredOnSetup",)),
    (Card("4000002760003184", three_d_secure="always"), ("authenticationRequired",)),
    (Card("4000003800000446", three_d_secure="on_session"),
     ("authenticationRequiredSetupForOffSession",)),
    (Card("4000008400001629", three_d_secure="always", decline="generic_decline"),
     ("threeDSecureRequiredChargeDeclined",)),
    (Card("4000000000000259", dispute="fraudulent"), ("createDispute",)),
    (Card("4000000000002685", dispute="product_not_received"),
     ("createDisputeProductNotReceived",)),
    (Card("4000000000001976", dispute="inquiry"), ("createDisputeInquiry",)),
    (Card("4000000000005423", fraud_record=True), ("createIssuerFraudRecord",)),
    (Card("4000000000007726", refund="pending"), ("pendingRefund",)),
    (Card("4000000000005126", refund="failing"), ("refundFail",)),
    (Card("4100000000000019", block=True), ("radarBlock",)),
    (Card("4000000000004954", block=True), ("riskLevelHighest",)),
    (Card("4000000000009235", review=True), ("riskLevelElevated",)),
]  # fmt: skip

BY_NUMBER = {card.number: card for card, _ in _CARDS}
BY_NAME = {
    f"pm_card_{prefix}{name}": card
    for card, names in _CARDS
    for name in names
    for prefix in ("", "visa_")
    if not (prefix and (name == "visa" or card.brand != "visa"))
}
# Stripe knows the setup card by a shorter name as well.
BY_NAME["pm_card_authenticationRequiredSetupForOffSession"] = BY_NUMBER["4000003800000446"]
BY_NAME["pm_card_setupForOffSession"] = BY_NUMBER["4000003800000446"]


def luhn(number: str) -> bool:
    """Whether the check digit of a card number is right."""
    total = 0
    for position, digit in enumerate(map(int, reversed(number))):
        doubled = digit * 2 if position % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def by_number(number: str) -> Card:
    """What this number will do. 402 when it is no card number; others behave like 4242…"""
    digits = number.replace(" ", "").replace("-", "")
    if not digits.isascii() or not digits.isdigit() or not 12 <= len(digits) <= 19:
        raise card_error(
            "The card number is not a valid credit card number.", "invalid_number", param="number"
        )
    if not luhn(digits):
        raise card_error("Your card number is incorrect.", "incorrect_number", param="number")
    return BY_NUMBER.get(digits) or replace(Card(digits), brand=_brand(digits))


def _brand(digits: str) -> str:
    if digits[0] == "4":
        return "visa"
    if digits[:2] in ("34", "37"):
        return "amex"
    if digits[:2] in ("51", "52", "53", "54", "55") or 2221 <= int(digits[:4]) <= 2720:
        return "mastercard"
    return "discover" if digits[0] == "6" else "unknown"


def decline(reason: str, **extra: object) -> ApiError:
    """The 402 of a decline for `reason`."""
    code = reason if reason in _OWN_CODE else "card_declined"
    return card_error(
        MESSAGES[reason],
        code,
        decline_code=reason,
        advice_code=advice(reason),
        param={"incorrect_cvc": "cvc", "expired_card": "exp_month"}.get(reason),
        **extra,
    )


def advice(reason: str) -> str:
    """What the network advises after a decline for `reason`."""
    if reason in _FINAL:
        return "do_not_try_again"
    if reason in ("expired_card", "incorrect_cvc"):
        return "confirm_card_data"
    return "try_again_later"
