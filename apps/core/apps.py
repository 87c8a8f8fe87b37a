"""Registration of the app with Django."""

from django.apps import AppConfig
from django.contrib.postgres.indexes import OpClass
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """The `core` app."""

    name = "apps.core"
    verbose_name = "Core"

    def ready(self) -> None:
        """
        Know every task in every process: `enqueue` looks its queue up by name.

        And let an index say how an expression is compared.
        """
        from apps.core import gauges, health
        from apps.core.replica import health as replica_health

        autodiscover_modules("tasks")
        health.register()
        gauges.register()
        replica_health.register()
        # All that we need of `django.contrib.postgres`, which would ask each new connection for
        # types of columns that we do not have.
        IndexExpression.register_wrappers(OrderBy, OpClass, Collate)
