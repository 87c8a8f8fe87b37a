"""What stands beside sales: benefits granted, payments refunded, customers signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from apps.benefits.models import Benefit
from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.customers.operations import SessionInput, create_customer_session
from tests.bench.seeding import World

REFUNDS = 5_000
# Customers who look at their own pages.
SIGNED_IN = 50

_GRANTS = """
INSERT INTO benefits_benefitgrant (
    id, created_at, organization_id, benefit_id, customer_id, subscription_id, is_wanted,
    granted_at, properties, attempt_count, is_outdated, is_cycling
)
SELECT gen_random_uuid(), created_at, organization_id, %s, customer_id, id, true,
    created_at, '{}', 1, false, false
FROM subscriptions_subscription WHERE organization_id = %s
"""
_PAYMENTS = """
INSERT INTO payments_payment (
    id, created_at, processor, processor_id, intent_id, status, amount, currency, method,
    method_metadata, processor_metadata, organization_id, booked_at, unclaimed_reason,
    customer_id, order_id
)
SELECT gen_random_uuid(), created_at, 'stripe', 'ch_' || invoice_number, 'pi_' || invoice_number,
    'succeeded', net_amount, 'usd', 'card', '{"brand": "visa", "last4": "4242"}', '{}',
    organization_id, created_at, '', customer_id, id
FROM orders_order WHERE organization_id = %s ORDER BY id LIMIT %s
"""
_REFUNDS = """
INSERT INTO payments_refund (
    id, created_at, organization_id, payment_id, order_id, customer_id, status, reason, source,
    amount, tax_amount, currency, comment, revoke_benefits, failure_reason, failure_message,
    metadata, processor_id, succeeded_at, resolution
)
SELECT gen_random_uuid(), created_at, organization_id, id, order_id, customer_id, 'succeeded',
    'customer_request', 'api', 100, 0, 'usd', '', false, '', '', '{}',
    're_' || processor_id, created_at, ''
FROM payments_payment WHERE organization_id = %s
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the requests need to know."""

    customer_tokens: Sequence[str]


def seed(world: World) -> Beside:
    """Fill the tables for the merchant."""
    organization_id = world.organization_id
    benefit = Benefit.objects.create(
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        organization_id=organization_id,
        type="feature_flag",
        description="The whole program",
        properties={},
    )
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, [benefit.pk, organization_id])
        cursor.execute(_PAYMENTS, [organization_id, REFUNDS])
        cursor.execute(_REFUNDS, [organization_id])
    customers = Customer.objects.filter(pk__in=world.customer_ids[:SIGNED_IN])
    return Beside([_token(customer) for customer in customers.select_related("organization")])


def _token(customer: Customer) -> str:
    _, plaintext = create_customer_session(
        organization=customer.organization,
        data=SessionInput(customer_id=customer.pk),
        expires_at=system_time() + timedelta(days=1),
        origin=system_origin(Door.COMMAND),
    )
    return plaintext
