"""The settings of a merchant: shown by subject, and a verb to edit each."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.dialogs import ReasonForm
from apps.core.staff.verbs import verb
from apps.organizations import forms
from apps.organizations.defaults import filled, words_of
from apps.organizations.models import Organization
from apps.organizations.operations import update_organization


def _edit(name: str, title: str, form: type[ReasonForm], role: str, icon: str) -> Any:
    """The verb `name` that edits the settings of a form."""

    def method(self: Any, organization: Organization, data: dict[str, Any], origin: Origin) -> str:
        changes = data["changes"]
        if not changes:
            return "Nothing was changed."
        changed = update_organization(
            organization_id=organization.pk, changes=changes, origin=origin
        )
        return f"{title} of {changed}: changed."

    method.__name__ = name
    return verb(
        title=title,
        submit="Save",
        role=role,
        form=form,
        icon=icon,
        available=lambda organization: organization.deleted_at is None,
    )(method)


class SettingsVerbs:
    """What can be edited, by subject."""

    edit_profile = _edit("edit_profile", "Profile", forms.ProfileForm, roles.SUPPORT, "storefront")
    edit_invoices = _edit(
        "edit_invoices", "Slug and invoices", forms.InvoiceForm, roles.ADMIN, "receipt"
    )
    edit_checkout = _edit(
        "edit_checkout", "Checkout", forms.CheckoutForm, roles.FINANCE, "shopping_cart_checkout"
    )
    edit_subscriptions = _edit(
        "edit_subscriptions", "Subscriptions", forms.SubscriptionsForm, roles.SUPPORT, "autorenew"
    )
    edit_emails = _edit("edit_emails", "Customer e-mails", forms.EmailsForm, roles.SUPPORT, "mail")
    edit_portal = _edit(
        "edit_portal", "Customer portal", forms.PortalForm, roles.SUPPORT, "account_circle"
    )
    edit_features = _edit(
        "edit_features", "Features and limits", forms.FeaturesForm, roles.ADMIN, "toggle_on"
    )


MENU = {
    "title": "Settings",
    "icon": "settings",
    "items": [
        "edit_profile",
        "edit_invoices",
        "edit_checkout",
        "edit_subscriptions",
        "edit_emails",
        "edit_portal",
        "edit_features",
    ],
}


def setting(field: str, *path: str) -> columns.Column:
    """A fact: one setting of a group."""

    def value(organization: Organization) -> Any:
        found: Any = filled(field, getattr(organization, field))
        for step in path:
            found = found[step]
        if isinstance(found, list):
            return ", ".join(map(str, found))
        return show.yes_no(found) if isinstance(found, bool) else str(found).replace("_", " ")

    return columns.column(value, words_of(path[-1]))


def switched(field: str, title: str, *, is_on: bool) -> columns.Column:
    """A fact: the switches of a group that stand on, or off."""

    def value(organization: Organization) -> SafeString:
        group = filled(field, getattr(organization, field))
        names = [name for name, found in group.items() if found is is_on]
        if not names:
            return show.blank()
        return format_html_join(" ", "{}", ((show.badge(words_of(name)),) for name in names))

    return columns.column(value, title)


def _clock_ahead(organization: Organization) -> str | SafeString:
    offset = organization.clock_offset
    return show.duration(offset) if offset else show.blank()


FACTS = (
    (
        "Settings",
        (
            columns.column(lambda one: one.default_presentment_currency.upper(), "Currency"),
            columns.text("default_tax_behavior", "Prices and tax"),
            columns.code("invoice_prefix"),
            columns.text("invoice_numbering", "Invoices count per"),
            columns.column(lambda one: show.yes_no(one.require_3ds), "3-D Secure"),
            columns.text("rate_group", "API requests"),
            columns.text("embed_hosts", "Embedded in"),
            switched("customer_email_settings", "E-mails off", is_on=False),
            switched("feature_settings", "Features on", is_on=True),
            columns.column(_clock_ahead, "Test clock ahead"),
        ),
    ),
    (
        "Subscriptions",
        tuple(
            setting("subscription_settings", name)
            for name in (
                "allow_multiple_subscriptions",
                "allow_customer_updates",
                "prevent_trial_abuse",
                "proration_behavior",
                "benefit_revocation_grace_period",
                "dunning_intervals",
            )
        ),
    ),
)
