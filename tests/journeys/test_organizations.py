"""Organizations through the SDK."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.support.merchants import Merchant


class TestListOrganizations:
    def test_gives_the_tokens_own(self, polar: Any, merchant: Merchant, stranger: Merchant) -> None:
        page = polar.organizations.list()

        assert [row.id for row in page.items] == [str(merchant.organization.pk)]
        assert page.pagination.total_count == 1

    def test_filters_by_slug(self, polar: Any, merchant: Merchant) -> None:
        assert polar.organizations.list(slug="nobody").items == []
        assert polar.organizations.list(slug=merchant.organization.slug).items

    @pytest.mark.parametrize("name", ["slug", "-name", "-days_in_status", "next_review_threshold"])
    def test_sorts(self, polar: Any, name: str) -> None:
        assert len(polar.organizations.list(sorting=[name]).items) == 1

    def test_refuses_an_unknown_sorting(self, polar: Any, errors: Any) -> None:
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.organizations.list(sorting=["colour"])

        assert refusal.value.error.detail[0].loc == ["query", "sorting", 0]


class TestCreateOrganization:
    def test_is_not_for_tokens(self, polar: Any, errors: Any) -> None:
        with pytest.raises(errors.CannotCreateOrganizationError):
            polar.organizations.create(name="Another", slug="another")


class TestGetOrganization:
    def test_gives_every_field(self, polar: Any, merchant: Merchant) -> None:
        organization = polar.organizations.get(str(merchant.organization.pk))

        assert organization.slug == merchant.organization.slug
        assert organization.status == "active"
        assert organization.capabilities.checkout_payments is True
        assert organization.created_at.endswith("Z")

    def test_hides_others(self, polar: Any, errors: Any, stranger: Merchant) -> None:
        for id_ in (stranger.organization.pk, uuid4()):
            with pytest.raises(errors.ResourceNotFound) as refusal:
                polar.organizations.get(str(id_))
            assert refusal.value.error.error == "ResourceNotFound"

    def test_refuses_what_is_no_id(self, polar: Any, errors: Any) -> None:
        with pytest.raises(errors.HTTPValidationError):
            polar.organizations.get("not-an-id")


class TestUpdateOrganization:
    def test_changes_what_is_named(self, polar: Any, merchant: Merchant) -> None:
        id_ = str(merchant.organization.pk)

        changed = polar.organizations.update(
            id_,
            name="Acme Tools",
            email="support@acme.example",
            website="https://acme.example",
            socials=[{"platform": "github", "url": "https://github.com/acme"}],
            feature_settings={"checkout_localization_enabled": True},
            default_tax_behavior="inclusive",
            embed_hosts=["acme.example"],
            details={"about": "Tools"},
        )

        assert (changed.name, changed.email) == ("Acme Tools", "support@acme.example")
        assert changed.socials[0].platform == "github"
        assert changed.feature_settings.checkout_localization_enabled is True
        assert changed.details_submitted_at is not None
        assert polar.organizations.get(id_) == changed

    def test_leaves_what_staff_decide(self, polar: Any, merchant: Merchant) -> None:
        with merchant.http() as http:
            answer = http.patch(
                f"/v1/organizations/{merchant.organization.pk}",
                json={"feature_settings": {"wallets_enabled": True}},
            )

        assert answer.json()["feature_settings"]["wallets_enabled"] is False

    def test_refuses_sso_without_a_connection(
        self, polar: Any, errors: Any, merchant: Merchant
    ) -> None:
        with pytest.raises(errors.SSOEnforcementRequiresConnection):
            polar.organizations.update(str(merchant.organization.pk), sso_enforced=True)

    def test_refuses_what_is_not_enabled(self, polar: Any, errors: Any, merchant: Merchant) -> None:
        with pytest.raises(errors.OrganizationsUpdate403Error) as refusal:
            polar.organizations.update(
                str(merchant.organization.pk), dispute_settings={"auto_accept_below_amount": 500}
            )

        assert refusal.value.error.error == "DisputeAutoAcceptNotEnabled"

    def test_refuses_a_short_name_and_an_unknown_currency(
        self, polar: Any, errors: Any, merchant: Merchant
    ) -> None:
        id_ = str(merchant.organization.pk)
        for changes in ({"name": "A"}, {"default_presentment_currency": "xxx"}):
            with pytest.raises(errors.HTTPValidationError) as refusal:
                polar.organizations.update(id_, **changes)
            assert refusal.value.error.detail[0].loc == ["body", *changes]

    def test_hides_others(self, polar: Any, errors: Any, stranger: Merchant) -> None:
        with pytest.raises(errors.ResourceNotFound):
            polar.organizations.update(str(stranger.organization.pk), name="Mine now")
