"""Form fields in Unfold's clothes, for the dialogs of verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)


def line(label: str, **options: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, widget=UnfoldAdminTextInputWidget(), **options)


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
