"""What staff are asked before something is done with a subscription."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.catalog.models import Product
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.wishes import RESET_FEATURE, Behavior

_CHOICES: Final = 200
# They are charged one after the other, while somebody waits.
RETRIED_AT_ONCE: Final = 20
_BEHAVIORS: Final = {
    Behavior.PRORATE: "Now; the difference comes with the next order",
    Behavior.INVOICE: "Now; the difference is paid at once",
    Behavior.NEXT_PERIOD: "With the next period",
    Behavior.RESET: "Now; a whole new period is paid at once",
}


class SubscriptionForm(ReasonForm):
    """A dialog about one subscription."""

    @property
    def subscription(self) -> Subscription:
        """The one that it is about."""
        if not hasattr(self, "_subscription"):
            rows = Subscription.objects.select_related("organization", "product")
            self._subscription = rows.get(pk=self.object_id)
        return self._subscription

    def moment_of(self, day: date) -> datetime:
        """That day, at the time of day at which its periods end."""
        time = self.subscription.current_period_end_at.astimezone(UTC).timetz()
        return datetime.combine(day, time)


class EndForm(SubscriptionForm):
    """Why the customer leaves, if they said so."""

    field_order = ("why", "comment", "reason")
    why = fields.choice(
        "What the customer says",
        [("", "Nothing"), *((one.value, one.label) for one in Subscription.CancellationReason)],
        required=False,
    )
    comment = fields.text("In their words", required=False, max_length=1000)


class PauseForm(SubscriptionForm):
    """Until when."""

    field_order = ("resumes_on", "reason")
    resumes_on = fields.day("Resumes on", required=False, help_text="UTC. Empty: when resumed.")

    def clean(self) -> dict[str, Any]:
        """With `resumes_at`."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("resumes_on")
        data["resumes_at"] = self.moment_of(day) if day else None
        return data


class TrialForm(SubscriptionForm):
    """When the trial ends."""

    field_order = ("when", "day", "reason")
    when = fields.choice(
        "The trial ends", [("day", "On a day"), ("now", "Now, and the first period is billed")]
    )
    day = fields.day("Day", required=False, help_text="UTC.")

    def clean(self) -> dict[str, Any]:
        """With `trial_end_at`, None for now."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("day")
        if data.get("when") == "day" and not day and "day" not in self.errors:
            self.add_error("day", "Which day?")
        data["trial_end_at"] = self.moment_of(day) if day and data.get("when") == "day" else None
        return data


class PeriodForm(SubscriptionForm):
    """When the period ends."""

    field_order = ("day", "reason")
    day = fields.day("The period ends on", help_text="UTC. Nothing is billed for the difference.")

    def clean(self) -> dict[str, Any]:
        """With `period_end_at`."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("day"):
            data["period_end_at"] = self.moment_of(data["day"])
        return data


class ChangeForm(SubscriptionForm):
    """When a change applies and how it is billed."""

    behavior = fields.choice("When")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization = self.subscription.organization
        is_open = organization.feature_settings.get(RESET_FEATURE)
        field: Any = self.fields["behavior"]
        field.choices = [
            (one.value, text)
            for one, text in _BEHAVIORS.items()
            if one is not Behavior.RESET or is_open
        ]
        field.initial = organization.subscription_settings.get("proration_behavior")


class ProductForm(ChangeForm):
    """Another product of the merchant."""

    field_order = ("product", "behavior", "reason")
    product = fields.choice("Product")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Product.objects.filter(
            organization_id=self.subscription.organization_id,
            recurring_interval__isnull=False,
            archived_at=None,
            deleted_at=None,
        )
        self._products = {str(row.pk): row for row in rows.order_by("name", "pk")[:_CHOICES]}
        field: Any = self.fields["product"]
        field.choices = [(key, self._label(row)) for key, row in self._products.items()]
        field.initial = str(self.subscription.product_id)

    def _label(self, product: Product) -> str:
        is_own = product.pk == self.subscription.product_id
        return f"{product.name} (as now, at today's prices)" if is_own else product.name

    def clean_product(self) -> Product:
        """The product itself."""
        return self._products[self.cleaned_data["product"]]


class SeatsForm(ChangeForm):
    """Another number of seats."""

    field_order = ("seats", "behavior", "reason")
    seats = fields.whole("Seats", min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].initial = self.subscription.seats


class UnitsForm(ChangeForm):
    """Another number of units."""

    field_order = ("units", "behavior", "reason")
    units = fields.whole("Units", min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].initial = self.subscription.units


class DiscountForm(SubscriptionForm):
    """Another discount, or none."""

    field_order = ("discount", "reason")
    discount = fields.choice("Discount", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Discount.objects.filter(
            organization_id=self.subscription.organization_id, deleted_at=None
        )
        self._discounts = {str(row.pk): row for row in rows.order_by("name", "pk")[:_CHOICES]}
        field: Any = self.fields["discount"]
        field.choices = [("", "None"), *((key, str(row)) for key, row in self._discounts.items())]
        field.initial = str(self.subscription.discount_id or "")

    def clean_discount(self) -> Discount | None:
        """The discount itself; None for none."""
        return self._discounts.get(self.cleaned_data["discount"])


class RetryForm(ReasonForm):
    """Which unpaid orders are charged now; an address may name them (`?orders=`)."""

    field_order = ("orders", "reason")
    orders = fields.text("Orders", help_text="Invoice numbers or ids, one a line.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["orders"].initial = "\n".join(self.request.GET.getlist("orders"))

    def clean_orders(self) -> list[UUID]:
        """Their ids."""
        terms = self.cleaned_data["orders"].split()
        if len(terms) > RETRIED_AT_ONCE:
            raise ValidationError(f"At most {RETRIED_AT_ONCE} at once.")
        keys = [key for term in terms if (key := as_uuid(term))]
        rows = Order.objects.filter(
            Q(pk__in=keys) | Q(invoice_number__in=terms), subscription_id__isnull=False
        )
        found = dict(rows.values_list("pk", "invoice_number"))
        known = {str(key) for key in found} | {number for number in found.values() if number}
        unknown = [term for term in terms if term not in known]
        if unknown:
            raise ValidationError(f"Not an order of a subscription: {', '.join(unknown)}.")
        return list(found)
