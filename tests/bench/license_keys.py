"""
A million licence keys, so that a validation is measured where its index does not fit a page.

They are made in SQL, in half a minute.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.benefits.models import Benefit
from apps.core.origin import Door, system_origin
from apps.license_keys.terms import TYPE, Terms

KEYS = int(os.environ.get("BENCH_LICENSE_KEYS", "1000000"))
# How many different ones are asked about.
ASKED = 2_000

_FILL = """
INSERT INTO license_keys_licensekey (
    id, created_at, organization_id, customer_id, benefit_id, key, status, own_terms,
    usage, validations, day_validations
)
SELECT gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 second', %s,
    buyers.ids[1 + n %% array_length(buyers.ids, 1)], %s,
    'BENCH-' || upper(md5(n::text)), 'granted', '{}', 0, 0, 0
FROM generate_series(1, %s) AS n,
    (SELECT array_agg(id) AS ids FROM customers_customer WHERE organization_id = %s) AS buyers
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What programs ask about: bodies of requests."""

    bodies: Sequence[bytes]


def seed(organization_id: UUID) -> Asked:
    """Fill the table for an organization that has customers."""
    benefit = Benefit.objects.create(
        created_at=system_origin(Door.COMMAND).at,
        organization_id=organization_id,
        type=TYPE,
        description="A key to the program",
        properties=Terms(prefix="BENCH").properties(),
    )
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [organization_id, benefit.pk, KEYS, organization_id])
        cursor.execute(
            "SELECT key FROM license_keys_licensekey ORDER BY md5(key) LIMIT %s", [ASKED]
        )
        keys = [row[0] for row in cursor.fetchall()]
    return Asked(
        [f'{{"key":"{key}","organization_id":"{organization_id}"}}'.encode() for key in keys]
    )
