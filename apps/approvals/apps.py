"""Registration of the app with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The `approvals` app."""

    name = "apps.approvals"
    verbose_name = "Approvals"
