from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from apps.core.errors import NotPermitted, ResourceNotFound
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.license_keys.errors import BadRequest
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.license_keys.operations import (
    Activation,
    activate_key,
    deactivate_key,
    validate_key,
)
from apps.license_keys.rules import Validation
from tests.support.license_keys import limited, make_key
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def at(moment=NOON):
    return Origin(actor=Actor.CUSTOMER, door=Door.API, at=moment)


@pytest.fixture
def organization():
    return make_organization()


def validate(key, *, moment=NOON, has_sources=False, **asked):
    return validate_key(
        organization_id=key.organization_id,
        asked=Validation(key=key.key, **asked),
        has_sources=has_sources,
        origin=at(moment),
    )


def activate(key, **said):
    return activate_key(
        organization_id=key.organization_id,
        asked=Activation(key=key.key, **{"label": "Laptop", **said}),
        origin=at(),
    )


@contextmanager
def statements():
    """The SQL that is run and its values, as they come."""
    found = []

    def note(execute, sql, values, *rest):
        found.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(note):
        yield found


def more_of(key, count):
    """Others of the same customer and benefit."""
    facts = {name: getattr(key, name) for name in ("organization", "customer", "benefit")}
    LicenseKey.objects.bulk_create(
        LicenseKey(**facts, key=f"KEY-{number}", created_at=NOON) for number in range(count)
    )


def edit(key, **values):
    LicenseKey.objects.filter(pk=key.pk).update(**values)


class TestValidateKey:
    def test_counts_each_time(self, organization):
        key = make_key(organization)

        validate(key)
        found, activation = validate(key, increment_usage=3, moment=NOON + timedelta(minutes=1))

        assert (found.validations, found.usage, activation) == (2, 3, None)
        assert found.last_validated_at == NOON + timedelta(minutes=1)
        stored = LicenseKey.objects.get()
        assert (stored.validations, stored.usage) == (2, 3)
        assert stored.last_validated_at == found.last_validated_at

    @pytest.mark.parametrize("has_sources", [False, True])
    @pytest.mark.parametrize("has_activation", [False, True])
    def test_is_one_read_and_one_write(self, organization, has_sources, has_activation):
        key = make_key(organization, activations=limited(1))
        asked = {"activation_id": activate(key).pk} if has_activation else {}
        validate(key, has_sources=has_sources, **asked)

        for moment in (NOON, NOON + timedelta(days=1)):
            with statements() as found:
                validate(key, moment=moment, has_sources=has_sources, **asked)

            kinds = [sql.split(maxsplit=1)[0] for sql, _ in found]
            assert len(kinds) == 2
            assert kinds[0] == "SELECT"
            assert kinds[1] in ("UPDATE", "WITH")

    def test_reads_by_the_unique_index(self, organization):
        key = make_key(organization)
        more_of(key, 500)
        with statements() as found:
            validate(key)
        sql, values = found[0]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE license_keys_licensekey")
            cursor.execute(f"EXPLAIN {sql}", values)
            plan = "\n".join(row[0] for row in cursor.fetchall())

        assert "license_keys_licensekey_unique" in plan

    def test_puts_the_count_of_a_day_away_when_the_next_begins(self, organization):
        key = make_key(organization)
        for moment in (NOON, NOON, NOON + timedelta(days=2), NOON + timedelta(days=2)):
            validate(key, moment=moment)

        stored = LicenseKey.objects.get()
        assert (stored.day, stored.day_validations) == (date(2026, 6, 17), 2)
        assert list(stored.days.values_list("date", "validations")) == [(NOON.date(), 2)]

    def test_loses_no_count_when_a_clock_goes_back(self, organization):
        key = make_key(organization)
        later = NOON + timedelta(days=1)
        for moment in (NOON, later, NOON, later, NOON):
            validate(key, moment=moment)

        stored = LicenseKey.objects.get()
        days = dict(stored.days.values_list("date", "validations"))
        assert days == {NOON.date(): 2, later.date(): 2}
        assert (stored.day, stored.day_validations) == (NOON.date(), 1)

    def test_goes_by_the_clock_of_the_organization(self, organization):
        key = make_key(organization)
        edit(key, expires_at=NOON + timedelta(days=10))
        validate(key)
        type(organization).objects.update(clock_offset=timedelta(days=10))

        with pytest.raises(ResourceNotFound):
            validate(key)

    def test_remembers_when_a_device_was_seen(self, organization):
        key = make_key(organization, activations=limited(1))
        activation = activate(key)

        validate(key, activation_id=activation.pk, moment=NOON + timedelta(minutes=59))
        activation.refresh_from_db()
        assert activation.last_seen_at == NOON

        validate(key, activation_id=activation.pk, moment=NOON + timedelta(hours=2))
        activation.refresh_from_db()
        assert activation.last_seen_at == NOON + timedelta(hours=2)

    def test_gives_the_activation_back(self, organization):
        key = make_key(organization, activations=limited(1))
        made = activate(key, meta={"os": "mac"}, conditions={"major": 1})

        _, found = validate(key, activation_id=made.pk, conditions={"major": 1})

        assert (found.pk, found.label, found.meta) == (made.pk, "Laptop", {"os": "mac"})
        assert found.created_at == NOON

    @pytest.mark.parametrize(
        "values",
        [
            {"status": "revoked"},
            {"status": "disabled"},
            {"expires_at": NOON},
            {"expires_at": NOON - timedelta(days=1)},
        ],
    )
    def test_refuses_a_key_that_does_not_hold(self, organization, values):
        key = make_key(organization)
        edit(key, **values)

        with pytest.raises(ResourceNotFound):
            validate(key)

        assert LicenseKey.objects.get().validations == 0

    @pytest.mark.parametrize(
        "asked",
        [
            {"activation_id": new_id()},
            {"benefit_id": new_id()},
            {"customer_id": new_id()},
        ],
    )
    def test_refuses_what_does_not_belong_to_it(self, organization, asked):
        with pytest.raises(ResourceNotFound):
            validate(make_key(organization), **asked)

    def test_takes_what_belongs_to_it(self, organization):
        key = make_key(organization)

        validate(key, benefit_id=key.benefit_id, customer_id=key.customer_id)

    def test_refuses_another_organization_and_another_key(self, organization):
        key = make_key(organization)

        for organization_id, text in ((make_organization().pk, key.key), (organization.pk, "X")):
            with pytest.raises(ResourceNotFound):
                validate_key(
                    organization_id=organization_id, asked=Validation(key=text), origin=at()
                )

    def test_refuses_an_activation_of_another_key(self, organization):
        key, other = (make_key(organization, activations=limited(1)) for _ in range(2))
        activation = activate(other)

        with pytest.raises(ResourceNotFound):
            validate(key, activation_id=activation.pk)

    @pytest.mark.parametrize(
        ("conditions", "passes"),
        [
            ({"major": 1, "beta": False}, True),
            ({"beta": False, "major": 1}, True),
            ({"major": 1}, False),
            ({"major": 1, "beta": False, "os": "mac"}, False),
            ({"major": True, "beta": 0}, False),
            ({}, False),
        ],
    )
    def test_asks_for_the_very_conditions(self, organization, conditions, passes):
        key = make_key(organization, activations=limited(1))
        activation = activate(key, conditions={"major": 1, "beta": False})

        if passes:
            validate(key, activation_id=activation.pk, conditions=conditions)
        else:
            with pytest.raises(ResourceNotFound):
                validate(key, activation_id=activation.pk, conditions=conditions)

    def test_asks_for_none_where_the_device_named_none(self, organization):
        key = make_key(organization, activations=limited(1))
        activation = activate(key)

        validate(key, activation_id=activation.pk, conditions={"os": "mac"})

    def test_uses_up_what_there_is_and_no_more(self, organization):
        key = make_key(organization, limit_usage=5)
        validate(key, increment_usage=5)

        with pytest.raises(BadRequest):
            validate(key, increment_usage=1)
        validate(key, increment_usage=0)

        stored = LicenseKey.objects.get()
        assert (stored.usage, stored.validations) == (5, 2)


