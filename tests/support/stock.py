"""One of everything an organization can have, for tests that walk over all of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from uuid import UUID

from apps.benefits.models import Downloadable, LinkedAccount
from apps.benefits.operations import set_product_benefits
from apps.benefits.operations.connecting import AccountInput, link_account
from apps.catalog.models import CustomField, Price, Product
from apps.catalog.operations import (
    AttachedFieldInput,
    FieldInput,
    PriceInput,
    ProductInput,
    create_custom_field,
    create_product,
)
from apps.checkouts.models import Checkout, CheckoutLink
from apps.checkouts.operations import LinkInput, NewCheckout, create_checkout, create_link
from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer, Member
from apps.customers.operations import create_customer
from apps.customers.selectors import owner_of
from apps.discounts.models import Discount
from apps.discounts.operations import DiscountInput, create_discount
from apps.disputes.models import Dispute
from apps.files.models import File
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.orders.models import Order
from apps.orders.operations import Purchase, create_purchase_order
from apps.organizations.models import AccessToken, Organization
from apps.organizations.operations import issue_access_token
from apps.payments.models import Payment, PaymentMethod, Refund
from apps.payouts.models import Payout
from apps.seats.models import CustomerSeat
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import create_subscription
from apps.wallets.models import Wallet
from apps.wallets.operations import create_wallet
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import EndpointInput, create_endpoint
from tests.support.license_keys import limited, make_key
from tests.support.payouts import make_failed_payout

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Stock:
    """A product, a buyer of it, and what the purchase left behind."""

    organization: Organization
    product: Product
    customer: Customer
    checkout: Checkout
    checkout_link: CheckoutLink
    custom_field: CustomField
    order: Order
    payment: Payment
    method: PaymentMethod
    discount: Discount
    subscription: Subscription
    wallet: Wallet
    payout: Payout
    dispute: Dispute
    license_key: LicenseKey
    activation: LicenseKeyActivation
    file: File
    linked_account: LinkedAccount
    webhook_endpoint: WebhookEndpoint
    webhook_event: WebhookEvent
    access_token: AccessToken
    seat: CustomerSeat
    member: Member

    def id_for(self, resource: str) -> UUID:
        """The id that a path of `resource` (see `Route.resource`) takes."""
        rows = {
            "organizations": self.organization,
            "products": self.product,
            "customers": self.customer,
            "checkouts": self.checkout,
            "checkout-links": self.checkout_link,
            "custom-fields": self.custom_field,
            "orders": self.order,
            "payments": self.payment,
            "discounts": self.discount,
            "subscriptions": self.subscription,
            "wallets": self.wallet,
            "payouts": self.payout,
            "disputes": self.dispute,
            "license-keys": self.license_key,
            "benefits": self.license_key.benefit,
            "benefit-grants": self.license_key.grant,
            "files": self.file,
            "organization-access-tokens": self.access_token,
            "linked-accounts": self.linked_account,
            "members": self.member,
            "webhooks/endpoints": self.webhook_endpoint,
            "webhooks/events": self.webhook_event,
        }
        return rows[resource].pk


def make_stock(organization: Organization) -> Stock:
    """One more of everything."""
    number = next(_numbers)
    origin = system_origin(Door.COMMAND)
    webhook_endpoint = create_endpoint(
        organization=organization,
        data=EndpointInput(url="https://hooks.example.com/", events=["product.created"]),
        origin=origin,
    )
    custom_field = create_custom_field(
        organization=organization,
        data=FieldInput(type="text", slug=f"field-{number}", name=f"Field {number}"),
        origin=origin,
    )
    product = create_product(
        organization=organization,
        data=ProductInput(
            name=f"Product {number}",
            prices=[PriceInput(kind="fixed", fixed_amount=1000)],
            attached_custom_fields=[AttachedFieldInput(field_id=custom_field.pk)],
        ),
        origin=origin,
    )
    customer = create_customer(
        organization=organization,
        data=CustomerInput(email=f"buyer{number}@example.com", external_id=f"buyer-{number}"),
        origin=origin,
    )
    checkout = create_checkout(
        organization=organization, data=NewCheckout(product_ids=[product.pk]), origin=origin
    )
    order = create_purchase_order(
        purchase=Purchase(
            organization=organization,
            customer=customer,
            product=product,
            price=Price.objects.filter(product=product).first(),
            checkout_id=checkout.pk,
            label=product.name,
            currency="usd",
            subtotal_amount=1000,
            discount_amount=0,
            net_amount=1000,
            tax_amount=0,
            tax_behavior="exclusive",
            metadata={},
        ),
        origin=origin,
    )
    payment = Payment.objects.create(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        order=order,
        checkout_id=checkout.pk,
        processor_id=f"ch_{order.pk.hex}",
        status="succeeded",
        amount=1000,
        currency="usd",
        method="card",
        method_metadata={"brand": "visa", "last4": "4242"},
        email=customer.email,
    )
    Refund.objects.create(
        created_at=origin.at,
        organization=organization,
        payment=payment,
        order=order,
        customer=customer,
        processor_id=f"re_{order.pk.hex}",
        reason="customer_request",
        source="api",
        amount=100,
        currency="usd",
    )
    dispute = Dispute.objects.create(
        created_at=origin.at,
        organization=organization,
        payment=payment,
        order=order,
        customer=customer,
        status="needs_response",
        amount=1000,
        currency="usd",
        processor_id=f"du_{order.pk.hex}",
        opened_at=origin.at,
    )
    method = PaymentMethod.objects.create(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        processor_id=f"pm_{customer.pk.hex}",
        type="card",
        method_metadata={"brand": "visa", "last4": "4242"},
    )
    discount = create_discount(
        organization=organization,
        data=DiscountInput(
            name=f"Discount {number}", type="percentage", basis_points=1000, duration="once"
        ),
        origin=origin,
    )
    plan = create_product(
        organization=organization,
        data=ProductInput(
            name=f"Plan {number}",
            recurring_interval="month",
            recurring_interval_count=1,
            prices=[PriceInput(kind="fixed", fixed_amount=1000)],
        ),
        origin=origin,
    )
    subscription = create_subscription(
        organization=organization,
        customer=customer,
        product=plan,
        prices=list(Price.objects.filter(product=plan)),
        currency="usd",
        discount=discount,
        origin=origin,
    )
    webhook_event = WebhookEvent.objects.filter(endpoint=webhook_endpoint).earliest("position")
    WebhookDelivery.objects.create(
        organization=organization,
        endpoint=webhook_endpoint,
        event=webhook_event,
        created_at=origin.at,
        url=webhook_endpoint.url,
        is_success=False,
        http_code=500,
        response="broken",
        duration_ms=12,
    )
    license_key = make_key(organization, customer=customer, activations=limited(3))
    set_product_benefits(product_id=product.pk, benefit_ids=[license_key.benefit_id], origin=origin)
    file = File.objects.create(
        created_at=origin.at,
        organization=organization,
        service="downloadable",
        name="manual.pdf",
        path=f"downloadable/{order.pk.hex}",
        mime_type="application/pdf",
        size=1,
        uploaded_at=origin.at,
    )
    Downloadable.objects.create(
        created_at=origin.at,
        organization=organization,
        benefit=license_key.benefit,
        customer=customer,
        file=file,
    )
    member = owner_of(customer)
    assert member is not None
    member.external_id = f"member-{number}"
    member.save()
    seat = CustomerSeat.objects.create(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        subscription_id=subscription.pk,
        member=member,
    )
    return Stock(
        seat=seat,
        member=member,
        organization=organization,
        product=product,
        customer=customer,
        checkout=checkout,
        custom_field=custom_field,
        checkout_link=create_link(
            organization=organization,
            data=LinkInput(product_ids=[product.pk], details={"discount_id": discount.pk}),
            origin=origin,
        ),
        order=order,
        payment=payment,
        method=method,
        discount=discount,
        subscription=subscription,
        wallet=create_wallet(customer=customer, currency="usd", origin=origin),
        payout=make_failed_payout(organization, number, at=origin.at),
        license_key=license_key,
        file=file,
        linked_account=link_account(
            customer=customer,
            data=AccountInput(provider="github", account_id=str(number), username="ada"),
            origin=origin,
        ),
        dispute=dispute,
        activation=LicenseKeyActivation.objects.create(
            license_key=license_key, label="Laptop", created_at=origin.at
        ),
        webhook_endpoint=webhook_endpoint,
        access_token=issue_access_token(
            organization_id=organization.pk,
            comment="spare",
            scopes=["products:read"],
            origin=origin,
        )[0],
        webhook_event=webhook_event,
    )
