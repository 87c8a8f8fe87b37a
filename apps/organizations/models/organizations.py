"""Merchants, their people and their access tokens."""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.accounts.models import User
from apps.core.models import Record
from apps.organizations.querysets import TenantQuerySet

FIRST_THRESHOLD = 1000


class Organization(Record):
    """A merchant. Everything sold, bought and booked belongs to exactly one."""

    class Status(models.TextChoices):
        """See `apps.organizations.states` for the moves and capabilities."""

        CREATED = "created"
        REVIEW = "review"
        SNOOZED = "snoozed"
        ACTIVE = "active"
        DENIED = "denied"
        OFFBOARDING = "offboarding"
        OFFBOARDED = "offboarded"
        BLOCKED = "blocked"

    class InvoiceNumbering(models.TextChoices):
        """Whose counter numbers an invoice."""

        CUSTOMER = "customer"
        ORGANIZATION = "organization"

    class RateGroup(models.TextChoices):
        """How many API requests a minute."""

        RESTRICTED = "restricted"
        DEFAULT = "default"
        ELEVATED = "elevated"

    class SnoozeType(models.TextChoices):
        """What ends a snooze once its days are over: the time, or the next sale."""

        TIME_BASED = "time_based"
        NEXT_SALE = "next_sale"

    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.CREATED)
    status_changed_at = models.DateTimeField()
    # One flag per capability; reset on every change of status, individually overridable by staff.
    capabilities = models.JSONField(default=dict)
    email = models.EmailField(max_length=320, null=True, blank=True)
    website = models.URLField(max_length=500, null=True, blank=True)
    avatar_url = models.URLField(max_length=500, null=True, blank=True)
    socials = models.JSONField(default=list, blank=True)
    country = models.CharField(max_length=2, null=True, blank=True)
    default_presentment_currency = models.CharField(max_length=3, default="usd")
    default_tax_behavior = models.CharField(max_length=16, default="location")
    invoice_prefix = models.CharField(max_length=64)
    invoice_numbering = models.CharField(
        max_length=16, choices=InvoiceNumbering, default=InvoiceNumbering.CUSTOMER
    )
    feature_settings = models.JSONField(default=dict, blank=True)
    subscription_settings = models.JSONField(default=dict, blank=True)
    customer_email_settings = models.JSONField(default=dict, blank=True)
    customer_portal_settings = models.JSONField(default=dict, blank=True)
    dispute_settings = models.JSONField(default=dict, blank=True)
    # Its own words about money back, for the evidence against disputes.
    refund_policy = models.TextField(null=True, blank=True)
    # What the merchant told about the business, for its review.
    details = models.JSONField(null=True, blank=True)
    details_submitted_at = models.DateTimeField(null=True, blank=True)
    embed_hosts = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    require_3ds = models.BooleanField(default=True)
    rate_group = models.CharField(max_length=16, choices=RateGroup, default=RateGroup.DEFAULT)
    # How far a sandbox organization's test clock runs ahead of the machine; zero elsewhere, and
    # below zero only until one that began in the past has come to the present.
    clock_offset = models.DurationField(default=timedelta)
    # When its sales come to this, staff look at it again; settlement currency, minor units.
    next_review_threshold = models.BigIntegerField(
        default=FIRST_THRESHOLD, db_default=FIRST_THRESHOLD
    )
    # What its sales had come to when that was last looked at, and when it was.
    total_balance = models.BigIntegerField(default=0, db_default=0)
    total_balance_at = models.DateTimeField(null=True, blank=True)
    # Set while it is snoozed.
    snooze_type = models.CharField(max_length=16, choices=SnoozeType, null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    onboarding_resubmission_requested_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status="snoozed")
                | models.Q(snooze_type=None, snoozed_until=None),
                name="organizations_organization_snoozed",
            )
        ]
        indexes: ClassVar = [
            # What waits for staff or for a date.
            models.Index(
                fields=["status", "status_changed_at"],
                condition=~models.Q(status="active"),
                name="organizations_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def can(self, capability: str) -> bool:
        """Whether the organization may do this now (see `states.CAPABILITIES`)."""
        return self.deleted_at is None and bool(self.capabilities.get(capability))


class Membership(Record):
    """A person's role in an organization."""

    class Role(models.TextChoices):
        """Merchant roles."""

        OWNER = "owner"
        ADMIN = "admin"
        FINANCE = "finance"
        MEMBER = "member"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="organizations_membership_once"
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(role="owner"),
                name="organizations_membership_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class AccessToken(Record):
    """An organization access token: only its keyed hash is stored, the plaintext is shown once."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="access_tokens"
    )
    comment = models.CharField(max_length=200)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The last characters, so that people can tell tokens apart.
    hint = models.CharField(max_length=8, editable=False)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Set for one that staff read with while they impersonate; it never writes.
    impersonation = models.ForeignKey(
        "organizations.Impersonation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tokens",
    )

    objects = TenantQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.comment} …{self.hint}"


class OrganizationCounter(models.Model):
    """The next invoice number of an organization, apart from its row: issuers lock no more."""

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.PROTECT)
    next_invoice_number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.next_invoice_number)
