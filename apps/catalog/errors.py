"""Refusals about products."""

from apps.core.errors import DomainError


class ProductNotDeletable(DomainError):
    """The product was sold or is on offer somewhere; it can be archived."""

    status = 409
    message = "This product is in use and cannot be deleted. Archive it instead."
