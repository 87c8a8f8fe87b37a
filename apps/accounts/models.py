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
