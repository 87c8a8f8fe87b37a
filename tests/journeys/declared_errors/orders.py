"""Orders."""

from __future__ import annotations

from typing import Any

from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Call, Rows, Scene
from tests.support.drafts import allow_off_session, make_buyer, make_draft, save_card


def of_draft_order(call: Call, scene: Scene) -> Any:
    """An invoice before there is a sale."""
    order = scene.stock().order
    Order.objects.filter(pk=order.pk).update(status="draft")
    return call(str(order.pk))


def finalize(call: Call, scene: Scene, *, card: str | None = None) -> Any:
    """Charge a draft to a customer with this card, or with none."""
    organization = scene.merchant.organization
    allow_off_session(organization)
    customer = make_buyer(organization)
    if card is not None:
        save_card(scene.till, customer, card)
    return call(str(make_draft(organization, customer).pk))


def finalize_without_the_feature(call: Call, scene: Scene) -> Any:
    """Charge a draft of a merchant who may no longer charge off-session."""
    organization = scene.merchant.organization
    allow_off_session(organization)
    draft = make_draft(organization, make_buyer(organization))
    Organization.objects.filter(pk=organization.pk).update(feature_settings={})
    return call(str(draft.pk))


def finalize_without_payments(call: Call, scene: Scene) -> Any:
    """Charge a draft of a merchant who may take no payments now."""
    organization = scene.merchant.organization
    capabilities = {**organization.capabilities, "checkout_payments": False}
    Organization.objects.filter(pk=organization.pk).update(capabilities=capabilities)
    return finalize(call, scene, card="pm_card_visa")


ROWS: Rows = {
    "orders.list": OF_LIST,
    "orders.create": {
        "HTTPValidationError": lambda call, scene: call(customer_id="x", product_id="y")
    },
    "orders.export": {"HTTPValidationError": lambda call, scene: call(timezone="Mars/Base")},
    "orders.get": OF_ONE,
    "orders.update": OF_ONE,
    "orders.finalize": {
        **OF_ONE,
        "OrderNotDraft": lambda call, scene: call(str(scene.stock().order.pk)),
        "PaymentFailed": finalize,
        "PaymentActionRequired": lambda call, scene: finalize(
            call, scene, card="pm_card_authenticationRequired"
        ),
        "OffSessionChargesNotEnabled": finalize_without_the_feature,
        "OrganizationNotReadyForPayments": finalize_without_payments,
    },
    "orders.invoice": OF_ONE,
    "orders.generate_invoice": {
        "ResourceNotFound": OF_ONE["ResourceNotFound"],
        "OrderNotEligibleForInvoice": of_draft_order,
        "MissingInvoiceBillingDetails": lambda call, scene: call(str(scene.stock().order.pk)),
    },
    "orders.receipt": OF_ONE,
}
