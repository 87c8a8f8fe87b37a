from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from apps.core.origin import Door, system_origin
from apps.core.prepared import Prepared
from apps.organizations.models import AccessToken
from apps.organizations.operations import issue_access_token
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db


def by_hash(value: Any) -> Any:
    return AccessToken.objects.select_related("organization").filter(
        token_hash=value, revoked_at=None
    )


def fields(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class TestPrepared:
    def test_gives_what_the_queryset_gives(self):
        prepared = Prepared(by_hash)
        for number in range(3):
            token, _ = issue_access_token(
                organization_id=make_organization(country="FR").pk,
                comment=f"Number {number}",
                scopes=["orders:read", "orders:write"],
                origin=system_origin(Door.COMMAND),
            )
            expected = by_hash(token.token_hash).get()

            with CaptureQueriesContext(connection) as queries:
                found = prepared.first(token.token_hash)
                assert found is not None
                assert fields(found) == fields(expected)
                assert fields(found.organization) == fields(expected.organization)

            assert len(queries) == 1
            assert not found._state.adding
            assert found._state.db == "default"

    def test_finds_nothing_where_there_is_nothing(self):
        prepared = Prepared(by_hash)

        assert prepared.first("") is None
        assert prepared.first("' OR 1=1 --") is None
