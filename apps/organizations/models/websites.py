"""What was found at a merchant's website."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.organizations.models.organizations import Organization
from apps.organizations.querysets import TenantQuerySet


class WebsiteCheck(Record):
    """One look at a merchant's website, kept for its reviewers. The latest counts."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="website_checks"
    )
    # As the merchant gave it, and where it led.
    url = models.CharField(max_length=500)
    final_url = models.CharField(max_length=2000, blank=True)
    http_code = models.PositiveSmallIntegerField(null=True, blank=True)
    # Why there was no answer.
    error = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    # The addresses that were linked, by what they are about: terms, privacy, refunds.
    links = models.JSONField(default=dict, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="organizations_site_latest")
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.http_code or self.error}"

    @property
    def is_reached(self) -> bool:
        """Whether there was a page."""
        return self.http_code is not None and 200 <= self.http_code < 300
