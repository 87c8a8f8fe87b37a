"""Registration of the app with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The `catalog` app."""

    name = "apps.catalog"
    verbose_name = "Catalog"

    def ready(self) -> None:
        """Listen to changes of organizations."""
        from apps.catalog import handlers, onboarding, webhooks

        webhooks.register()
        handlers.register()
        onboarding.register()
