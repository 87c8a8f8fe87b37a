"""One merchant: 20 products, 5,000 subscribers to 4 plans, 20,000 orders, from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.models import Product
from apps.catalog.operations import create_product
from apps.catalog.selectors import shown_product
from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer, Member
from apps.orders.models import Order, OrderItem
from apps.organizations.models import Organization
from apps.organizations.operations import change_status, create_organization, issue_access_token
from apps.organizations.scopes import ALL_SCOPES
from apps.subscriptions.models import Subscription, SubscriptionPrice

PRODUCTS, PLANS, CUSTOMERS, ORDERS = 20, 4, 5_000, 20_000
BATCH = 2_000
START = datetime(2026, 1, 1, tzinfo=UTC)
ADDRESS = {
    "line1": "1 Market Street",
    "line2": None,
    "postal_code": "94105",
    "city": "San Francisco",
    "state": "US-CA",
    "country": "US",
}


@dataclass(frozen=True, slots=True)
class World:
    """What the requests need to know."""

    token: str
    organization_id: UUID
    product_ids: tuple[UUID, ...]
    customer_ids: tuple[UUID, ...]


def seed() -> World:
    """Fill the empty database."""
    chance = random.Random(20_000)
    origin = system_origin(Door.COMMAND)
    organization = create_organization(name="Bench", slug="bench", origin=origin)
    organization = change_status(organization_id=organization.pk, to="active", origin=origin)
    _, token = issue_access_token(
        organization_id=organization.pk, comment="bench", scopes=ALL_SCOPES, origin=origin
    )
    products = [_product(organization, number, origin) for number in range(PRODUCTS)]
    customers = list(_customers(organization))
    for batch in _batches(iter(customers)):
        Customer.objects.bulk_create(batch)
        Member.objects.bulk_create(_owner(customer) for customer in batch)
    for batch in _batches(_orders(organization, products, customers, chance)):
        Order.objects.bulk_create(batch)
        OrderItem.objects.bulk_create(_item(order) for order in batch)
    plans = [shown_product(_plan(organization, number, origin).pk) for number in range(PLANS)]
    for rows in _batches(_subscriptions(organization, plans, customers)):
        Subscription.objects.bulk_create(rows)
        SubscriptionPrice.objects.bulk_create(_line(row) for row in rows)
    return World(
        token,
        organization.pk,
        tuple(product.pk for product in products),
        tuple(customer.pk for customer in customers),
    )


def _product(organization: Organization, number: int, origin: Origin) -> Product:
    data = ProductInput(
        name=f"Product {number:02}",
        description="A licence for one person, with a year of updates.",
        prices=[PriceInput(kind="fixed", fixed_amount=1000 + 100 * number, currency="usd")],
        metadata={"line": number % 4},
    )
    return create_product(organization=organization, data=data, origin=origin)


def _plan(organization: Organization, number: int, origin: Origin) -> Product:
    data = ProductInput(
        name=f"Plan {number}",
        recurring_interval="month",
        recurring_interval_count=1,
        prices=[PriceInput(kind="fixed", fixed_amount=900 + 1000 * number, currency="usd")],
    )
    return create_product(organization=organization, data=data, origin=origin)


def _subscriptions(
    organization: Organization, plans: list[Product], customers: list[Customer]
) -> Iterator[Subscription]:
    for number, customer in enumerate(customers):
        at = START + timedelta(minutes=number)
        amount = 900 + 1000 * (number % PLANS)
        yield Subscription(
            organization=organization,
            customer=customer,
            product=plans[number % PLANS],
            created_at=at,
            started_at=at,
            status=Subscription.Status.ACTIVE,
            currency="usd",
            amount=amount,
            net_amount=amount,
            recurring_interval="month",
            recurring_interval_count=1,
            anchor_day=at.day,
            current_period_start_at=at,
            current_period_end_at=at + timedelta(days=31),
            metadata={"source": "bench"},
        )


def _line(subscription: Subscription) -> SubscriptionPrice:
    return SubscriptionPrice(
        subscription=subscription,
        price=subscription.product.listed_prices[0],
        amount=subscription.amount,
    )


def _customers(organization: Organization) -> Iterator[Customer]:
    for number in range(CUSTOMERS):
        yield Customer(
            organization=organization,
            created_at=START + timedelta(minutes=number),
            email=f"buyer{number}@example.com",
            name=f"Buyer {number}",
            external_id=f"external-{number}",
            billing_name=f"Buyer {number}",
            billing_address=ADDRESS,
            metadata={"source": "bench"},
            short_id=number + 1,
            next_invoice_number=1 + ORDERS // CUSTOMERS,
        )


def _owner(customer: Customer) -> Member:
    return Member(
        organization=customer.organization,
        created_at=customer.created_at,
        customer=customer,
        role=Member.Role.OWNER,
        email=customer.email,
        name=customer.name,
    )


def _orders(
    organization: Organization,
    products: list[Product],
    customers: list[Customer],
    chance: random.Random,
) -> Iterator[Order]:
    for number in range(ORDERS):
        product = chance.choice(products)
        at = START + timedelta(minutes=10 * number)
        amount = 1000 + 100 * products.index(product)
        yield Order(
            organization=organization,
            customer=customers[number % CUSTOMERS],
            product=product,
            created_at=at,
            status=Order.Status.PAID,
            billing_reason=Order.BillingReason.PURCHASE,
            currency="usd",
            subtotal_amount=amount,
            net_amount=amount,
            tax_behavior="exclusive",
            platform_fee_amount=50 + amount // 20,
            platform_fee_currency="usd",
            billing_name=f"Buyer {number % CUSTOMERS}",
            billing_address=ADDRESS,
            invoice_number=f"BENCH-{number:06}",
            metadata={"source": "bench"},
            paid_at=at,
        )


def _item(order: Order) -> OrderItem:
    return OrderItem(
        order=order,
        created_at=order.created_at,
        label=order.product.name if order.product else "",
        amount=order.subtotal_amount,
        net_amount=order.net_amount,
    )


def _batches(rows: Iterator) -> Iterator[list]:  # type: ignore[type-arg]
    while batch := list(islice(rows, BATCH)):
        yield batch
