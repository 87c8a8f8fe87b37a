"""Customers: the buyers of one organization, and their members."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper

from apps.core.ids import new_id
from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Customer(Record):
    """A buyer. E-mail and external id are unique among the living of one organization."""

    class Type(models.TextChoices):
        """A person, or a team with members."""

        INDIVIDUAL = "individual"
        TEAM = "team"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="customers"
    )
    type = models.CharField(max_length=16, choices=Type, default=Type.INDIVIDUAL)
    email = models.EmailField(max_length=320, null=True, blank=True)
    is_email_verified = models.BooleanField(default=False)
    name = models.CharField(max_length=256, null=True, blank=True)
    external_id = models.CharField(max_length=256, null=True, blank=True)
    billing_name = models.CharField(max_length=256, null=True, blank=True)
    # line1, line2, postal_code, city, state, country: the API's own shape.
    billing_address = models.JSONField(null=True, blank=True)
    # [value, format], as in the API.
    tax_id = models.JSONField(null=True, blank=True)
    locale = models.CharField(max_length=16, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    # 52 bits of time and sequence, shown in base 26 inside invoice numbers.
    short_id = models.BigIntegerField(unique=True, editable=False)
    next_invoice_number = models.PositiveIntegerField(default=1, editable=False)
    next_receipt_number = models.PositiveIntegerField(default=1, editable=False)
    processor_customer_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    # A plain id: payment methods live a floor above.
    default_payment_method_id = models.UUIDField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    anonymized_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"email", "name", "billing_name", "billing_address", "tax_id"})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.F("organization"),
                Lower("email"),
                condition=models.Q(deleted_at=None),
                name="customers_customer_email",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                condition=models.Q(deleted_at=None),
                name="customers_customer_external_id",
            ),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(type="team"),
                name="customers_customer_email_present",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="customers_latest"),
            GinIndex(
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("billing_name"), name="gin_trgm_ops"),
                name="customers_words",
            ),
            models.Index(
                fields=["external_id"],
                condition=models.Q(external_id__isnull=False),
                name="customers_external",
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.name or str(self.pk)


class Member(Record):
    """A person who acts for a customer; e-mail and external id are unique among its living."""

    class Role(models.TextChoices):
        """What they may do."""

        OWNER = "owner"
        BILLING_MANAGER = "billing_manager"
        MEMBER = "member"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)
    email = models.EmailField(max_length=320)
    name = models.CharField(max_length=256, null=True, blank=True)
    external_id = models.CharField(max_length=256, null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"email", "name"})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.F("customer"),
                Lower("email"),
                condition=models.Q(deleted_at=None),
                name="customers_member_email",
            ),
            models.UniqueConstraint(
                fields=["customer", "external_id"],
                condition=models.Q(deleted_at=None),
                name="customers_member_external_id",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(deleted_at=None, role="owner"),
                name="customers_member_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def may_bill(self) -> bool:
        """Whether they see what the customer pays, and decide about it."""
        return self.role != self.Role.MEMBER


class CustomerSession(Record):
    """
    Entry to the customer's own pages for an hour, in the name of a member.

    Only the keyed hash of the token is stored; the plaintext is shown once.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sessions")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="sessions")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The machine's time, whatever the organization's test clock says.
    expires_at = models.DateTimeField(db_index=True)
    return_url = models.URLField(max_length=2000, null=True, blank=True)

    # What its token may do, as with access tokens.
    scopes = ("customer_portal:read", "customer_portal:write")

    objects = TenantQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class EmailChange(Record):
    """
    A new address that a customer asked for, until whoever reads its mail says that it is theirs.

    One per customer: asking again takes the place of what was asked before. Only the keyed hash of
    the token is stored; the plaintext is in the mail.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="email_change")
    email = models.EmailField(max_length=320)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The machine's time, whatever the organization's test clock says.
    expires_at = models.DateTimeField(db_index=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"email"})

    def __str__(self) -> str:
        return str(self.pk)


class SignInCode(Record):
    """
    Six characters that let whoever reads an address's mail into the portal of one merchant.

    One per address: asking again takes the place of what was sent before. Only a keyed hash is
    stored. After `MAX_TRIES` wrong ones the right one counts no more either.
    """

    MAX_TRIES: ClassVar[int] = 5

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    # In lower case.
    email = models.EmailField(max_length=320)
    code_hash = models.CharField(max_length=64, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    # The machine's time, whatever the organization's test clock says.
    expires_at = models.DateTimeField(db_index=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"email"})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "email"], name="customers_sign_in_code_address"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StateChange(models.Model):
    """
    Something became of what a customer has, and merchants were not told of it yet.

    Rows are only added, and deleted together when the new state is told: whoever changes
    something waits for nobody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # By the clock of the organization.
    at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