class TestActivateKey:
    def test_takes_a_place(self, organization):
        key = make_key(organization, activations=limited(2))

        activation = activate(key, conditions={"a": 1}, meta={"b": "c"})

        stored = LicenseKeyActivation.objects.get()
        assert stored.pk == activation.pk
        assert (stored.conditions, stored.meta) == ({"a": 1}, {"b": "c"})

    def test_refuses_more_than_the_limit_until_one_is_given_back(self, organization):
        key = make_key(organization, activations=limited(1))
        first = activate(key)
        with pytest.raises(NotPermitted, match="limit"):
            activate(key)

        deactivate_key(
            organization_id=organization.pk, key=key.key, activation_id=first.pk, origin=at()
        )

        activate(key)
        with pytest.raises(ResourceNotFound):
            validate(key, activation_id=first.pk)

    def test_refuses_a_key_without_activations(self, organization):
        with pytest.raises(NotPermitted, match="without one"):
            activate(make_key(organization))

    @pytest.mark.parametrize(
        "values", [{"status": "revoked"}, {"status": "disabled"}, {"expires_at": NOON}]
    )
    def test_refuses_a_key_that_does_not_hold(self, organization, values):
        key = make_key(organization, activations=limited(1))
        edit(key, **values)

        with pytest.raises(NotPermitted):
            activate(key)


class TestDeactivateKey:
    def test_refuses_what_is_not_there(self, organization):
        key = make_key(organization, activations=limited(1))
        activation = activate(key)
        for _ in range(2):
            asked = {"key": key.key, "activation_id": activation.pk}
            if LicenseKeyActivation.objects.filter(deleted_at=None).exists():
                deactivate_key(organization_id=organization.pk, **asked, origin=at())
            else:
                with pytest.raises(ResourceNotFound):
                    deactivate_key(organization_id=organization.pk, **asked, origin=at())

    def test_asks_for_no_status(self, organization):
        key = make_key(organization, activations=limited(1))
        activation = activate(key)
        edit(key, status="revoked")

        deactivate_key(
            organization_id=organization.pk, key=key.key, activation_id=activation.pk, origin=at()
        )

        activation.refresh_from_db()
        assert activation.deleted_at == NOON
