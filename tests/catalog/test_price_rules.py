import pytest

from apps.catalog.price_rules import (
    PriceProblem,
    custom_amount_problem,
    custom_price_problem,
    fixed_price_problem,
)


def kind_of(problem: PriceProblem | None) -> tuple[str, str] | None:
    return (problem.field, problem.kind) if problem else None


class TestFixedPriceProblem:
    @pytest.mark.parametrize(
        ("amount", "currency", "kind"),
        [
            (0, "usd", None),
            (49, "usd", "minimum_price"),
            (50, "usd", None),
            (-1, "usd", "greater_than_equal"),
            (99_999_999, "usd", None),
            (100_000_000, "usd", "less_than_equal"),
            (1_600_000_000, "idr", None),
            (79, "jpy", "minimum_price"),
        ],
    )
    def test_is_free_or_chargeable(self, amount: int, currency: str, kind: str | None) -> None:
        expected = ("price_amount", kind) if kind else None
        assert kind_of(fixed_price_problem(amount, currency)) == expected

    def test_names_the_limit_as_people_write_it(self) -> None:
        problem = fixed_price_problem(39, "gbp")
        assert problem is not None
        assert problem.message == "The amount must be at least £0.40."


class TestCustomPriceProblem:
    @pytest.mark.parametrize(
        ("minimum", "maximum", "preset", "field"),
        [
            (0, None, 0, None),
            (50, 100, 100, None),
            (20, None, None, "minimum_amount"),
            (0, 20, None, "maximum_amount"),
            (100, 50, None, "maximum_amount"),
            (100, None, 50, "preset_amount"),
            (0, 100, 200, "preset_amount"),
        ],
    )
    def test_leaves_the_buyer_a_choice_that_can_be_charged(
        self, minimum: int, maximum: int | None, preset: int | None, field: str | None
    ) -> None:
        problem = custom_price_problem(
            minimum=minimum, maximum=maximum, preset=preset, currency="usd"
        )
        assert (problem.field if problem else None) == field


class TestCustomAmountProblem:
    @pytest.mark.parametrize(
        ("amount", "minimum", "maximum", "kind"),
        [
            (0, 0, None, None),
            (30, 0, None, "minimum_price"),
            (-100, 0, None, "greater_than_equal"),
            (100, 500, None, "greater_than_equal"),
            (2000, 100, 1000, "less_than_equal"),
            (100_000_000, 0, None, "less_than_equal"),
            (500, 500, 500, None),
        ],
    )
    def test_keeps_to_both_sets_of_bounds(
        self, amount: int, minimum: int, maximum: int | None, kind: str | None
    ) -> None:
        problem = custom_amount_problem(amount, minimum=minimum, maximum=maximum, currency="usd")
        assert kind_of(problem) == (("amount", kind) if kind else None)
