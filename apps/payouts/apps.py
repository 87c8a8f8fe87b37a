"""Registration of the app with Django."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """The `payouts` app."""

    name = "apps.payouts"
    verbose_name = "Payouts"

    def ready(self) -> None:
        """Listen to the processor and to organizations; have the books checked."""
        from apps.payouts import additions, checks, handlers, inbound, mails, onboarding, tasks

        additions.register()
        checks.register()
        handlers.register()
        inbound.register()
        mails.register()
        onboarding.register()
        tasks.register()
