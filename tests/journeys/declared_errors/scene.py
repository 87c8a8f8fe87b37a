"""The scene on which refusals are provoked, and the requests that several rows share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from tests.support.merchants import Merchant
from tests.support.stock import Stock, make_stock
from tests.support.tills import Till

# How NUL is written in an address; nothing that holds it can be looked up.
NUL: Final = "%00"


@dataclass(frozen=True, slots=True)
class Scene:
    """A merchant without anything, its SDK client of one version, and the sandbox Stripe."""

    till: Till
    polar: Any

    @property
    def merchant(self) -> Merchant:
        """The merchant, new for each request."""
        return self.till.merchant

    def stock(self) -> Stock:
        """One of everything, made now: a sold product, its buyer, checkout, order, payment."""
        return make_stock(self.merchant.organization)

    def product(self, **more: Any) -> Any:
        """A product of one fixed price."""
        price = {"amount_type": "fixed", "price_amount": 2000, "price_currency": "usd"}
        return self.polar.products.create(**{"name": "Handbook", "prices": [price], **more})

    def checkout(self, **more: Any) -> Any:
        """An open checkout of such a product."""
        return self.polar.checkouts.create(products=[self.product().id], **more)


@dataclass(frozen=True, slots=True)
class Cannot:
    """There is no occasion for an error, and why."""

    why: str


Call = Callable[..., Any]
Provocation = Callable[[Call, Scene], Any]
Rows = dict[str, dict[str, Provocation | Cannot]]


def cannot(why: str) -> Cannot:
    """Say why an error that the SDK declares never comes from here."""
    return Cannot(why)


def page_zero(call: Call, scene: Scene) -> Any:
    """A list from a page that there is not."""
    return call(page=0)


def no_id(call: Call, scene: Scene) -> Any:
    """A path with something in place of an id that is none."""
    return call("no-id")


def unknown_id(call: Call, scene: Scene) -> Any:
    """A path with the id of nothing."""
    return call(str(uuid4()))


def nul_in_path(call: Call, scene: Scene) -> Any:
    """A path of free text that cannot be."""
    return call(f"x{NUL}")


OF_LIST: Final[dict[str, Provocation | Cannot]] = {"HTTPValidationError": page_zero}
OF_ONE: Final[dict[str, Provocation | Cannot]] = {
    "ResourceNotFound": unknown_id,
    "HTTPValidationError": no_id,
}
# By the merchant's own id.
OF_EXTERNAL: Final[dict[str, Provocation | Cannot]] = {
    "ResourceNotFound": unknown_id,
    "HTTPValidationError": nul_in_path,
}
