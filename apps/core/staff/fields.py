"""Form fields in Unfold's clothes, for the dialogs of verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanSwitchWidget,
)


def line(label: str, **options: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, widget=UnfoldAdminTextInputWidget(), **options)


def text(label: str, **options: Any) -> forms.CharField:
    """Several lines of text."""
    return forms.CharField(
        label=label, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **options
    )


def url(label: str, **options: Any) -> forms.URLField:
    """A web address; without a scheme it is https."""
    return forms.URLField(
        label=label, widget=UnfoldAdminURLInputWidget(), assume_scheme="https", **options
    )


def whole(label: str, **options: Any) -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(label=label, widget=UnfoldAdminIntegerFieldWidget(), **options)


def email(label: str, **options: Any) -> forms.EmailField:
    """An e-mail address."""
    return forms.EmailField(label=label, widget=UnfoldAdminEmailInputWidget(), **options)


def choice(label: str, choices: Any = (), **options: Any) -> forms.ChoiceField:
    """One of several."""
    return forms.ChoiceField(
        label=label, choices=choices, widget=UnfoldAdminSelectWidget(), **options
    )


def switch(label: str, **options: Any) -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(
        label=label, required=False, widget=UnfoldBooleanSwitchWidget(), **options
    )


def day(label: str, **options: Any) -> forms.DateField:
    """A day, UTC."""
    return forms.DateField(
        label=label, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}), **options
    )
