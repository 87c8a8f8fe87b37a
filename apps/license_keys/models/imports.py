"""Files of keys from other systems: checked row by row first, then taken over as a whole."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.benefits.models import Benefit
from apps.catalog.models import Product
from apps.core.models import Record
from apps.license_keys.keys import MAX_KEY_LENGTH
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class LicenseKeyImport(Record):
    """One file. See `apps.license_keys.states` for how it moves on."""

    class Status(models.TextChoices):
        """What became of it."""

        CHECKING = "checking"
        CHECKED = "checked"
        REFUSED = "refused"
        APPLYING = "applying"
        APPLIED = "applied"
        DISCARDED = "discarded"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="license_key_imports"
    )
    name = models.CharField(max_length=255)
    content = models.FileField(upload_to="license_keys/imports/")
    checksum = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=Status, default=Status.CHECKING)
    unknown_columns = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    # Rows whose key is there already, just as the file says: they are left out.
    known_count = models.PositiveIntegerField(default=0)
    customer_count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    applied_count = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "import of licence keys"
        verbose_name_plural = "imports of licence keys"
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="license_keys_imports")
        ]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """A row of a file as it was understood; gone once the file is applied or discarded."""

    source = models.ForeignKey(LicenseKeyImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=MAX_KEY_LENGTH)
    email = models.CharField(max_length=320)
    name = models.CharField(max_length=256, null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", null=True)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=64)
    order_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=16)
    limit_activations = models.PositiveIntegerField(null=True)
    limit_usage = models.PositiveIntegerField(null=True)
    usage = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    devices = ArrayField(models.CharField(max_length=500), default=list)
    is_known = models.BooleanField(default=False)

    class Meta:
        verbose_name = "row of an import"
        verbose_name_plural = "rows of an import"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "number"], name="license_keys_importrow_number"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "key"], name="license_keys_importrow_key")
        ]

    def __str__(self) -> str:
        return str(self.number)


class ImportProblem(models.Model):
    """Why a row cannot be taken over; `column` is empty where it is the row as a whole."""

    class Kind(models.TextChoices):
        """What is wrong: the cell itself, or that somebody has the key."""

        CELL = "cell"
        REPEATED = "repeated"
        TAKEN = "taken"
        OTHER_BENEFIT = "other_benefit"

    source = models.ForeignKey(LicenseKeyImport, on_delete=models.CASCADE, related_name="problems")
    number = models.PositiveIntegerField()
    column = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    message = models.CharField(max_length=500)

    class Meta:
        verbose_name = "problem of an import"
        verbose_name_plural = "problems of an import"
        indexes: ClassVar = [
            models.Index(fields=["source", "number"], name="license_keys_importproblem_row")
        ]

    def __str__(self) -> str:
        return self.message
