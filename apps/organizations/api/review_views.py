"""Onboarding and appeal over the merchant API. Ours alone: the SDK does not know them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import MapField, TextField
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.organizations.api.review_presenters import (
    AppealBody,
    OnboardingBody,
    present_appeal,
    present_onboarding,
)
from apps.organizations.operations import submit_appeal, submit_onboarding
from apps.organizations.operations.appeals import APPEAL_LENGTH
from apps.organizations.selectors import latest_review, living_organization

READ = ("organizations:read", "organizations:write")
WRITE = ("organizations:write",)


class SubmissionInput(serializers.Serializer[Any]):
    """What the merchant tells of its business; left out, what it told before stays."""

    details = MapField(required=False, allow_null=True)


class AppealInput(serializers.Serializer[Any]):
    """What is said against a denial."""

    text = TextField(min_length=1, max_length=APPEAL_LENGTH)


class _OwnView(ApiView):
    """About the organization of the token."""

    def require_own(self) -> None:
        """
        Pass if the path names it.

        :raises ResourceNotFound: for any other.
        """
        if self.id_from() != self.organization.pk:
            raise ResourceNotFound()


class OnboardingView(_OwnView):
    """What is left to do before the organization sells."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "Get the onboarding",
        operation_id="organizations:get_onboarding",
        answer=OnboardingBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The checklist, each step computed, and the last review."""
        self.require_own()
        return present_onboarding(self.organization)

    @documented(
        "Submit for review",
        operation_id="organizations:submit_onboarding",
        body=SubmissionInput,
        answer=OnboardingBody,
        errors=(400, 404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """Ask for the first review; asked again while it is open, nothing changes."""
        self.require_own()
        values = self.read(SubmissionInput)
        submit_onboarding(
            organization_id=self.organization.pk,
            details=values.get("details"),
            origin=self.origin(),
        )
        return present_onboarding(living_organization(self.organization.pk))


class AppealView(_OwnView):
    """The appeal against the last decision."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "Get the appeal",
        operation_id="organizations:get_appeal",
        answer=AppealBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """What was said, and what was answered; 404 if nothing was."""
        self.require_own()
        review = latest_review(self.organization)
        appeal = present_appeal(review) if review is not None else None
        if appeal is None:
            raise ResourceNotFound("There is no appeal.")
        return appeal

    @documented(
        "Appeal",
        operation_id="organizations:submit_appeal",
        body=AppealInput,
        answer=AppealBody,
        status=201,
        errors=(404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """Say once why the decision is wrong."""
        self.require_own()
        review = submit_appeal(
            organization_id=self.organization.pk,
            text=self.read(AppealInput)["text"],
            origin=self.origin(),
        )
        return self.created(present_appeal(review))
