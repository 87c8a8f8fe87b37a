"""Registration of the app with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The `catalog` app."""

    name = "apps.catalog"
    verbose_name = "Catalog"
