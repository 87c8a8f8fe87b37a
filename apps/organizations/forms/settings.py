"""
The settings of a merchant, a form for each subject.

A field is called as the setting: `name`, or `subscription_settings__proration_behavior` for one
of a group. Only what was changed in the form is handed on, as `changes`: a setting that somebody
else changed meanwhile stays theirs.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from apps.core.money import PRESENTMENT_CURRENCIES
from apps.core.staff import fields
from apps.core.staff.dialogs import ReasonForm
from apps.organizations.defaults import (
    CUSTOMER_EMAIL_SETTINGS,
    FEATURE_SETTINGS,
    filled,
    words_of,
)
from apps.organizations.models import Organization

GROUP = "__"
INTERVALS = "subscription_settings__dunning_intervals"


class SettingsForm(ReasonForm):
    """Fields filled with the present settings; `switches` are those of a group of yes and no."""

    switches: ClassVar[tuple[str, tuple[str, ...]]] = ("", ())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, names = self.switches
        for name in names:
            self.fields[f"{field}{GROUP}{name}"] = fields.switch(words_of(name))
        self.organization = Organization.objects.filter(pk=self.object_id).first()
        for name in self.asked:
            self.fields[name].initial = setting_of(self.organization, name)
            # As it was when the form was made, to tell later what was changed in it.
            self.fields[name].show_hidden_initial = True
        self.order_fields([*self.asked, "reason"])

    def clean(self) -> dict[str, Any]:
        """`changes` for the operation."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        changes: dict[str, Any] = {}
        for name in self.asked:
            if name in data and name in self.changed_data:
                self._put(changes, name, data[name])
        data["changes"] = changes
        return data

    def _put(self, changes: dict[str, Any], name: str, value: Any) -> None:
        field, *path = name.split(GROUP)
        if not path:
            changes[field] = None if value == "" else value
            return
        group = changes.setdefault(field, {})
        if len(path) == 1:
            group[path[0]] = value
            return
        # The operation replaces what stands under a key of a group, so all of it is named.
        part, key = path
        group.setdefault(part, dict(_group(self.organization, field)[part]))[key] = value


class ProfileForm(SettingsForm):
    """Who the merchant is."""

    name = fields.line("Name", min_length=3, max_length=200)
    email = fields.email("E-mail", max_length=320, required=False)
    website = fields.url("Website", max_length=500, required=False)
    avatar_url = fields.url("Picture", max_length=500, required=False)
    country = fields.line(
        "Country", min_length=2, max_length=2, required=False, help_text="Two letters, as in SE."
    )
    refund_policy = fields.text(
        "Refund policy",
        max_length=10000,
        required=False,
        help_text="Its own words; they stand in the evidence against disputes.",
    )

    def clean_country(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["country"]).upper()


class InvoiceForm(SettingsForm):
    """What stands in addresses and on invoices."""

    slug = fields.line("Slug", max_length=64, help_text="Links with the old slug stop working.")
    invoice_prefix = fields.line(
        "Invoice prefix", max_length=64, help_text="For numbers given from now on."
    )
    invoice_numbering = fields.choice(
        "Invoice numbers count per", Organization.InvoiceNumbering.choices
    )


class CheckoutForm(SettingsForm):
    """How buyers pay."""

    default_presentment_currency = fields.choice(
        "Default currency", [(one, one.upper()) for one in PRESENTMENT_CURRENCIES]
    )
    default_tax_behavior = fields.choice(
        "Prices and tax",
        [
            ("location", "As usual where the buyer is"),
            ("inclusive", "Prices include tax"),
            ("exclusive", "Tax is added"),
        ],
    )
    require_3ds = fields.switch("Always ask for 3-D Secure")
    embed_hosts = fields.text(
        "Hosts that may embed the checkout", required=False, help_text="One a line."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = self.fields["embed_hosts"].initial or []
        self.fields["embed_hosts"].initial = "\n".join(hosts)

    def clean_embed_hosts(self) -> list[str]:
        """A list without repetitions, in its order."""
        return list(dict.fromkeys(str(self.cleaned_data["embed_hosts"]).split()))


class SubscriptionsForm(SettingsForm):
    """How subscriptions behave."""

    subscription_settings__allow_multiple_subscriptions = fields.switch(
        "A customer may have several"
    )
    subscription_settings__allow_customer_updates = fields.switch("Customers may change theirs")
    subscription_settings__prevent_trial_abuse = fields.switch("One trial a customer")
    subscription_settings__proration_behavior = fields.choice(
        "A change is charged",
        [
            ("invoice", "At once, by an invoice"),
            ("prorate", "With the next invoice"),
            ("next_period", "From the next period on"),
        ],
    )
    subscription_settings__benefit_revocation_grace_period = fields.whole(
        "Benefits outlive a missed payment by", min_value=0, max_value=365, help_text="Days."
    )
    subscription_settings__dunning_intervals = fields.line(
        "Unpaid renewals are tried again after", help_text="Days after each failure: 2, 5, 7, 7."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields[INTERVALS].initial or []
        self.fields[INTERVALS].initial = ", ".join(map(str, days))

    def clean_subscription_settings__dunning_intervals(self) -> list[int]:
        """Whole numbers; the operation knows how many there may be."""
        text = str(self.cleaned_data[INTERVALS]).replace(",", " ")
        if not all(word.isdecimal() and len(word) < 5 for word in text.split()):
            raise ValidationError("Give whole numbers of days, with commas between them.")
        return [int(word) for word in text.split()]


class PortalForm(SettingsForm):
    """What customers see and do for themselves."""

    customer_portal_settings__usage__show = fields.switch("Show usage")
    customer_portal_settings__subscription__update_plan = fields.switch("May change the plan")
    customer_portal_settings__subscription__update_seats = fields.switch("May change seats")
    customer_portal_settings__subscription__update_units = fields.switch("May change units")
    customer_portal_settings__subscription__pause = fields.switch("May pause")
    customer_portal_settings__customer__allow_email_change = fields.switch("May change the e-mail")


class EmailsForm(SettingsForm):
    """Which e-mails customers get."""

    switches = ("customer_email_settings", tuple(CUSTOMER_EMAIL_SETTINGS))


class FeaturesForm(SettingsForm):
    """What staff alone switch, and how many requests the API takes."""

    rate_group = fields.choice("API requests", Organization.RateGroup.choices)
    switches = (
        "feature_settings",
        tuple(name for name, value in FEATURE_SETTINGS.items() if isinstance(value, bool)),
    )
    dispute_settings__auto_accept_below_amount = fields.whole(
        "Accept disputes below",
        required=False,
        min_value=0,
        help_text="Minor units of the dispute's currency. Empty: none. Needs its feature.",
    )


def setting_of(organization: Organization | None, name: str) -> Any:
    """The present value of a setting, called as its field."""
    field, *path = name.split(GROUP)
    if not path:
        return getattr(organization, field, None)
    value: Any = _group(organization, field)
    for step in path:
        value = value[step]
    return value


def _group(organization: Organization | None, field: str) -> dict[str, Any]:
    return filled(field, getattr(organization, field, {}))
