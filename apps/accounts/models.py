"""Users: staff with a role, and the people of merchants."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from apps.core.ids import new_id


class UserQuerySet(BaseUserManager["User"]):
    """Creation by e-mail, which is the login."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who can sign in with `email`, lower-cased."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A staff user with the admin role."""
        return self.create_user(
            email, password, staff_role=User.StaffRole.ADMIN, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        """Look up a login, in any case."""
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `staff_role` opens the backoffice; merchants' roles are on their membership."""

    class StaffRole(models.TextChoices):
        """What a staff member may see and do, each role including those before it."""

        NONE = "", "not staff"
        VIEWER = "viewer"
        SUPPORT = "support"
        FINANCE = "finance"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=320, unique=True)
    name = models.CharField(max_length=200, blank=True)
    staff_role = models.CharField(max_length=16, choices=StaffRole, blank=True, default="")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserQuerySet()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Whether the backoffice lets this person in."""
        return bool(self.staff_role) and self.is_active


class Factor(models.TextChoices):
    """What somebody proves who they are with."""

    PASSWORD = "password"  # noqa: S105 -- a name
    TOTP = "totp", "authenticator app"
    RECOVERY_CODE = "recovery_code", "recovery code"
    PASSKEY = "passkey"


class SignIn(models.Model):
    """One try to prove who one is, at the door or again later. Never changed."""

    class Occasion(models.TextChoices):
        """What it was asked for."""

        SIGN_IN = "sign_in", "sign-in"
        CONFIRMATION = "confirmation"

    class Outcome(models.TextChoices):
        """How it went: `half` is a right password that a second factor has yet to follow."""

        SUCCEEDED = "succeeded"
        HALF = "half", "half way"
        FAILED = "failed"
        LOCKED = "locked", "locked out"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(db_index=True)
    email = models.CharField(max_length=320, db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="sign_ins")
    occasion = models.CharField(max_length=16, choices=Occasion)
    outcome = models.CharField(max_length=16, choices=Outcome)
    factor = models.CharField(max_length=16, choices=Factor)
    address = models.CharField(max_length=64, db_index=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "sign-in"

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} of {self.email}"


class StaffSession(models.Model):
    """A browser in which somebody is signed in; over when `ended_at` is set."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    address = models.CharField(max_length=64)
    user_agent = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=320, blank=True)

    class Meta:
        verbose_name = "session"
        indexes: ClassVar = [
            models.Index(
                fields=["user"], condition=models.Q(ended_at=None), name="accounts_live_sessions"
            )
        ]

    def __str__(self) -> str:
        return f"Session of {self.user}"


class Lockout(models.Model):
    """The tries in a row that went wrong, of an account (by e-mail) or from an address."""

    class Kind(models.TextChoices):
        """What is counted."""

        ACCOUNT = "account"
        ADDRESS = "address"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=320)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="accounts_one_lockout")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"
