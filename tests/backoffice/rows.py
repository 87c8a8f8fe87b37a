"""Rows that stand beside a sale: each a kind of its own that the backoffice shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.accounts.models import Lockout, SignIn, StaffSession, User
from apps.benefits.models import Benefit, ProductBenefit, Resync
from apps.benefits.operations.connecting import set_provider_credential
from apps.catalog.models import Price, Product
from apps.core.clock import system_time
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, build_origin
from apps.customers.models import Customer
from apps.ledger.sales import Sale
from apps.license_keys.models import LicenseKey, LicenseKeyActivation, LicenseKeyImport
from apps.orders.models import Order
from apps.organizations.models import Impersonation, Invitation, Organization
from apps.payments.models import Payment, PaymentMethod
from apps.seats.models import CustomerSeat
from apps.subscriptions.models import BillingEntry, Subscription, SubscriptionPrice
from apps.webhooks.models import WebhookDelivery, WebhookEvent
from apps.webhooks.operations import EndpointInput, create_endpoint
from tests.support.license_keys import limited, make_key

PAID_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def provider() -> Any:
    """The processor, now."""
    return build_origin(actor=Actor.PROVIDER, door=Door.WEBHOOK)


def make_seat(order: Order, at: datetime) -> CustomerSeat:
    """A seat of it that somebody is invited to."""
    member = order.customer.members.create(
        organization=order.organization,
        role="owner",
        email=f"seated-{new_id().hex[-12:]}@example.com",
        created_at=at,
    )
    return CustomerSeat.objects.create(
        created_at=at,
        organization=order.organization,
        customer=order.customer,
        order_id=order.pk,
        member=member,
        invitation_hash=new_id().hex,
        invitation_expires_at=at + timedelta(days=1),
        invitation_count=1,
    )


def make_told(organization: Organization, at: datetime) -> WebhookEvent:
    """An endpoint, an event for it, and a try that failed."""
    origin = build_origin(actor=Actor.SYSTEM, door=Door.COMMAND)
    endpoint = create_endpoint(
        organization=organization,
        data=EndpointInput(url="https://hooks.example.com/", events=["order.paid"]),
        origin=origin,
    )
    event = WebhookEvent.objects.create(
        organization=organization,
        endpoint=endpoint,
        created_at=at,
        type="order.paid",
        subject_type="order",
        subject_id=str(new_id()),
        api_version=endpoint.api_version,
        payload="{}",
        sequence=1,
        attempt_count=1,
        last_http_code=500,
    )
    WebhookDelivery.objects.create(
        organization=organization,
        endpoint=endpoint,
        event=event,
        created_at=at,
        url=endpoint.url,
        is_success=False,
        http_code=500,
        response="broken",
        duration_ms=12,
    )
    return event


def make_resynced(organization: Organization, product: Product, at: datetime) -> Resync:
    """A benefit on a product, and a re-sync of it."""
    benefit = Benefit.objects.create(
        organization=organization,
        type="custom",
        description="A note",
        properties={"note": "Thank you."},
        created_at=at,
    )
    ProductBenefit.objects.create(product=product, benefit=benefit)
    values = {"token": "gh-secret"}
    set_provider_credential(
        organization=organization, provider="github", values=values, origin=provider()
    )
    return Resync.objects.create(
        organization=organization, benefit=benefit, created_at=at, grant_count=2
    )


def make_licence_key(organization: Organization, customer: Customer) -> LicenseKey:
    """A key that is used, activated on one device, and ends one day."""
    key = make_key(organization, customer=customer, activations=limited(3), limit_usage=100)
    LicenseKeyActivation.objects.create(
        license_key=key, label="Laptop", created_at=PAID_AT, last_seen_at=PAID_AT
    )
    LicenseKeyImport.objects.create(
        organization=organization,
        name="keys.csv",
        content="license_keys/imports/none.csv",
        status="checked",
        row_count=1,
        created_at=PAID_AT,
    )
    key.day, key.day_validations, key.validations = system_time().date(), 5, 5
    key.expires_at = PAID_AT + timedelta(days=3650)
    key.save()
    return key


def make_subscription(customer: Customer, number: int, method: PaymentMethod) -> Subscription:
    """100.00 dollars a month, past due since yesterday."""
    at = system_time() - timedelta(days=1)
    base = {"organization": customer.organization, "created_at": at}
    product = Product.objects.create(
        **base, name=f"Plan {number}", recurring_interval="month", recurring_interval_count=1
    )
    price = Price.objects.create(
        **base, product=product, kind="fixed", currency="usd", fixed_amount=10000
    )
    subscription = Subscription.objects.create(
        **base,
        customer=customer,
        product=product,
        payment_method=method,
        status="past_due",
        past_due_at=at,
        currency="usd",
        amount=10000,
        net_amount=10000,
        recurring_interval="month",
        recurring_interval_count=1,
        anchor_day=at.day,
        started_at=at,
        current_period_start_at=at,
        current_period_end_at=at + timedelta(days=31),
    )
    SubscriptionPrice.objects.create(subscription=subscription, price=price, amount=10000)
    BillingEntry.objects.create(
        **base,
        subscription=subscription,
        product=product,
        price=price,
        type="cycle",
        direction="debit",
        amount=10000,
        currency="usd",
        start_at=at,
        end_at=at + timedelta(days=31),
    )
    return subscription


def make_access(user: User) -> None:
    """A session, a sign-in and a lockout of somebody."""
    at = system_time()
    StaffSession.objects.create(user=user, created_at=at, seen_at=at, address="192.0.2.1")
    SignIn.objects.create(
        created_at=at,
        email=user.email,
        user=user,
        occasion="sign_in",
        outcome="failed",
        factor="password",
        address="192.0.2.1",
    )
    Lockout.objects.create(kind="account", key=user.email, failures=1, last_at=at)


def make_impersonation(organization: Organization, member: User) -> None:
    """Somebody who looks on as a member."""
    at = system_time()
    staff = User.objects.create_user(
        f"staff-{new_id().hex[-12:]}@example.com", staff_role="support"
    )
    Impersonation.objects.create(
        organization=organization,
        staff=staff,
        member=member,
        role="member",
        reason="They cannot find an order",
        created_at=at,
        expires_at=at + timedelta(minutes=60),
    )


def make_invitation(organization: Organization) -> None:
    """Somebody who has not joined yet."""
    at = system_time()
    Invitation.objects.create(
        organization=organization,
        email="asked@example.com",
        role="member",
        sent_at=at,
        expires_at=at + timedelta(days=7),
        created_at=at,
    )


def settled(organization: Organization, order: Order, payment: Payment) -> Sale:
    return Sale(
        organization_id=organization.pk,
        order_id=order.pk,
        payment_id=payment.pk,
        charge_id=payment.processor_id,
        presentment_currency="usd",
        presentment_amount=12000,
        presentment_tax_amount=2000,
        settlement_currency="usd",
        settlement_amount=12000,
        settlement_fee=378,
        exchange_rate=None,
        available_at=PAID_AT,
        card_country="US",
        method="card",
        is_subscription=False,
        used_3ds=False,
    )
