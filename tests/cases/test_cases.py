"""Runs every scenario of the tables through the adapter of its operation."""

import pytest

import tests.cases.adapters  # noqa: F401  (registers the adapters)
from apps.core.errors import DomainError
from tests.cases.bank import Case, load_cases, load_deviations
from tests.cases.outcome import differences, outcome_of_error
from tests.cases.registry import NotYet, find_adapter

NOT_YET = "not yet"


def _param(case: Case, deviations: dict[str, str]) -> object:
    """The case with what is already known of its outcome."""
    marks: list[pytest.MarkDecorator] = []
    adapter = find_adapter(case.area, case.op)
    if adapter is None:
        marks.append(pytest.mark.xfail(reason=NOT_YET, run=False))
    elif case.id in deviations:
        marks.append(pytest.mark.xfail(reason=deviations[case.id], strict=True))
    if adapter and (adapter.needs_database or adapter.needs_commits):
        marks.append(pytest.mark.django_db(transaction=adapter.needs_commits))
    return pytest.param(case, id=case.test_id, marks=marks)


_DEVIATIONS = load_deviations()


@pytest.mark.parametrize("case", [_param(case, _DEVIATIONS) for case in load_cases()])
def test_case(case: Case) -> None:
    adapter = find_adapter(case.area, case.op)
    assert adapter is not None
    when = {key: value for key, value in case.when.items() if key != "op"}
    try:
        actual = adapter.run(case.given, when)
    except NotYet:
        pytest.xfail(NOT_YET)
    except DomainError as error:
        actual = outcome_of_error(error)
    problems = differences(case.area, case.expect, actual)
    if problems:
        pytest.fail("\n".join([f"{case.id}: {case.title}", *problems]), pytrace=False)
