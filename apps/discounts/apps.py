"""Registration of the app with Django."""

from django.apps import AppConfig


class DiscountsConfig(AppConfig):
    """The `discounts` app."""

    name = "apps.discounts"
    verbose_name = "Discounts"

    def ready(self) -> None:
        """Have the counts of redemptions checked."""
        from apps.discounts import checks

        checks.register()
