"""The addresses of checkouts, and of the links that make them. Pure."""

from django.conf import settings

from apps.checkouts.models import Checkout, CheckoutLink


def page_url(checkout: Checkout) -> str:
    """The hosted page, where the buyer pays."""
    return f"{settings.BASE_URL}/checkout/{checkout.client_secret}"


def confirmation_url(checkout: Checkout) -> str:
    """The page that tells the buyer how it went."""
    return f"{page_url(checkout)}/confirmation"


def success_url(checkout: Checkout) -> str:
    """Where a successful buyer is led: the merchant's address, else our confirmation page."""
    if checkout.success_url:
        return checkout.success_url.replace("{CHECKOUT_ID}", str(checkout.pk))
    return confirmation_url(checkout)


def link_url(link: CheckoutLink) -> str:
    """What the merchant publishes: whoever opens it gets a checkout of their own."""
    return f"{settings.BASE_URL}/checkout-links/{link.client_secret}"
