"""Registration of the app with Django."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """The `benefits` app."""

    name = "apps.benefits"
    verbose_name = "Benefits"

    def ready(self) -> None:
        """Make the strategies known; listen to customers and to our own ends."""
        from apps.benefits import handlers, merging, shown, webhooks

        handlers.register()
        merging.register()
        shown.register()
        webhooks.register()
