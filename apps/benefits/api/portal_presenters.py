"""Grants and files as their customer sees them: nothing that is only the merchant's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from apps.benefits.api.bodies import DownloadableBody, PortalCustomerBody, PortalGrantBody
from apps.benefits.api.presenters import present_public_benefit
from apps.benefits.models import Benefit, BenefitGrant, Downloadable, LinkedAccount
from apps.benefits.operations.downloading import LIFETIME, download_url
from apps.core.clock import system_time
from apps.customers.models import Customer
from apps.files.api.presenters import present_file_core
from apps.organizations.models import Organization

# What customers see of a benefit's properties, by its type.
_SHOWN: dict[str, tuple[str, ...]] = {
    "custom": ("note",),
    "discord": ("guild_id",),
    "github_repository": ("repository_owner", "repository_name"),
    "license_keys": ("prefix", "expires", "activations", "limit_usage"),
    "meter_credit": ("units", "rollover", "meter_id"),
}


def with_accounts(grants: Sequence[BenefitGrant]) -> list[BenefitGrant]:
    """The grants, each knowing the accounts that its person has linked; one query for all."""
    customers = {grant.customer_id for grant in grants}
    found: dict[tuple[UUID, UUID | None], list[LinkedAccount]] = defaultdict(list)
    for row in LinkedAccount.objects.filter(customer_id__in=customers).order_by("id"):
        found[row.customer_id, row.member_id].append(row)
    for grant in grants:
        grant.accounts = found[grant.customer_id, grant.member_id]  # type: ignore[attr-defined]
    return list(grants)


def present_accounts(rows: Iterable[LinkedAccount]) -> dict[str, dict[str, str | None]]:
    """Linked accounts, by provider and id."""
    return {
        f"{row.provider}:{row.account_id}": {
            "account_id": row.account_id,
            "account_username": row.username,
        }
        for row in rows
    }


def present_portal_grant(grant: BenefitGrant) -> PortalGrantBody:
    """A grant that went through `with_accounts`."""
    accounts = present_accounts(grant.accounts)  # type: ignore[attr-defined]
    return {
        "id": grant.pk,
        "created_at": grant.created_at,
        "modified_at": grant.modified_at,
        "granted_at": grant.granted_at,
        "revoked_at": grant.revoked_at,
        "customer_id": grant.customer_id,
        "member_id": grant.member_id,
        "benefit_id": grant.benefit_id,
        "subscription_id": grant.subscription_id,
        "order_id": grant.order_id,
        "is_granted": grant.is_granted,
        "is_revoked": grant.is_revoked,
        "error": grant.error,
        "customer": present_portal_customer(grant.customer, accounts),
        "member": {"id": grant.member_id, "oauth_accounts": accounts} if grant.member_id else None,
        "benefit": _benefit(grant.benefit),
        "properties": grant.properties,
    }


def present_portal_customer(
    customer: Customer, accounts: dict[str, Any], *, with_billing: bool = True
) -> PortalCustomerBody:
    """
    A customer as they see themselves, with the accounts that they have linked.

    Without the billing details, where a plain member of a team looks.
    """
    return {
        "id": customer.pk,
        "created_at": customer.created_at,
        "modified_at": customer.modified_at,
        "email": customer.email,
        "email_verified": customer.is_email_verified,
        "name": customer.name,
        "billing_name": (customer.billing_name or customer.name) if with_billing else None,
        "billing_address": customer.billing_address if with_billing else None,
        "tax_id": customer.tax_id if with_billing else None,
        "oauth_accounts": accounts,
        "default_payment_method_id": customer.default_payment_method_id if with_billing else None,
        "type": customer.type,
        "locale": customer.locale,
    }


def present_downloadable(downloadable: Downloadable) -> DownloadableBody:
    """A file and where to fetch it."""
    address = {
        "url": download_url(downloadable),
        "headers": {},
        "expires_at": system_time() + LIFETIME,
    }
    return {
        "id": downloadable.pk,
        "benefit_id": downloadable.benefit_id,
        "file": {**present_file_core(downloadable.file), "download": address},
    }


def _benefit(benefit: Benefit) -> dict[str, Any]:
    stored = benefit.properties
    shown = {name: stored.get(name) for name in _SHOWN.get(benefit.type, ())}
    if benefit.type == "downloadables":
        archived = stored.get("archived", {})
        shown = {"active_files": [one for one in stored["files"] if not archived.get(one)]}
    return {
        **present_public_benefit(benefit),
        "organization": _organization(benefit.organization),
        "properties": shown,
    }


def _organization(organization: Organization) -> dict[str, Any]:
    settings = organization.subscription_settings
    return {
        "id": organization.pk,
        "created_at": organization.created_at,
        "modified_at": organization.modified_at,
        "name": organization.name,
        "slug": organization.slug,
        "avatar_url": None,
        "proration_behavior": settings.get("proration_behavior", "prorate"),
        "allow_customer_updates": settings.get("allow_customer_updates", True),
    }
