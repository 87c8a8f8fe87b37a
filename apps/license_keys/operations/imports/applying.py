"""All rows of a file become keys in one transaction, or none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from apps.benefits.models import Benefit, BenefitGrant
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.customers.operations import customers_of_addresses
from apps.events.operations import record
from apps.license_keys.keys import display_key
from apps.license_keys.locks import lock_import
from apps.license_keys.models import (
    ImportRow,
    LicenseKey,
    LicenseKeyActivation,
    LicenseKeyImport,
)
from apps.license_keys.operations.imports.checking import compare, settle
from apps.license_keys.operations.imports.progress import note_progress
from apps.license_keys.sources import BoughtElsewhere, make_orders
from apps.license_keys.terms import Terms, terms_of

log = structlog.get_logger(__name__)

BATCH: Final = 500
OWN_TERMS: Final = ("limit_activations", "limit_usage", "expires_at")


def run_import(*, import_id: UUID, origin: Origin) -> LicenseKeyImport:
    """
    Take a file over that was agreed to; one that was not (any more) is left alone.

    What was free when it was checked and is taken now refuses the whole file, with the problems as
    after a check. Keys that are known are left out, so the same file again makes nothing. Records
    `license_key_import.applied` or `.refused`.
    """
    try:
        with transaction.atomic():
            row = lock_import(import_id)
            if row.status != LicenseKeyImport.Status.APPLYING:
                return row
            compare(row)
            if not row.problems.exists():
                _apply(row, origin)
                return row
    except IntegrityError as error:
        # Somebody made one of the keys meanwhile; now that they are done, it is found.
        log.warning("import_undone", import_id=str(import_id), error=str(error))
    return _refuse(import_id, origin)


@transaction.atomic
def _refuse(import_id: UUID, origin: Origin) -> LicenseKeyImport:
    row = lock_import(import_id)
    if row.status == LicenseKeyImport.Status.APPLYING:
        row.problems.all().delete()
        compare(row)
        settle(row, 0, origin)
    return row


def _apply(row: LicenseKeyImport, origin: Origin) -> None:
    benefits = _benefits(row)
    done = 0
    for number, batch in enumerate(_batches(row)):
        # Short ids of customers have room for a thousand in each millisecond.
        moment = replace(origin, at=origin.at + timedelta(milliseconds=number))
        _take_over(row, batch, benefits, moment)
        done += len(batch)
        note_progress(row.pk, done)
    row.applied_count, row.applied_at, row.modified_at = done, origin.at, origin.at
    row.status = LicenseKeyImport.Status.APPLIED
    row.save()
    row.rows.all().delete()
    record(
        "license_key_import.applied",
        subject=row,
        organization_id=row.organization_id,
        origin=origin,
        payload={"applied_count": done, "known_count": row.known_count},
    )


def _batches(row: LicenseKeyImport) -> Iterator[list[ImportRow]]:
    last = 0
    while batch := list(
        row.rows.filter(number__gt=last, is_known=False).order_by("number")[:BATCH]
    ):
        yield batch
        last = batch[-1].number


def _benefits(row: LicenseKeyImport) -> dict[UUID, Terms]:
    ids = row.rows.values("benefit_id").distinct()
    return {one.pk: terms_of(one.properties) for one in Benefit.objects.filter(pk__in=ids)}


def _take_over(
    source: LicenseKeyImport,
    batch: Sequence[ImportRow],
    benefits: dict[UUID, Terms],
    origin: Origin,
) -> None:
    customers = customers_of_addresses(
        organization=source.organization,
        people=[(one.email, one.name) for one in batch],
        origin=origin,
    )
    owners = [customers[one.email.lower()] for one in batch]
    orders = _orders(source, batch, owners, origin)
    keys, grants, devices = [], [], []
    for one, customer_id, order_id in zip(batch, owners, orders, strict=True):
        key = _key(source, one, customer_id, benefits[one.benefit_id], origin)
        grant = _grant(key, order_id, origin)
        key.grant = grant
        keys.append(key)
        grants.append(grant)
        devices += [
            LicenseKeyActivation(license_key=key, label=label, created_at=origin.at)
            for label in one.devices
        ]
    BenefitGrant.objects.bulk_create(grants)
    LicenseKey.objects.bulk_create(keys)
    LicenseKeyActivation.objects.bulk_create(devices)


def _orders(
    source: LicenseKeyImport, batch: Sequence[ImportRow], owners: Sequence[UUID], origin: Origin
) -> list[UUID]:
    """An order for each row; a second key of one benefit in an order gets one of its own."""

    def make(which: Sequence[int], numbers: Sequence[str]) -> list[UUID]:
        return make_orders(
            source.organization,
            [
                BoughtElsewhere(
                    customer_id=owners[place],
                    product_id=batch[place].product_id,
                    number=number,
                    at=batch[place].order_at or origin.at,
                )
                for place, number in zip(which, numbers, strict=True)
            ],
        )

    every = range(len(batch))
    own = [f"{one.order_number}-{_digest(one.key)}".lstrip("-") for one in batch]
    orders = make(every, [one.order_number or own[place] for place, one in enumerate(batch)])
    used = set(
        BenefitGrant.objects.filter(order_id__in=orders).values_list("order_id", "benefit_id")
    )
    again = []
    for place, one in enumerate(batch):
        if (orders[place], one.benefit_id) in used:
            again.append(place)
        used.add((orders[place], one.benefit_id))
    for place, order_id in zip(again, make(again, [own[one] for one in again]), strict=True):
        orders[place] = order_id
    return orders


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:10]


def _key(
    source: LicenseKeyImport, one: ImportRow, customer_id: UUID, terms: Terms, origin: Origin
) -> LicenseKey:
    at: datetime = one.order_at or origin.at
    said: dict[str, Any] = {name: getattr(one, name) for name in OWN_TERMS}
    usual = {
        "limit_activations": terms.limit_activations,
        "limit_usage": terms.limit_usage,
        "expires_at": terms.expires_at(at=at, is_subscription=False),
    }
    return LicenseKey(
        organization_id=source.organization_id,
        customer_id=customer_id,
        benefit_id=one.benefit_id,
        imported_by=source,
        key=one.key,
        status=one.status,
        usage=one.usage,
        created_at=origin.at,
        own_terms=sorted(name for name in OWN_TERMS if said[name] is not None),
        **{name: usual[name] if said[name] is None else said[name] for name in OWN_TERMS},
    )


def _grant(key: LicenseKey, order_id: UUID, origin: Origin) -> BenefitGrant:
    is_revoked = key.status == LicenseKey.Status.REVOKED
    return BenefitGrant(
        id=new_id(),
        created_at=origin.at,
        organization_id=key.organization_id,
        benefit_id=key.benefit_id,
        customer_id=key.customer_id,
        order_id=order_id,
        is_wanted=not is_revoked,
        granted_at=None if is_revoked else origin.at,
        revoked_at=origin.at if is_revoked else None,
        withheld_at=origin.at if is_revoked else None,
        properties={
            "user_provided_key": key.key,
            "license_key_id": str(key.pk),
            "display_key": display_key(key.key),
        },
    )
