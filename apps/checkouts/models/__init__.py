"""Checkout sessions, and the links that make them."""

from apps.checkouts.models.checkouts import CLIENT_SECRET_PREFIX, Checkout, CheckoutProduct
from apps.checkouts.models.links import LINK_SECRET_PREFIX, CheckoutLink, CheckoutLinkProduct

__all__ = [
    "CLIENT_SECRET_PREFIX",
    "LINK_SECRET_PREFIX",
    "Checkout",
    "CheckoutLink",
    "CheckoutLinkProduct",
    "CheckoutProduct",
]
