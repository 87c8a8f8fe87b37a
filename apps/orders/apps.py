"""Registration of the app with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The `orders` app."""

    name = "apps.orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        """A product that was ordered stays; a paid order is confirmed, and gives its benefits."""
        from django.db.models import Exists, OuterRef

        from apps.catalog.usage import register_use
        from apps.orders import (
            additions,
            answers,
            checks,
            entitlements,
            mails,
            offboarding,
            redemptions,
            webhooks,
        )
        from apps.orders.license_keys import register as register_license_keys
        from apps.orders.models import Order

        register_use(
            "orders", lambda: Exists(Order.objects.filter(product=OuterRef("pk")).order_by())
        )
        checks.register()
        webhooks.register()
        additions.register()
        answers.register()
        entitlements.register()
        offboarding.register()
        mails.register()
        redemptions.register()
        register_license_keys()
