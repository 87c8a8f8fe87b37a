"""Tenancy: rows reach the API only through the organization they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

from apps.core.errors import ResourceNotFound

if TYPE_CHECKING:
    from apps.organizations.models import Organization

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """A queryset of rows with an `organization` column."""

    def for_organization(self, organization: Organization) -> Self:
        """Only the rows of this organization: anything else is not found."""
        return self.filter(organization_id=organization.pk)

    def living(self) -> Self:
        """Without the softly deleted, where the table has a `deleted_at`."""
        return self.filter(deleted_at=None)

    def get_or_refuse(self, **lookup: Any) -> M:
        """
        The one row.

        :raises ResourceNotFound: if there is none.
        """
        row = self.filter(**lookup).first()
        if row is None:
            raise ResourceNotFound()
        return row
