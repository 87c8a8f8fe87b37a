"""Why a tax could not be computed, or an input to it was refused."""

from typing import ClassVar

from apps.core.errors import DomainError


class TaxCalculationError(DomainError):
    """No tax amount could be had."""

    message: ClassVar[str] = "The tax could not be calculated."


class TaxCalculationTechnicalError(TaxCalculationError):
    """The provider failed; another provider, or the same one later, may know."""

    status: ClassVar[int] = 503
    message: ClassVar[str] = "The tax provider is not available."


class TaxCalculationLogicalError(TaxCalculationError):
    """The buyer's data does not allow a calculation, whoever is asked."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = "The tax cannot be calculated for this address."


class InvalidTaxId(ValueError):
    """The number fits none of the formats of its country."""


class InvalidAddress(ValueError):
    """An address that cannot exist; `field` is the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)
