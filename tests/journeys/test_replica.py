"""Lists with a real streaming replica: own writes, a late one, one that is gone, one promoted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.support.merchants import make_merchant
from tests.support.replicas import Pair, eventually, free_port, replicated, web

pytestmark = pytest.mark.timeout(300)

PRICE = {"amount_type": "fixed", "price_currency": "usd", "price_amount": 500}
LAG, RETRY = 2.0, 1.0


@dataclass
class World:
    """The two servers, a merchant of the API, another, and somebody of the staff."""

    pair: Pair
    merchant: httpx.Client
    stranger: httpx.Client
    staff: httpx.Client

    def names(self, client: httpx.Client | None = None) -> list[str]:
        """The products that the API lists."""
        answer = (client or self.merchant).get("/v1/products/", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        return [row["name"] for row in answer.json()["items"]]

    def create(self, name: str) -> None:
        body = {"name": name, "prices": [PRICE]}
        answer = self.merchant.post("/v1/products/", json=body)
        assert answer.status_code == 201, answer.text

    def plant(self, name: str) -> None:
        """Rename a product on the primary, by nobody's request."""
        self.pair.primary.ask(
            f"UPDATE catalog_product SET name = '{name}' WHERE id ="
            " (SELECT id FROM catalog_product ORDER BY id LIMIT 1) RETURNING 1"
        )


@pytest.fixture(scope="module")
def world(database: None) -> Iterator[World]:
    """Everything is made in the test database, and copied with it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    merchant, stranger = make_merchant(url), make_merchant(url, "Stranger")
    user = User.objects.create_user("admin@example.com", "a long password", staff_role="admin")
    browser = Client()
    browser.force_login(user)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    with (
        replicated() as pair,
        web(
            pair,
            port,
            REPLICA_LAG_SECONDS=str(LAG),
            REPLICA_RETRY_SECONDS=str(RETRY),
            API_RATE_DEFAULT="1000000",
        ) as client,
        merchant.http() as api,
        stranger.http() as other,
    ):
        client.cookies.set(f"comptroller_{port}", session)
        world = World(pair, api, other, client)
        # The first use of a session and of a token is noted: a write like any other.
        assert client.get("/backoffice/catalog/product/").status_code == 200
        world.create("First")
        world.names(other)
        pair.catch_up()
        time.sleep(2 * LAG)
        yield world


def reads_replica(world: World) -> bool:
    """Whether the list is what the replica holds and the primary no longer does."""
    secret = f"Only the primary knows {time.monotonic()}"
    with world.pair.paused():
        world.plant(secret)
        return secret not in world.names()


class TestLists:
    def test_are_read_from_the_replica(self, world: World) -> None:
        world.names()
        assert reads_replica(world)
        assert any(name.startswith("Only the primary knows") for name in world.names())

    def test_count_as_scans_of_the_replica(self, world: World) -> None:
        before = world.pair.scans("catalog_product")
        for _ in range(3):
            world.names()
        time.sleep(1.2)
        world.names()
        eventually(lambda: world.pair.scans("catalog_product") > before)

    def test_of_the_backoffice_are_read_from_the_replica(self, world: World) -> None:
        with world.pair.paused():
            world.plant("Hidden from staff")
            page = world.staff.get("/backoffice/catalog/product/")
        assert page.status_code == 200 and "Products" in page.text
        assert "Hidden from staff" not in page.text
        assert "Hidden from staff" in world.staff.get("/backoffice/catalog/product/").text

    def test_exports_are_read_from_the_replica(self, world: World) -> None:
        body = {"email": "early@example.com"}
        assert world.merchant.post("/v1/customers/", json=body).status_code == 201
        with world.pair.paused():
            world.pair.primary.ask("UPDATE customers_customer SET name = 'Late' RETURNING 1")
            sent = world.merchant.get("/v1/customers/export")
        assert "early@example.com" in sent.text and "Late" not in sent.text
        assert "Late" in world.merchant.get("/v1/customers/export").text

    def test_single_records_are_read_from_the_primary(self, world: World) -> None:
        (found, *_) = world.merchant.get("/v1/products/").json()["items"]
        with world.pair.paused():
            world.pair.primary.ask("UPDATE catalog_product SET name = 'Renamed' RETURNING 1")
            one = world.merchant.get(f"/v1/products/{found['id']}").json()
        assert one["name"] == "Renamed"


class TestHealth:
    def test_says_whether_the_replica_is_read_from(self, world: World) -> None:
        def line() -> str:
            return str(httpx.get(f"{world.staff.base_url}/healthz").json()["replica"])

        assert line() == "ok"
        with world.pair.paused():
            world.plant("Nobody reads this")
            eventually(lambda: "too late" in line(), seconds=4 * LAG)
        eventually(lambda: line() == "ok")


class TestOwnWrites:
    def test_of_a_token_are_in_its_next_list(self, world: World) -> None:
        with world.pair.paused():
            world.create("Just made")
            assert "Just made" in world.names()
            # Who did not write it reads what the replica holds.
            world.plant("Elsewhere")
            assert world.names(world.stranger) == []
        world.pair.catch_up()
        assert reads_replica(world)

    def test_of_a_session_are_in_its_next_list(self, world: World) -> None:
        with world.pair.paused():
            world.plant("Seen after a write")
            answer = world.staff.post(
                reverse("admin:save_filter", args=["catalog_product"]),
                data={"name": "Kept a moment ago", "query": "q=first"},
                headers={"X-CSRFToken": world.staff.cookies["csrftoken"]},
            )
            assert answer.status_code == 200, answer.text
            listed = world.staff.get("/backoffice/catalog/product/").text
        assert "Seen after a write" in listed
        assert "Kept a moment ago" in listed


class TestFailures:
    def test_a_late_one_is_left(self, world: World) -> None:
        with world.pair.paused():
            world.plant("Late to the replica")
            eventually(lambda: "Late to the replica" in world.names(), seconds=4 * LAG)
        eventually(lambda: reads_replica(world))

    def test_one_that_stops_is_left_and_found_again(self, world: World) -> None:
        assert world.names()
        world.pair.replica.stop()
        world.plant("While it was gone")
        began = time.monotonic()
        for _ in range(5):
            assert "While it was gone" in world.names()
            assert world.staff.get("/backoffice/catalog/product/").status_code == 200
        assert time.monotonic() - began < 10
        world.pair.replica.start()
        world.pair.catch_up()
        time.sleep(RETRY)
        eventually(lambda: reads_replica(world))

    def test_a_statement_that_fails_there_runs_on_the_primary(self, world: World) -> None:
        assert world.names()
        replica = world.pair.replica
        # The replica answers and is on time, but finds none of the tables.
        for setting in ("= 'nowhere'", ""):
            verb = "SET search_path" if setting else "RESET search_path"
            replica.ask(f"ALTER SYSTEM {verb} {setting}")
            replica.ask("SELECT pg_reload_conf()")
            eventually(
                lambda: (replica.ask("SHOW search_path") == "nowhere") is bool(setting)  # noqa: B023
            )
            assert world.names()
            assert world.merchant.get("/v1/customers/export").text.startswith("ID,")
            assert world.staff.get("/backoffice/catalog/product/").status_code == 200
        eventually(lambda: reads_replica(world))

    def test_one_that_is_promoted_is_left_for_good(self, world: World) -> None:
        world.pair.replica.promote()
        world.plant("After the promotion")
        eventually(lambda: "After the promotion" in world.names())
        world.pair.replica.ask("UPDATE catalog_product SET name = 'Another world' RETURNING 1")
        time.sleep(RETRY)
        assert "After the promotion" in world.names()
