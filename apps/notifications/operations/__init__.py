"""Writing mails, sending them once, sending them again, forgetting whom they went to."""

from apps.notifications.operations.forgetting import forget_recipient
from apps.notifications.operations.queueing import Occasion, queue_mail
from apps.notifications.operations.sending import resend_mail, send_mail, send_waiting_mails

__all__ = [
    "Occasion",
    "forget_recipient",
    "queue_mail",
    "resend_mail",
    "send_mail",
    "send_waiting_mails",
]
