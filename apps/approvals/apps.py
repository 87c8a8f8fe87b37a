"""Registration of the app with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The `approvals` app."""

    name = "apps.approvals"
    verbose_name = "Approvals"

    def ready(self) -> None:
        """Stand at the gate of verbs, and listen."""
        from apps.approvals import handlers
        from apps.approvals.gate import LimitGate
        from apps.core.staff.consent import register_gate

        register_gate(LimitGate())
        handlers.register()
