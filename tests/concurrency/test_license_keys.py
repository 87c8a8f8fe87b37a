"""Many at once on one licence key."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from apps.benefits.locks import lock_grant
from apps.core.errors import NotPermitted, ResourceNotFound
from apps.core.origin import Actor, Door, build_origin
from apps.license_keys.errors import BadRequest, KeyTaken
from apps.license_keys.models import LicenseKey, LicenseKeyActivation, LicenseKeyImport
from apps.license_keys.operations import (
    Activation,
    activate_key,
    activating,
    apply_import,
    check_import,
    grant_key,
    receive_import,
    revoke_key_of_grant,
    rotate_license_key,
    run_import,
    validate_key,
)
from apps.license_keys.rules import Validation
from apps.orders.models import Order
from tests.support.license_keys import limited, make_benefit, make_key
from tests.support.merchants import make_organization
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 200
# As many connections as a small server allows at the same time.
CONNECTIONS = 40


def customer() -> Any:
    return build_origin(actor=Actor.CUSTOMER, door=Door.API)


def at_once(work: Callable[[], Any], times: int = THREADS) -> list[Any]:
    """So many threads that start together, of which only some may hold a connection."""
    places = threading.BoundedSemaphore(CONNECTIONS)
    start = threading.Barrier(times)

    def run(_: int) -> Any:
        start.wait(30)
        with places:
            try:
                return work()
            except Exception as error:
                return error
            finally:
                connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def activation_of(key: LicenseKey) -> Callable[[], Any]:
    return lambda: activate_key(
        organization_id=key.organization_id,
        asked=Activation(key=key.key, label="Device"),
        origin=customer(),
    )


def validation_of(key: LicenseKey, increment: int = 0) -> Callable[[], Any]:
    return lambda: validate_key(
        organization_id=key.organization_id,
        asked=Validation(key=key.key, increment_usage=increment),
        origin=customer(),
    )


class TestActivations:
    def test_never_exceed_the_limit(self) -> None:
        key = make_key(make_organization(), activations=limited(3))

        results = at_once(activation_of(key))

        made = [one for one in results if isinstance(one, LicenseKeyActivation)]
        refused = [one for one in results if isinstance(one, NotPermitted)]
        assert (len(made), len(refused)) == (3, THREADS - 3)
        assert LicenseKeyActivation.objects.filter(deleted_at=None).count() == 3

    def test_would_exceed_it_without_the_lock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        key = make_key(make_organization(), activations=limited(3))
        counted = threading.Barrier(8)
        count = activating.activation_count

        def unlocked(organization_id: Any, text: str) -> LicenseKey:
            return LicenseKey.objects.select_related("organization").get(key=text)

        def together_counted(key_id: Any) -> int:
            found = count(key_id)
            counted.wait(10)
            return found

        monkeypatch.setattr(activating, "lock_key", unlocked)
        monkeypatch.setattr(activating, "activation_count", together_counted)

        at_once(activation_of(key), 8)

        assert LicenseKeyActivation.objects.filter(deleted_at=None).count() == 8


class TestValidations:
    def test_are_all_counted(self) -> None:
        key = make_key(make_organization())

        at_once(validation_of(key, 1))

        stored = LicenseKey.objects.get()
        assert (stored.validations, stored.usage) == (THREADS, THREADS)
        assert stored.day_validations == THREADS

    def test_use_no_more_than_there_is(self) -> None:
        key = make_key(make_organization(), limit_usage=100)

        results = at_once(validation_of(key, 3))

        refused = [one for one in results if isinstance(one, BadRequest)]
        assert len(refused) == THREADS - 33
        assert LicenseKey.objects.get().usage == 99

    def test_count_every_day_once_when_it_turns(self) -> None:
        key = make_key(make_organization())
        LicenseKey.objects.update(day="2026-01-01", day_validations=7)

        at_once(validation_of(key), 50)

        stored = LicenseKey.objects.get()
        assert stored.day_validations == 50
        assert [day.validations for day in stored.days.all()] == [7]


class TestDurability:
    """Counting waits for the disk only where something is used up."""

    def setting(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()

    def statements(self, work: Callable[[], Any]) -> str:
        found: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            found.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            work()
        return found[-1]

    def test_of_a_count_is_left_to_the_server(self) -> None:
        key = make_key(make_organization())
        validation_of(key)()
        before = self.setting()

        assert "synchronous_commit" in self.statements(validation_of(key))
        assert self.setting() == before

    def test_of_usage_and_of_a_transaction_is_not(self) -> None:
        key = make_key(make_organization())
        validation_of(key)()

        assert "synchronous_commit" not in self.statements(validation_of(key, 1))
        with transaction.atomic():
            assert "synchronous_commit" not in self.statements(validation_of(key))


class TestRotation:
    def test_stops_a_validation_that_has_read_the_old_key(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from apps.license_keys.operations import validating

        key = make_key(make_organization())
        look, calls = validating.asked_key, []

        def rotated_after_the_read(*asked: Any, **more: Any) -> Any:
            found = look(*asked, **more)
            if not calls:
                calls.append(1)
                together(lambda: rotate_license_key(license_key_id=key.pk, origin=customer()))
            return found

        monkeypatch.setattr(validating, "asked_key", rotated_after_the_read)

        with pytest.raises(ResourceNotFound):
            validation_of(key)()

        assert LicenseKey.objects.get().validations == 0

    def test_beside_many_validations_leaves_one_key_that_holds(self) -> None:
        key = make_key(make_organization())

        def rotate() -> LicenseKey:
            return rotate_license_key(license_key_id=key.pk, origin=customer())

        *results, rotated = together(*[validation_of(key)] * 20, rotate)

        passed = [one for one in results if not isinstance(one, Exception)]
        assert all(isinstance(one, ResourceNotFound) for one in results if one not in passed)
        assert LicenseKey.objects.get().validations == len(passed)
        with pytest.raises(ResourceNotFound):
            validation_of(key)()
        validation_of(rotated)()

    def test_waits_for_no_other_lock_in_a_circle(self) -> None:
        """Work on a grant locks the grant before the key, and so does everything here."""
        key = make_key(make_organization())
        assert key.grant_id is not None

        def rotate() -> LicenseKey:
            return rotate_license_key(license_key_id=key.pk, origin=customer())

        def revoke() -> None:
            with transaction.atomic():
                grant = lock_grant(key.grant_id)
                revoke_key_of_grant(grant=grant, origin=customer())
                LicenseKey.objects.filter(pk=key.pk).update(status="granted")

        results = together(*[rotate, revoke] * 8)

        assert [one for one in results if isinstance(one, Exception)] == []


class TestImport:
    """A file and a sale that bring the same key at the same moment."""

    @pytest.mark.parametrize("attempt", range(6))
    def test_beside_a_sale_leaves_one_key_and_no_half_of_a_file(
        self, attempt: int, settings: Any, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        benefit = make_benefit(make_organization())
        lines = [f"KEY-{n},a{n}@example.com,{benefit.pk}" for n in range(20)]
        text = "\n".join(["key,email,benefit", *lines])
        row = receive_import(
            organization=benefit.organization,
            name="keys.csv",
            content=io.BytesIO(text.encode()),
            origin=customer(),
        )
        check_import(import_id=row.pk, origin=customer())
        apply_import(import_id=row.pk, origin=customer())
        sold = make_key(benefit.organization, benefit=benefit)
        LicenseKey.objects.filter(pk=sold.pk).delete()

        def sell() -> LicenseKey:
            with transaction.atomic():
                grant = lock_grant(sold.grant_id)
                return grant_key(grant=grant, benefit=benefit, key="KEY-10", origin=customer())

        def take_over() -> LicenseKeyImport:
            return run_import(import_id=row.pk, origin=customer())

        works = [sell, take_over] if attempt % 2 else [take_over, sell]
        results = together(*works)

        row.refresh_from_db()
        assert LicenseKey.objects.filter(key="KEY-10").count() == 1
        if row.status == "applied":
            assert LicenseKey.objects.count() == 20
            assert any(isinstance(one, KeyTaken) for one in results)
        else:
            assert row.status == "refused"
            assert [problem.number for problem in row.problems.all()] == [12]
            assert LicenseKey.objects.count() == 1
            assert Order.objects.count() == 0
