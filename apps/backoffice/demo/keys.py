"""A program that the demo merchant sold elsewhere before: its keys come from a file."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Final

from apps.backoffice.demo.cast import BUYERS
from apps.benefits.operations import BenefitInput, create_benefit, set_product_benefits
from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.models import Product
from apps.catalog.operations import create_product
from apps.core.origin import Origin
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import (
    Activation,
    activate_key,
    apply_import,
    check_import,
    receive_import,
    run_import,
    validate_key,
)
from apps.license_keys.rules import Validation
from apps.license_keys.terms import TYPE
from apps.organizations.models import Organization

MARK: Final = {"demo": "song-finder"}
NAME: Final = "Song finder"
PROPERTIES: Final = {
    "prefix": "SONG",
    "expires": {"ttl": 2, "timeframe": "year"},
    "activations": {"limit": 3, "enable_customer_admin": True},
    "limit_usage": None,
}
DEVICES: Final = ("Workshop laptop", "Phone", "Field recorder")
# How often each key was asked about on each day, from three weeks ago to today.
DAYS: Final = 21


def seed_keys(organization: Organization, *, origin: Origin) -> None:
    """The program, its benefit and its keys; what is there already stays as it is."""
    if Product.objects.filter(organization=organization, metadata__contains=MARK).exists():
        return
    product = create_product(
        organization=organization,
        data=ProductInput(
            name=NAME,
            description="Hears a bird and names it. A key for three devices.",
            prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=4900)],
            metadata=dict(MARK),
        ),
        origin=origin,
    )
    benefit = create_benefit(
        organization=organization,
        data=BenefitInput(type=TYPE, description="A key to Song finder", properties=PROPERTIES),
        origin=origin,
    )
    set_product_benefits(product_id=product.pk, benefit_ids=[benefit.pk], origin=origin)
    then = origin.on_clock(-timedelta(days=DAYS + 1))
    _bring_keys(organization, then)
    for number, key in enumerate(
        LicenseKey.objects.filter(benefit=benefit, status="granted").order_by("key")
    ):
        _use(key, number, origin)


def _bring_keys(organization: Organization, origin: Origin) -> None:
    lines = ["key,email,name,product,order,status"]
    for number, buyer in enumerate(BUYERS, 1):
        status = "disabled" if number == len(BUYERS) else "granted"
        key = f"SONG-1998-{number:04}-{buyer.key.upper()}"
        lines.append(f"{key},{buyer.email},{buyer.name},{NAME},S{1000 + number},{status}")
    row = receive_import(
        organization=organization,
        name="song-finder-customers.csv",
        content=io.BytesIO("\n".join(lines).encode()),
        origin=origin,
    )
    check_import(import_id=row.pk, origin=origin)
    apply_import(import_id=row.pk, origin=origin)
    run_import(import_id=row.pk, origin=origin)


def _use(key: LicenseKey, number: int, origin: Origin) -> None:
    devices = [
        activate_key(
            organization_id=key.organization_id,
            asked=Activation(key=key.key, label=label, meta={"version": "2.1"}),
            origin=origin.on_clock(-timedelta(days=DAYS)),
        )
        for label in DEVICES[: 1 + number % len(DEVICES)]
    ]
    for ago in range(DAYS, -1, -1):
        day = origin.on_clock(-timedelta(days=ago))
        for turn in range((number + 3 * ago) % 5):
            validate_key(
                organization_id=key.organization_id,
                asked=Validation(key=key.key, activation_id=devices[turn % len(devices)].pk),
                origin=day,
            )
