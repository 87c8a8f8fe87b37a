"""Registration of the app with Django."""

from django.apps import AppConfig


class DiscountsConfig(AppConfig):
    """The `discounts` app."""

    name = "apps.discounts"
    verbose_name = "Discounts"

    def ready(self) -> None:
        """Have merchants told of them."""
        from apps.discounts import checks, webhooks

        checks.register()
        webhooks.register()
