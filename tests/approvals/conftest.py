"""A customer whose balance is moved, and limits of those who move it."""

from tests.backoffice.conftest import staff
from tests.wallets.conftest import customer

__all__ = ["customer", "staff"]
