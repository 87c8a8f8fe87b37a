"""Benefits, what grants them with a product, and who was granted what."""

from typing import ClassVar

from django.db import models

from apps.catalog.models import Product
from apps.core.models import Record
from apps.customers.models import Customer, Member
from apps.files.models import File
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Benefit(Record):
    """
    Something a buyer gets besides the product: a note, a key, a file, a role.

    `type` names its strategy (see `apps.benefits.strategies`) and never changes; `properties` are
    what the strategy made of them.
    """

    class Visibility(models.TextChoices):
        """Who sees it: buyers and customers; their merchant alone, once it is ready or before."""

        DRAFT = "draft"
        PUBLIC = "public"
        PRIVATE = "private"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="benefits"
    )
    type = models.CharField(max_length=32)
    description = models.CharField(max_length=42)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PUBLIC)
    properties = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    # Whether merchants may put it on a product, and delete it.
    is_selectable = models.BooleanField(default=True)
    is_deletable = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "-id"], name="benefits_latest")
        ]

    def __str__(self) -> str:
        return self.description


class ProductBenefit(models.Model):
    """A benefit that comes with a product, at its place in the list."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="benefit_links")
    benefit = models.ForeignKey(Benefit, on_delete=models.CASCADE, related_name="product_links")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "benefit"], name="benefits_productbenefit_once"
            )
        ]

    def __str__(self) -> str:
        return f"benefit {self.position}"


class Resync(Record):
    """An edited benefit, brought to everybody who has it, spread over time."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="resyncs")
    grant_count = models.PositiveIntegerField(default=0)
    # How many it brought to nobody: the strategy refused or gave up.
    error_count = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "re-sync"
        indexes: ClassVar = [
            models.Index(fields=["benefit", "-created_at"], name="benefits_resync_latest")
        ]

    def __str__(self) -> str:
        return f"{self.grant_count} grants"


class BenefitGrant(Record):
    """
    One benefit for one customer (or one of their members), because of one subscription or order.

    `is_wanted` is what the paid state asks for; `granted_at`, `revoked_at` and `error` what came of
    it. None of the three: the work is still to be done. `next_attempt_at` is set while there is
    work, and is the machine's time, not a test clock's.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="grants")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="grants")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    # Plain ids: what grants lives above. Exactly one of them.
    subscription_id = models.UUIDField(null=True, blank=True)
    order_id = models.UUIDField(null=True, blank=True)
    is_wanted = models.BooleanField(default=True)
    granted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # message, type, timestamp: why the last attempt failed for good.
    error = models.JSONField(null=True, blank=True)
    # The strategy's own memory; kept after a revocation.
    properties = models.JSONField(default=dict, blank=True)
    # Taken back by hand, whatever is paid, until it is granted again by hand.
    withheld_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempt_count = models.PositiveIntegerField(default=0)
    # In a worker's hands until then (machine time); the claim of one that died runs out.
    claimed_until = models.DateTimeField(null=True, blank=True)
    # Whether the pending work is to bring an edit of the benefit, or the next period.
    is_outdated = models.BooleanField(default=False)
    is_cycling = models.BooleanField(default=False)
    resync = models.ForeignKey(
        Resync, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "benefit", "member", "subscription_id", "order_id"],
                nulls_distinct=False,
                name="benefits_grant_once",
            ),
            models.CheckConstraint(
                condition=models.Q(subscription_id=None, order_id__isnull=False)
                | models.Q(subscription_id__isnull=False, order_id=None),
                name="benefits_grant_one_source",
            ),
            models.CheckConstraint(
                condition=models.Q(granted_at=None) | models.Q(revoked_at=None),
                name="benefits_grant_granted_or_revoked",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at=None) | models.Q(error=None),
                name="benefits_grant_revoked_without_error",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "-id"], name="benefits_grants"),
            models.Index(fields=["benefit", "-created_at"], name="benefits_grants_of_benefit"),
            models.Index(fields=["customer", "-created_at"], name="benefits_grants_of_customer"),
            models.Index(
                fields=["subscription_id"],
                condition=models.Q(subscription_id__isnull=False),
                name="benefits_grants_of_sub",
            ),
            models.Index(
                fields=["order_id"],
                condition=models.Q(order_id__isnull=False),
                name="benefits_grants_of_order",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="benefits_grants_due",
            ),
            models.Index(
                fields=["organization", "-created_at"],
                condition=models.Q(error__isnull=False),
                name="benefits_grants_failed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_granted(self) -> bool:
        """Whether the customer has it."""
        return self.granted_at is not None

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back."""
        return self.revoked_at is not None


class Withdrawal(Record):
    """Why an order grants nothing any more although it was paid; none that is lifted counts."""

    class Cause(models.TextChoices):
        """What took it back."""

        REFUND = "refund"
        DISPUTE = "dispute"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    # Plain ids: orders, refunds and disputes live above.
    order_id = models.UUIDField()
    cause = models.CharField(max_length=16, choices=Cause)
    cause_id = models.UUIDField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order_id", "cause", "cause_id"], name="benefits_withdrawal_once"
            )
        ]

    def __str__(self) -> str:
        return self.cause


class Downloadable(Record):
    """A file that a customer (or a member) may download by a benefit; counts how often it was."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="downloadables")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="downloadables")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="downloadables"
    )
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="downloadables")
    revoked_at = models.DateTimeField(null=True, blank=True)
    download_count = models.PositiveIntegerField(default=0)
    last_downloaded_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "member", "benefit", "file"],
                nulls_distinct=False,
                name="benefits_downloadable_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ProviderCredential(Record):
    """
    How an organization signs in to a service that its benefits reach: a bot token, an app's secret.

    `secret` is encrypted (see `apps.core.sealing`); nothing shows it again.
    """

    class Provider(models.TextChoices):
        """The service."""

        DISCORD = "discord"
        GITHUB = "github"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="provider_credentials"
    )
    provider = models.CharField(max_length=16, choices=Provider)
    secret = models.TextField()
    # The last characters, so that staff can tell one from another.
    hint = models.CharField(max_length=8, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "connected service"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "provider"], name="benefits_credential_one"
            )
        ]

    def __str__(self) -> str:
        return self.provider


class LinkedAccount(Record):
    """A customer's (or a member's) own account at a service, linked by signing in there."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="linked_accounts")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="linked_accounts"
    )
    provider = models.CharField(max_length=16, choices=ProviderCredential.Provider)
    account_id = models.CharField(max_length=64)
    username = models.CharField(max_length=160)
    # Encrypted JSON: access_token, refresh_token.
    secret = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"account_id", "username"})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "member", "provider", "account_id"],
                nulls_distinct=False,
                name="benefits_linkedaccount_once",
            )
        ]

    def __str__(self) -> str:
        return self.provider


class AccountLink(Record):
    """
    A customer's way to a service and back, to link the account that a grant is to go to.

    Holds until `expires_at` (the machine's time) and for one return. Of its secrets only keyed
    hashes are kept, but for the PKCE verifier, which is sealed.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(BenefitGrant, on_delete=models.CASCADE, related_name="account_links")
    provider = models.CharField(max_length=16, choices=ProviderCredential.Provider)
    ticket_hash = models.CharField(max_length=64, unique=True, editable=False)
    # Of the state that the service brings back; set anew by each beginning.
    state_hash = models.CharField(max_length=64, blank=True, editable=False)
    verifier = models.TextField(blank=True)
    # Where the merchant wants their customer back.
    return_url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["state_hash"],
                condition=~models.Q(state_hash=""),
                name="benefits_link_state",
            )
        ]

    def __str__(self) -> str:
        return f"Way to {self.provider}"
