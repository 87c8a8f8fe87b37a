"""Giving a customer everything that is held about them."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.customers.disclosure import held_data
from apps.customers.models import Customer
from apps.events.operations import record


@transaction.atomic
def export_customer_data(*, customer_id: UUID, origin: Origin) -> bytes:
    """
    A zip with one JSON file for each table that has rows of the customer; deleted ones included.

    Records `customer.exported`; each call is an export of its own.

    :raises ResourceNotFound: if there is no such customer.
    """
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise ResourceNotFound
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in held_data(customer):
            text = json.dumps(rows, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
            archive.writestr(f"{name}.json", text)
    record(
        "customer.exported",
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
    )
    return made.getvalue()
