"""Rows of every kind that the backoffice shows, as many as asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from apps.accounts.models import User
from apps.catalog.models import CustomField, Price, Product
from apps.checkouts.models import Checkout, CheckoutLink
from apps.core.clock import system_time
from apps.core.ids import new_id
from apps.core.models import DeadTask, PeriodicRun
from apps.customers.models import Customer
from apps.discounts.operations import DiscountInput, create_discount, redeem
from apps.events.models import Delivery
from apps.events.operations import record
from apps.invariants.models import CheckRun
from apps.ledger.models import FeeCredit
from apps.ledger.operations import post_sale
from apps.notifications.models import Mail
from apps.orders.models import Order, OrderItem
from apps.organizations.models import AccessToken, Invitation, Membership, Organization
from apps.organizations.states import capabilities_of
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod, Refund
from apps.payouts.models import Reserve
from apps.processors.models import InboundEvent
from apps.sandbox.models import ClockRun
from apps.subscriptions.models import Subscription
from apps.wallets.operations import adjust_wallet
from tests.backoffice.rows import (
    PAID_AT,
    make_access,
    make_impersonation,
    make_invitation,
    make_licence_key,
    make_resynced,
    make_seat,
    make_subscription,
    make_told,
    provider,
    settled,
)
from tests.support.approvals import limit, waiting
from tests.support.discrepancies import make_discrepancy
from tests.support.dossiers import make_disputed
from tests.support.payouts import keep_back, make_failed_payout


@dataclass
class Sold:
    """A sale and everything around it."""

    organization: Organization
    customer: Customer
    product: Product
    checkout: Checkout
    order: Order
    payment: Payment
    method: PaymentMethod
    inbound: InboundEvent
    token: AccessToken
    credit: FeeCredit
    member: User
    dead_task: DeadTask
    run: PeriodicRun
    subscription: Subscription


def make_organization(number: int = 1) -> Organization:
    """An active merchant."""
    return Organization.objects.create(
        name=f"Merchant {number}",
        slug=f"merchant-{new_id().hex[-10:]}",
        status="active",
        status_changed_at=PAID_AT,
        capabilities=capabilities_of("active"),
        invoice_prefix="M",
        created_at=PAID_AT,
    )


def make_sale(number: int = 1, organization: Organization | None = None) -> Sold:
    """120.00 dollars, 20.00 of it tax, in the books; and one row of all the rest."""
    organization = organization or make_organization(number)
    at = system_time() - timedelta(minutes=number)
    key = new_id().hex[-12:]
    base = {"organization": organization, "created_at": at}
    customer = Customer.objects.create(
        **base,
        email=f"buyer-{key}@example.com",
        name=f"Buyer {number}",
        short_id=int(key, 16),
        processor_customer_id=f"cus_{key}",
    )
    product = Product.objects.create(**base, name=f"Product {number}")
    asked = CustomField.objects.create(**base, type="text", slug=f"field-{key}", name="Note")
    product.attached_fields.create(field=asked, position=0)
    price = Price.objects.create(
        **base, product=product, kind="fixed", currency="usd", fixed_amount=10000
    )
    amounts = {"currency": "usd", "net_amount": 10000, "tax_amount": 2000}
    link = CheckoutLink.objects.create(
        **base, client_secret=f"polar_cl_{key}", label=f"Link {number}"
    )
    link.offers.create(product=product, position=0)
    checkout = Checkout.objects.create(
        **base,
        link=link,
        **amounts,
        amount=10000,
        status="succeeded",
        client_secret=f"polar_c_{key}",
        expires_at=at + timedelta(hours=1),
        succeeded_at=at,
        product=product,
        price=price,
        customer=customer,
        customer_email=customer.email,
        intent_id=f"pi_{key}",
    )
    order = Order.objects.create(
        **base,
        **amounts,
        customer=customer,
        product=product,
        checkout_id=checkout.pk,
        status="paid",
        billing_reason="purchase",
        subtotal_amount=10000,
        invoice_number=f"M-{key}-0001",
        paid_at=at,
    )
    OrderItem.objects.create(
        order=order, label=product.name, amount=10000, net_amount=10000, created_at=at
    )
    card = {"brand": "visa", "last4": "4242"}
    payment = Payment.objects.create(
        **base,
        customer=customer,
        order=order,
        checkout_id=checkout.pk,
        processor_id=f"ch_{key}",
        intent_id=f"pi_{key}",
        status="succeeded",
        amount=12000,
        currency="usd",
        method="card",
        method_metadata=card,
        email=customer.email,
    )
    method = PaymentMethod.objects.create(
        **base, customer=customer, processor_id=f"pm_{key}", type="card", method_metadata=card
    )
    ChargeAttempt.objects.create(
        **base, order=order, payment_method=method, status="failed", key=key, request={}
    )
    make_disputed(order, payment, at=at)
    post_sale(sale=settled(organization, order, payment), origin=provider())
    event = record("order.paid", subject=order, organization_id=organization.pk, origin=provider())
    Delivery.objects.create(event=event, handler=f"tests.{key}")
    adjust_wallet(customer=customer, currency="usd", amount=500, note="Sorry", origin=provider())
    make_seat(order, at=at)
    discount = create_discount(
        organization=organization,
        data=DiscountInput(
            name=f"Discount {number}", type="percentage", basis_points=1000, duration="once"
        ),
        origin=provider(),
    )
    redeem(
        discount=discount,
        checkout_id=checkout.pk,
        customer=customer,
        email=customer.email,
        origin=provider(),
    )
    Mail.objects.create(
        **base,
        kind="order_confirmation",
        customer_id=customer.pk,
        subject_type="order",
        subject_id=str(order.pk),
        recipient=customer.email,
        subject=f"Your order {number}",
        text="Thank you.",
        html="<p>Thank you.</p>",
        status="sent",
        sent_at=at,
        dedupe_key=key,
    )
    ClockRun.objects.create(
        **base,
        status="done",
        from_at=at,
        to_at=at + timedelta(days=1),
        reached_at=at + timedelta(days=1),
        offset_before=timedelta(),
        finished_at=at,
    )
    Refund.objects.create(
        **base,
        payment=payment,
        order=order,
        customer=customer,
        status="failed",
        reason="customer_request",
        source="staff",
        amount=1000,
        currency="usd",
        processor_id=f"re_{key}",
    )
    make_failed_payout(organization, number, at=at)
    make_licence_key(organization, customer)
    make_resynced(organization, product, at)
    make_discrepancy(organization, number, at=at)
    make_told(organization, at)
    # So high that it stops nobody.
    limit("support", 10**9)
    waiting(order)
    if not Reserve.objects.filter(organization=organization, ended_at=None).exists():
        keep_back(organization, at=at)
    subscription = make_subscription(customer, number, method)
    Order.objects.create(
        **base,
        **amounts,
        customer=customer,
        product=subscription.product,
        subscription_id=subscription.pk,
        status="pending",
        billing_reason="subscription_cycle",
        subtotal_amount=10000,
        invoice_number=f"M-{key}-0002",
        next_payment_attempt_at=at + timedelta(days=2),
    )
    CheckRun.objects.create(
        name="orders.totals_add_up",
        outcome="broken",
        started_at=at,
        duration_ms=12,
        count=21,
        examples=[[str(order.pk), "10000 - 1 is neither 10000 nor 12000 with tax"]],
    )
    member = User.objects.create_user(f"member-{key}@example.com")
    make_access(member)
    Membership.objects.create(**base, user=member)
    make_impersonation(organization, member)
    if not Invitation.objects.filter(organization=organization).exists():
        make_invitation(organization)
    return Sold(
        organization=organization,
        customer=customer,
        product=product,
        checkout=checkout,
        order=order,
        payment=payment,
        method=method,
        inbound=InboundEvent.objects.create(
            external_id=f"evt_{key}",
            type="charge.succeeded",
            object_id=payment.processor_id,
            payload={"id": f"evt_{key}", "type": "charge.succeeded", "data": {"object": {}}},
            status="failed",
            received_at=at,
        ),
        token=AccessToken.objects.create(
            **base, comment="Shop", token_hash=new_id().hex, hint=key[-4:], scopes=["orders:read"]
        ),
        credit=FeeCredit.objects.create(
            organization=organization, title="Gift", amount=500, granted_at=at
        ),
        member=member,
        dead_task=DeadTask.objects.create(
            task_id=key,
            name="events.deliver_event",
            queue="high",
            kwargs={"event_id": str(event.pk)},
            error="OperationalError: gone",
            failed_at=at,
        ),
        run=PeriodicRun.objects.create(name="events.sweep", slot=key, started_at=at),
        subscription=subscription,
    )
