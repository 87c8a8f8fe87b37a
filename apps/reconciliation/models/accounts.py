"""What is known of the statements of merchants' own accounts at the processor."""

from django.db import models

from apps.payouts.models import PayoutAccount


class AccountReading(models.Model):
    """How the statement of an account compared with our payouts when it was last read."""

    payout_account = models.OneToOneField(
        PayoutAccount, primary_key=True, on_delete=models.PROTECT, related_name="reading"
    )
    # By the machine's clock.
    read_at = models.DateTimeField(null=True, blank=True, db_index=True)
    matched_count = models.PositiveIntegerField(default=0)
    open_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Statement of {self.payout_account}"
