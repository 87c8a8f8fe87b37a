"""Registration of the app with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The `orders` app."""

    name = "apps.orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        """A product that was ordered cannot be deleted; a paid order is confirmed by mail."""
        from django.db.models import Exists, OuterRef

        from apps.catalog.usage import register_use
        from apps.orders import additions, checks, mails, redemptions, webhooks
        from apps.orders.models import Order

        register_use(
            "orders", lambda: Exists(Order.objects.filter(product=OuterRef("pk")).order_by())
        )
        webhooks.register()
        additions.register()
        checks.register()
        mails.register()
        redemptions.register()
