"""What a buyer types into the hosted page, cleaned into the words of the operations."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.checkouts.operations.choosing import MAX_QUANTITY
from apps.core.money import to_minor

ADDRESS_FIELDS = ("country", "line1", "city", "postal_code", "state")


class CheckoutForm(forms.Form):
    """
    The form of the page. Empty means "not given".

    Required fields are the operation's business: it knows what this checkout needs.
    """

    amount = forms.CharField(required=False, max_length=30)
    seats = forms.IntegerField(required=False, min_value=1, max_value=MAX_QUANTITY)
    units = forms.IntegerField(required=False, min_value=1, max_value=MAX_QUANTITY)
    email = forms.EmailField(required=False, max_length=320)
    name = forms.CharField(required=False, max_length=256)
    country = forms.CharField(required=False, max_length=2)
    line1 = forms.CharField(required=False, max_length=300)
    city = forms.CharField(required=False, max_length=100)
    postal_code = forms.CharField(required=False, max_length=20)
    state = forms.CharField(required=False, max_length=100)
    confirmation_token_id = forms.CharField(required=False, max_length=64)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def clean_amount(self) -> int | None:
        """The amount in minor units, as the buyer typed it in major ones."""
        typed = self.cleaned_data["amount"].replace(" ", "").replace(",", ".")
        if not typed:
            return None
        try:
            return to_minor(typed, self.currency)
        except ValueError:
            raise forms.ValidationError("Enter an amount such as 12.50.") from None

    def billing_address(self) -> dict[str, str] | None:
        """The address in the API's shape, or None without a country."""
        values = {name: self.cleaned_data.get(name) or "" for name in ADDRESS_FIELDS}
        if not values["country"]:
            return None
        return {name: value for name, value in values.items() if value}
