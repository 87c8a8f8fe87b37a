"""Migrations that can be made while everybody works."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddIndex, CreateModel, RemoveIndex

from apps.accounts.models import User


def ours() -> Iterator[Any]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (app, _), migration in sorted(loader.disk_migrations.items()):
        if f"apps.{app}" in settings.INSTALLED_APPS:
            yield migration


def blocking(migration: Any) -> list[str]:
    """What would build an index of a table in use while its writers wait."""
    new = {
        operation.name.lower()
        for operation in migration.operations
        if isinstance(operation, CreateModel)
    }
    found = []
    for operation in migration.operations:
        is_unique = isinstance(operation, AddConstraint) and isinstance(
            operation.constraint, models.UniqueConstraint
        )
        # The concurrent ones are subclasses.
        is_index = type(operation) in (AddIndex, RemoveIndex)
        if (is_unique or is_index) and operation.model_name.lower() not in new:
            found.append(operation.describe())
    return found


@pytest.mark.parametrize("migration", list(ours()), ids=str)
def test_indexes_are_built_beside_the_running_system(migration: Any) -> None:
    assert blocking(migration) == []


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_schema_gives_up_rather_than_queue(settings: Any) -> None:
    settings.MIGRATION_LOCK_TIMEOUT = "100ms"
    held, done = threading.Event(), threading.Event()

    def use_the_table() -> None:
        try:
            with transaction.atomic():
                User.objects.exists()
                held.set()
                done.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=use_the_table)
    thread.start()
    held.wait(20)
    field = models.IntegerField(null=True)
    field.set_attributes_from_name("extra")
    try:
        with (
            pytest.raises(OperationalError, match="lock timeout"),
            connection.schema_editor() as it,
        ):
            it.add_field(User, field)
    finally:
        done.set()
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
