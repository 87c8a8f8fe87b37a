"""Django's admin with our site in place of its own."""

from django.contrib.admin.apps import AdminConfig


class StaffSiteConfig(AdminConfig):
    """Discovers every app's `admin` and registers it on the staff site."""

    default_site = "apps.backoffice.site.BackofficeSite"
