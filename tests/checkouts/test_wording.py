"""What a buyer reads about what recurs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.checkouts.wording import Recurring, consent, every, headline, reduction, renewal, span


def terms(**more: Any) -> Recurring:
    values: dict[str, Any] = {
        "interval": "month",
        "count": 1,
        "charge": "$8.00",
        "full_charge": "$10.00",
        "next_at": datetime(2026, 12, 9, 12, tzinfo=UTC),
    }
    return Recurring(**{**values, **more})


def test_intervals_are_words() -> None:
    assert [every("month", 1), every("week", 2)] == ["every month", "every 2 weeks"]
    assert [span("day", 14), span("year", 1)] == ["14 days", "1 year"]


@pytest.mark.parametrize(
    ("more", "large", "then"),
    [
        ({}, ("$8.00", "every month"), "Renews every month, next on December 9, 2026."),
        (
            {"duration": "once"},
            ("$8.00", "for the first month"),
            "Then $10.00 every month, from December 9, 2026.",
        ),
        (
            {"duration": "repeating", "months": 3},
            ("$8.00", "every month"),
            "For 3 months, then $10.00 every month.",
        ),
        (
            {"trial": "14 days"},
            ("14 days free", ""),
            "Then $8.00 every month, from December 9, 2026.",
        ),
        (
            {"trial": "14 days", "duration": "once"},
            ("14 days free", ""),
            "Then $8.00 for the first month from December 9, 2026, $10.00 every month after that.",
        ),
        (
            {"trial": "14 days", "duration": "repeating", "months": 3, "count": 3},
            ("14 days free", ""),
            "Then $8.00 every 3 months from December 9, 2026 for 3 months, "
            "$10.00 every 3 months after that.",
        ),
    ],
)
def test_figures_and_what_follows(more: dict[str, Any], large: tuple[str, str], then: str) -> None:
    assert headline(terms(**more)) == large
    assert renewal(terms(**more)) == then


def test_consent_names_who_charges() -> None:
    assert "allow Acme to charge you every month" in consent(terms(), "Acme")
    assert consent(terms(trial="7 days"), "Acme").startswith("Nothing is charged during the trial.")


def test_reductions() -> None:
    once = reduction(share="20%", duration="once", months=None, is_recurring=True)
    plain = reduction(share="20%", duration="forever", months=None, is_recurring=False)
    ever = reduction(share="$3.00", duration="forever", months=None, is_recurring=True)
    assert [once, plain, ever] == ["20% off the first payment", "20% off", "$3.00 off for good"]
