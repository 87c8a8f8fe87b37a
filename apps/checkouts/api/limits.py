"""How often a buyer may make checkouts from links, and try to pay one."""

from apps.api.limits import require_within

OPENING_RULES = ((120, 60),)
CONFIRM_RULES = ((6, 60), (20, 3600))
CONFIRM_BLOCK_SECONDS = 1800


def count_confirmation(client_secret: str) -> None:
    """
    Count one try; both doors of the buyer, API and page, call it.

    :raises RateLimited: after 6 in a minute or 20 in an hour; the checkout then takes none for
        half an hour.
    """
    require_within(
        "checkout-confirm", client_secret, CONFIRM_RULES, block_seconds=CONFIRM_BLOCK_SECONDS
    )


def count_opening(address: str) -> None:
    """
    Count one checkout made from a link, by where the buyer is.

    :raises RateLimited: after 120 in a minute.
    """
    require_within("checkout-link", address, OPENING_RULES)
