"""Licence keys, the devices they are activated on, and how often they are validated."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Collate, Reverse, Upper

from apps.benefits.models import Benefit, BenefitGrant
from apps.core.models import Record
from apps.customers.models import Customer, Member
from apps.license_keys.keys import MAX_KEY_LENGTH, display_key
from apps.license_keys.models.imports import LicenseKeyImport
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class LicenseKey(Record):
    """
    A key that programs in the field ask about.

    What a validation writes (`usage` to `day_validations`) is in no index, so that PostgreSQL
    keeps such a change within the page of the row.
    """

    class Status(models.TextChoices):
        """Revoked follows the grant; disabled is a decision, which no grant undoes."""

        GRANTED = "granted"
        REVOKED = "revoked"
        DISABLED = "disabled"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="license_keys"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="license_keys")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="license_keys"
    )
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="license_keys")
    # None until the grant that the key was made for is stored.
    grant = models.OneToOneField(
        BenefitGrant, on_delete=models.PROTECT, null=True, blank=True, related_name="license_key"
    )
    imported_by = models.ForeignKey(
        LicenseKeyImport,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="license_keys",
        db_index=False,
    )
    key = models.CharField(max_length=MAX_KEY_LENGTH)
    status = models.CharField(max_length=16, choices=Status, default=Status.GRANTED)
    limit_activations = models.PositiveIntegerField(null=True, blank=True)
    limit_usage = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # Which of the three above were set for this key: an edit of the benefit leaves them alone.
    own_terms = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    usage = models.BigIntegerField(default=0)
    validations = models.BigIntegerField(default=0)
    last_validated_at = models.DateTimeField(null=True, blank=True)
    # The day of the last validation and how many it has had; earlier days are rows of their own.
    day = models.DateField(null=True, blank=True)
    day_validations = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "licence key"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "key"], name="license_keys_licensekey_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(usage__gte=0), name="license_keys_licensekey_usage"
            ),
            models.CheckConstraint(
                condition=(
                    (models.Q(limit_activations=None) | models.Q(limit_activations__gte=1))
                    & (models.Q(limit_usage=None) | models.Q(limit_usage__gte=1))
                ),
                name="license_keys_licensekey_limits",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "-id"], name="license_keys_latest"),
            models.Index(fields=["-created_at", "-id"], name="license_keys_all_latest"),
            # Finds a key by how it ends, and so by all of it.
            models.Index(
                fields=["imported_by"],
                condition=models.Q(imported_by__isnull=False),
                name="license_keys_imported",
            ),
            models.Index(Collate(Reverse(Upper("key")), "C"), name="license_keys_ends"),
        ]

    def __str__(self) -> str:
        return self.display_key

    @property
    def display_key(self) -> str:
        """The key for those who are to recognise it, not to use it."""
        return display_key(self.key)


class LicenseKeyActivation(Record):
    """A device that a key was activated on, and what must hold when it is validated there."""

    license_key = models.ForeignKey(
        LicenseKey, on_delete=models.CASCADE, related_name="activations"
    )
    label = models.CharField(max_length=500)
    conditions = models.JSONField(default=dict, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    # To within an hour, so that a validation seldom writes it.
    last_seen_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "licence key activation"
        indexes: ClassVar = [
            models.Index(
                fields=["license_key", "created_at"],
                condition=models.Q(deleted_at=None),
                name="license_keys_living",
            )
        ]

    def __str__(self) -> str:
        return self.label


class LicenseKeyDay(models.Model):
    """How often a key was validated on a day that is over (UTC, by the organization's clock)."""

    license_key = models.ForeignKey(LicenseKey, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    validations = models.PositiveIntegerField()

    class Meta:
        verbose_name = "day of a licence key"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["license_key", "date"], name="license_keys_licensekeyday_once"
            )
        ]

    def __str__(self) -> str:
        return self.date.isoformat()
