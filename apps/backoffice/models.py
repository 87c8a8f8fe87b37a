"""What staff keep for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core.models import Record


class SavedFilter(Record):
    """A narrowed list that a user comes back to; the same name again replaces it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    # The model as `app_model`.
    listing = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    # As in the address, without the question mark.
    query = models.CharField(max_length=1000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "listing", "name"], name="backoffice_savedfilter_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
