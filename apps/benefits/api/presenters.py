"""Benefits and grants as merchants see them."""

from __future__ import annotations

from typing import Any, cast

from apps.benefits.api.bodies import BenefitBody, BenefitGrantBody, BenefitPublicBody
from apps.benefits.models import Benefit, BenefitGrant, ProductBenefit
from apps.benefits.strategies import strategy_of
from apps.customers.api.presenters import present_customer
from apps.customers.models import Member


def present_public_benefit(benefit: Benefit) -> BenefitPublicBody:
    """The benefit as it stands beside a product in a shop."""
    body: BenefitPublicBody = {
        "id": benefit.pk,
        "created_at": benefit.created_at,
        "modified_at": benefit.modified_at,
        "type": benefit.type,
        "description": benefit.description,
        "selectable": benefit.is_selectable,
        "deletable": benefit.is_deletable,
        "is_deleted": benefit.deleted_at is not None,
        "organization_id": benefit.organization_id,
    }
    if benefit.type == "meter_credit":
        stored = benefit.properties
        body["properties"] = {"units": stored["units"], "meter_id": stored["meter_id"]}
    return body


def present_benefit(benefit: Benefit) -> BenefitBody:
    """The benefit as its merchant sees it."""
    own = {
        "metadata": benefit.metadata,
        "visibility": benefit.visibility,
        "visibility_configurable": strategy_of(benefit.type).is_visibility_configurable,
        "properties": benefit.properties,
    }
    return cast(BenefitBody, {**present_public_benefit(benefit), **own})


def present_linked_public(link: ProductBenefit) -> dict[str, Any]:
    """A benefit of a product, for buyers."""
    return dict(present_public_benefit(link.benefit))


def present_linked(link: ProductBenefit) -> dict[str, Any]:
    """A benefit of a product, for its merchant."""
    return dict(present_benefit(link.benefit))


def present_grant(grant: BenefitGrant) -> BenefitGrantBody:
    """The grant as its merchant sees it; read it through `selectors.grant_rows`."""
    return {
        "id": grant.pk,
        "created_at": grant.created_at,
        "modified_at": grant.modified_at,
        "granted_at": grant.granted_at,
        "is_granted": grant.is_granted,
        "revoked_at": grant.revoked_at,
        "is_revoked": grant.is_revoked,
        "subscription_id": grant.subscription_id,
        "order_id": grant.order_id,
        "customer_id": grant.customer_id,
        "member_id": grant.member_id,
        "benefit_id": grant.benefit_id,
        "error": grant.error,
        "customer": present_customer(grant.customer),
        "member": _member(grant.member) if grant.member else None,
        "benefit": present_benefit(grant.benefit),
        "properties": grant.properties,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "id": member.pk,
        "created_at": member.created_at,
        "modified_at": member.modified_at,
        "customer_id": member.customer_id,
        "email": member.email,
        "name": member.name,
        "external_id": member.external_id,
        "role": member.role,
    }
