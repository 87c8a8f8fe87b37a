"""Access tokens that make access tokens, and what becomes of those that leak."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.models import CustomerSession
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.organizations.models import AccessToken, Membership
from apps.organizations.scopes import ALL_SCOPES
from tests.support.drafts import make_buyer
from tests.support.grants import work_off
from tests.support.merchants import Merchant, make_customer_token, make_merchant, make_token

TOKENS = "/v1/organization-access-tokens/"
SCANNING = "/v1/integrations/github/secret-scanning"


@pytest.fixture
def http(merchant: Merchant) -> Iterator[httpx.Client]:
    with merchant.http() as client:
        yield client


def make(http: httpx.Client, **body: Any) -> httpx.Response:
    return http.post(TOKENS, json={"comment": "shop", "scopes": ["products:read"], **body})


class TestCreate:
    def test_shows_the_token_once(self, http: httpx.Client, merchant: Merchant) -> None:
        answer = make(http, expires_in="P30D")
        made = answer.json()

        assert answer.status_code == 201
        assert made["token"].startswith("polar_oat_")
        token = made["organization_access_token"]
        assert (token["comment"], token["scopes"]) == ("shop", ["products:read"])
        left = datetime.fromisoformat(token["expires_at"]) - system_time()
        assert timedelta(days=29) < left <= timedelta(days=30)
        assert made["token"] not in http.get(TOKENS).text
        assert made["token"] not in str(list(Event.objects.values()))

        with replace(merchant, token=made["token"]).http() as shop:
            assert shop.get("/v1/products/").status_code == 200
            assert shop.get("/v1/orders/").status_code == 403
            assert shop.get(TOKENS).status_code == 403
        used = {one["id"]: one["last_used_at"] for one in http.get(TOKENS).json()["items"]}
        assert used[token["id"]] is not None

    def test_is_not_kept_with_an_idempotency_key(self, http: httpx.Client) -> None:
        first, second = (
            http.post(
                TOKENS,
                json={"comment": "a", "scopes": ["products:read"]},
                headers={"Idempotency-Key": "once"},
            ).json()["token"]
            for _ in range(2)
        )
        assert first != second

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"scopes": []}, "scopes"),
            ({"scopes": ["openid"]}, "scopes"),
            ({"scopes": ["organization_access_tokens:write"]}, "scopes"),
            ({"comment": ""}, "comment"),
            ({"expires_in": "P0D"}, "expires_in"),
            ({"expires_in": "P400Y"}, "expires_in"),
            ({"expires_in": "P99999999999D"}, "expires_in"),
            ({"expires_in": 5}, "expires_in"),
            ({"organization_id": "019a0000-0000-7000-8000-000000000000"}, "organization_id"),
        ],
    )
    def test_refuses(self, http: httpx.Client, body: dict[str, Any], field: str) -> None:
        answer = make(http, **body)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"][:2] == ["body", field]

    def test_gives_no_more_than_the_caller_has(self, merchant: Merchant) -> None:
        own = ["organization_access_tokens:write", "products:read"]
        token = make_token(merchant.organization, own)
        with replace(merchant, token=token).http() as http:
            assert make(http).status_code == 201
            answer = make(http, scopes=["products:read", "orders:read"])
        assert answer.status_code == 422
        assert "orders:read" in answer.json()["detail"][0]["msg"]

    def test_needs_the_right_to(self, merchant: Merchant) -> None:
        token = make_token(merchant.organization, ALL_SCOPES)
        with replace(merchant, token=token).http() as http:
            assert make(http).status_code == 403


class TestUpdate:
    def test_changes_what_is_given(self, http: httpx.Client) -> None:
        made = make(http).json()["organization_access_token"]
        changed = http.patch(f"{TOKENS}{made['id']}", json={"scopes": ["orders:read"]}).json()
        assert changed == {
            **made,
            "scopes": ["orders:read"],
            "modified_at": changed["modified_at"],
        }
        named = http.patch(f"{TOKENS}{made['id']}", json={"comment": "till"}).json()
        assert (named["comment"], named["scopes"]) == ("till", ["orders:read"])
        assert Event.objects.filter(type="access_token.updated", subject_id=made["id"]).count() == 2

    def test_gives_no_more_than_the_caller_has(self, http: httpx.Client) -> None:
        made = make(http).json()["organization_access_token"]
        answer = http.patch(
            f"{TOKENS}{made['id']}", json={"scopes": ["organization_access_tokens:read"]}
        )
        assert answer.status_code == 422


class TestDelete:
    def test_ends_the_token(self, http: httpx.Client, merchant: Merchant) -> None:
        made = make(http).json()
        address = f"{TOKENS}{made['organization_access_token']['id']}"

        assert http.delete(address).status_code == 204

        with replace(merchant, token=made["token"]).http() as shop:
            assert shop.get("/v1/products/").status_code == 401
        assert http.delete(address).status_code == 404
        assert http.patch(address, json={"comment": "again"}).status_code == 404
        ids = [one["id"] for one in http.get(TOKENS).json()["items"]]
        assert made["organization_access_token"]["id"] not in ids


@dataclass
class Scanner:
    """A stand-in for GitHub: publishes a key, and signs with it."""

    url: str
    key: ec.EllipticCurvePrivateKey

    def headers(self, body: bytes) -> dict[str, str]:
        signature = self.key.sign(body, ec.ECDSA(hashes.SHA256()))
        return {
            "Content-Type": "application/json",
            "Github-Public-Key-Identifier": "k1",
            "Github-Public-Key-Signature": base64.b64encode(signature).decode(),
        }


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    published = {"public_keys": [{"key_identifier": "k1", "key": pem.decode()}]}

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(published).encode())

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        settings.SECRET_SCANNING_KEYS_URL = f"http://127.0.0.1:{served.server_port}/"
        cache.delete("secret-scanning-keys")
        yield Scanner(settings.SECRET_SCANNING_KEYS_URL, key)
        served.shutdown()
    cache.delete("secret-scanning-keys")


def tell(url: str, scanner: Scanner, found: Any, **changed: str) -> httpx.Response:
    body = json.dumps(found).encode()
    headers = {**scanner.headers(body), **changed}
    return httpx.post(f"{url}{SCANNING}", content=body, headers=headers)


class TestLeak:
    def test_ends_what_was_found_and_tells_the_members(
        self, server: LiveServer, scanner: Scanner
    ) -> None:
        merchant = make_merchant(server.url)
        user = User.objects.create_user("ann@members.test")
        Membership.objects.create(
            organization=merchant.organization, user=user, role="admin", created_at=system_time()
        )
        session = make_customer_token(make_buyer(merchant.organization))
        oat, cst = "polar_organization_access_token", "polar_customer_session_token"
        place = "https://github.com/acme/shop/blob/main/.env"
        found = [
            {"token": merchant.token, "type": oat, "url": place, "source": "content"},
            {"token": session, "type": cst, "url": place, "source": "content"},
            {"token": merchant.token[:-1] + "x", "type": oat, "url": place, "source": "content"},
            {"token": merchant.token, "type": "another_token", "url": None, "source": None},
        ]

        answers = tell(server.url, scanner, found).json()

        assert [one["label"] for one in answers] == [
            *("true_positive", "true_positive", "false_positive", "false_positive")
        ]
        assert answers[0]["token_raw"] == merchant.token
        with merchant.http() as http:
            assert http.get("/v1/products/").status_code == 401
        assert not CustomerSession.objects.filter(organization=merchant.organization).exists()
        token = AccessToken.objects.get(organization=merchant.organization)
        event = Event.objects.get(type="access_token.leaked", subject_id=str(token.pk))
        assert event.payload["url"] == place
        assert merchant.token not in str(event.payload)

        work_off(system_origin(Door.TASK))
        mail = Mail.objects.get(
            kind="organization_access_token_leaked", recipient="ann@members.test"
        )
        assert place in mail.text
        assert merchant.token not in mail.text

        again = tell(server.url, scanner, found[:1]).json()
        assert again[0]["label"] == "true_positive"
        assert (
            Event.objects.filter(type="access_token.leaked", subject_id=str(token.pk)).count() == 1
        )

    def test_listens_to_nobody_else(self, server: LiveServer, scanner: Scanner) -> None:
        merchant = make_merchant(server.url)
        found = [{"token": merchant.token, "type": "polar_organization_access_token"}]
        stranger = Scanner(scanner.url, ec.generate_private_key(ec.SECP256R1()))

        assert tell(server.url, stranger, found).status_code == 401
        unknown = {"Github-Public-Key-Identifier": "k2"}
        assert tell(server.url, scanner, found, **unknown).status_code == 401
        garbled = {"Github-Public-Key-Signature": "?"}
        assert tell(server.url, scanner, found, **garbled).status_code == 401
        with merchant.http() as http:
            assert http.get("/v1/products/").status_code == 200

    def test_takes_a_list_of_what_was_found(self, server: LiveServer, scanner: Scanner) -> None:
        assert tell(server.url, scanner, {"token": "a"}).status_code == 422
        assert tell(server.url, scanner, [{"type": "a"}]).status_code == 422

    def test_is_not_there_unless_it_is_set_up(self, server: LiveServer, settings: Any) -> None:
        settings.SECRET_SCANNING_KEYS_URL = ""
        answer = httpx.post(f"{server.url}{SCANNING}", json=[])
        assert answer.status_code == 404
