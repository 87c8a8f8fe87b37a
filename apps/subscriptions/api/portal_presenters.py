"""Subscriptions as their customer sees them: nothing that is only the merchant's."""

from __future__ import annotations

from collections.abc import Sequence

from apps.catalog.api.portal import present_customer_product
from apps.catalog.api.presenters import present_price
from apps.organizations.api.presenters import present_portal_organization
from apps.organizations.models import Organization
from apps.subscriptions.api.bodies import CustomerSubscriptionBody
from apps.subscriptions.api.presenters import present_facts, present_pending_update
from apps.subscriptions.companions import companions_of
from apps.subscriptions.models import Subscription


def present_customer_subscriptions(
    subscriptions: Sequence[Subscription], organization: Organization
) -> list[CustomerSubscriptionBody]:
    """
    Subscriptions of one organization.

    What several of them share (products, prices) is read and presented once.
    """
    found = companions_of(subscriptions)
    merchant = present_portal_organization(organization)
    products = {key: present_customer_product(row, merchant) for key, row in found.products.items()}
    prices = {key: present_price(row) for key, row in found.prices.items()}
    bodies: list[CustomerSubscriptionBody] = []
    for row in subscriptions:
        waiting = found.waiting.get(row.pk)
        bodies.append(
            {
                **present_facts(row),
                "product": products[row.product_id],
                "prices": [prices[price_id] for price_id in found.price_ids.get(row.pk, ())],
                "meters": [],
                "pending_update": present_pending_update(waiting) if waiting else None,
            }
        )
    return bodies
