"""What holds for every path of the API, seen from the wire."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from polar.base import PolarRateLimitError
from pytest_django.live_server_helper import LiveServer

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.organizations.models import AccessToken
from apps.organizations.operations import (
    change_status,
    issue_access_token,
    revoke_access_token,
)
from tests.support.merchants import VERSIONS, Merchant, make_token


@pytest.fixture
def http(merchant: Merchant) -> Any:
    with merchant.http() as client:
        yield client


def refusal(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert isinstance(body["detail"], list if answer.status_code == 422 else str)
    return answer.status_code, body["error"]


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        ["/v1/products", "/v1/customers", "/v1/nothing/", "/v1/", "/v1/products/x/y/z"],
    )
    def test_are_exact(self, http: httpx.Client, path: str) -> None:
        assert refusal(http.get(path)) == (404, "ResourceNotFound")

    def test_of_items_have_no_slash(self, http: httpx.Client) -> None:
        assert http.get(f"/v1/products/{uuid4()}/").status_code == 404

    def test_of_old_still_work(self, http: httpx.Client) -> None:
        answer = http.get("/api/v1/products/")

        assert answer.status_code == 200
        assert "X-Polar-Deprecation-Notice" in answer.headers

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
    def test_know_their_methods(self, http: httpx.Client, method: str) -> None:
        answer = http.request(method, "/v1/products/")

        assert refusal(answer) == (405, "MethodNotAllowed")
        assert answer.headers["Allow"] == "GET, POST, HEAD"

    def test_answer_to_head_without_a_body(self, http: httpx.Client) -> None:
        answer = http.head("/v1/products/")

        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 0


class TestHeaders:
    def test_of_every_answer(self, http: httpx.Client) -> None:
        for path in ("/v1/products/", "/v1/nothing"):
            headers = http.get(path).headers
            assert headers["Cache-Control"] == "private, no-store"
            assert headers["X-Polar-Sandbox"] == "1"
            assert headers["Polar-Version"] == "2026-04"

    @pytest.mark.parametrize("version", VERSIONS)
    def test_echo_the_version(self, http: httpx.Client, version: str) -> None:
        answer = http.get("/v1/products/", headers={"Polar-Version": version})

        assert (answer.status_code, answer.headers["Polar-Version"]) == (200, version)

    @pytest.mark.parametrize("version", ["2025-01", "nonsense", ""])
    def test_refuse_other_versions(self, http: httpx.Client, version: str) -> None:
        answer = http.get("/v1/products/", headers={"Polar-Version": version})

        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


class TestCredentials:
    @pytest.mark.parametrize(
        "header",
        [
            None,
            "",
            "Bearer",
            "Bearer polar_oat_short",
            "Basic abc",
            "Bearer polar_pat_" + "a" * 43,
            "Bearer polar_oat_" + "a" * 43,
        ],
    )
    def test_that_do_not_hold(self, server: LiveServer, header: str | None) -> None:
        headers = {} if header is None else {"Authorization": header}

        answer = httpx.get(f"{server.url}/v1/products/", headers=headers)

        assert answer.json() == {"error": "Unauthorized", "detail": "Unauthorized"}
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="polar"'

    def test_end_with_revocation_expiry_and_standing(self, merchant: Merchant) -> None:
        origin = system_origin(Door.COMMAND)
        token, plaintext = issue_access_token(
            organization_id=merchant.organization.pk,
            comment="soon gone",
            scopes=["products:read"],
            expires_at=system_time() + timedelta(hours=1),
            origin=origin,
        )

        def status(text: str) -> int:
            headers = {"Authorization": f"Bearer {text}"}
            return httpx.get(f"{merchant.url}/v1/products/", headers=headers).status_code

        assert status(plaintext) == 200
        assert AccessToken.objects.get(pk=token.pk).last_used_at is not None
        AccessToken.objects.filter(pk=token.pk).update(expires_at=system_time())
        assert status(plaintext) == 401
        AccessToken.objects.filter(pk=token.pk).update(expires_at=None)
        assert status(plaintext) == 200
        revoke_access_token(token_id=token.pk, origin=origin)
        assert status(plaintext) == 401
        assert status(merchant.token) == 200
        change_status(organization_id=merchant.organization.pk, to="blocked", origin=origin)
        assert status(merchant.token) == 401

    def test_are_stored_as_hashes(self, merchant: Merchant) -> None:
        [token] = AccessToken.objects.for_organization(merchant.organization)

        assert merchant.token not in (token.token_hash, token.comment, token.hint)
        assert len(token.token_hash) == 64


class TestScopes:
    def test_missing(self, merchant: Merchant) -> None:
        token = make_token(merchant.organization, ["customers:read"])

        with merchant.http(Authorization=f"Bearer {token}") as client:
            assert client.get("/v1/customers/").status_code == 200
            assert refusal(client.get("/v1/products/")) == (403, "NotPermitted")
            answer = client.post("/v1/customers/", json={"email": "a@example.com"})
            assert refusal(answer) == (403, "NotPermitted")

    def test_write_implies_read(self, merchant: Merchant) -> None:
        token = make_token(merchant.organization, ["products:write"])

        with merchant.http(Authorization=f"Bearer {token}") as client:
            assert client.get("/v1/products/").status_code == 200


class TestBodies:
    def test_need_a_length(self, merchant: Merchant) -> None:
        address = urlsplit(merchant.url)
        head = (
            "POST /v1/products/ HTTP/1.1\r\n"
            f"Host: {address.netloc}\r\nAuthorization: Bearer {merchant.token}\r\n"
            "Connection: close\r\n\r\n"
        )
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(head.encode())
            answer = connection.makefile("rb").read().decode()

        assert answer.startswith("HTTP/1.1 411")
        assert '"error":"LengthRequired"' in answer

    def test_have_a_limit(self, http: httpx.Client, settings: Any) -> None:
        settings.API_BODY_LIMIT_BYTES = 1000

        answer = http.post("/v1/products/", content=b"x" * 1001)

        assert refusal(answer) == (413, "RequestBodyTooLarge")

    @pytest.mark.parametrize("content", [b"{", b"[]", b'"text"', b"name=x", b"\xff"])
    def test_are_json_objects(self, http: httpx.Client, content: bytes) -> None:
        answer = http.post("/v1/products/", content=content)

        assert refusal(answer) == (422, "RequestValidationError")
        assert answer.json()["detail"][0]["loc"][0] == "body"

    def test_hold_no_nul(self, http: httpx.Client) -> None:
        answer = http.post(
            "/v1/customers/", json={"email": "a@example.com", "metadata": {"k": "a\x00b"}}
        )

        assert refusal(answer) == (422, "RequestValidationError")
        assert answer.json()["detail"][0]["loc"] == ["body", "metadata", "k"]

    def test_may_spell_nul_escaped(self, http: httpx.Client) -> None:
        answer = http.post("/v1/customers/", json={"email": "a@example.com", "name": "\\u0000"})

        assert answer.json()["name"] == "\\u0000"

    @pytest.mark.parametrize("path", ["/v1/products/?query=a%00b", "/v1/customers/external/a%00b"])
    def test_nor_do_addresses(self, http: httpx.Client, path: str) -> None:
        assert refusal(http.get(path)) == (422, "RequestValidationError")

    def test_that_break_a_rule_are_told_apart(self, http: httpx.Client) -> None:
        http.post("/v1/customers/", json={"email": "a@example.com"})
        answer = http.post("/v1/customers/", json={"email": "A@example.com"})

        assert refusal(answer) == (422, "PolarRequestValidationError")
        assert answer.json()["detail"][0]["loc"] == ["body", "email"]


class TestLimits:
    def test_of_an_organization(self, merchant: Merchant, settings: Any) -> None:
        settings.API_RATE_LIMITS = {**settings.API_RATE_LIMITS, "default": 3}
        with merchant.polar() as client:
            for _ in range(3):
                client.products.list()
            with pytest.raises(PolarRateLimitError) as error:
                client.products.list()

        assert 1 <= error.value.retry_after <= 60

    def test_of_an_address_without_a_credential(
        self, server: LiveServer, merchant: Merchant, settings: Any
    ) -> None:
        settings.API_TRUST_CLIENT_IP_HEADER = True
        settings.API_RATE_LIMITS = {**settings.API_RATE_LIMITS, "anonymous": 2}
        headers = {"True-Client-IP": str(uuid4())}

        codes = [
            httpx.get(f"{server.url}/v1/products/", headers=headers).status_code for _ in range(3)
        ]

        assert codes == [401, 401, 429]
        with merchant.http(**headers) as client:
            assert client.get("/v1/products/").status_code == 200


class TestOtherOrigins:
    def test_may_read_without_cookies(self, http: httpx.Client) -> None:
        headers = http.get("/v1/products/", headers={"Origin": "https://shop.example"}).headers

        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers
        assert "Polar-Version" in headers["Access-Control-Expose-Headers"]

    def test_our_own_may_use_cookies(self, http: httpx.Client, settings: Any) -> None:
        settings.API_CORS_ORIGINS = ["https://ours.example"]

        headers = http.get("/v1/products/", headers={"Origin": "https://ours.example"}).headers

        assert headers["Access-Control-Allow-Origin"] == "https://ours.example"
        assert headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in headers["Vary"]

    def test_ask_first(self, server: LiveServer) -> None:
        answer = httpx.options(
            f"{server.url}/v1/products/",
            headers={
                "Origin": "https://shop.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization",
            },
        )

        assert answer.status_code == 200
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert answer.headers["Access-Control-Max-Age"] == "600"


class TestIdempotencyKey:
    BODY = {"email": "jane@example.com"}

    def test_replays_the_answer(self, http: httpx.Client) -> None:
        headers = {"Idempotency-Key": "order-1"}

        first = http.post("/v1/customers/", json=self.BODY, headers=headers)
        second = http.post("/v1/customers/", json=self.BODY, headers=headers)

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert second.headers["Idempotent-Replayed"] == "true"
        assert http.get("/v1/customers/").json()["pagination"]["total_count"] == 1

    def test_replays_a_deletion(self, http: httpx.Client) -> None:
        id_ = http.post("/v1/customers/", json=self.BODY).json()["id"]
        headers = {"Idempotency-Key": "delete-1"}

        codes = [http.delete(f"/v1/customers/{id_}", headers=headers).status_code for _ in range(2)]

        assert codes == [204, 204]

    def test_refuses_another_body_and_another_path(self, http: httpx.Client) -> None:
        headers = {"Idempotency-Key": "order-1"}
        http.post("/v1/customers/", json=self.BODY, headers=headers)

        other = http.post("/v1/customers/", json={"email": "b@example.com"}, headers=headers)
        path = http.post("/v1/products/", json=self.BODY, headers=headers)

        assert refusal(other) == refusal(path) == (409, "IdempotencyConflict")

    def test_keeps_no_refusal(self, http: httpx.Client) -> None:
        headers = {"Idempotency-Key": "order-1"}

        assert http.post("/v1/customers/", json={}, headers=headers).status_code == 422
        assert http.post("/v1/customers/", json=self.BODY, headers=headers).status_code == 201

    def test_is_the_merchants_own(self, merchant: Merchant, stranger: Merchant) -> None:
        for who in (merchant, stranger):
            with who.http() as client:
                answer = client.post(
                    "/v1/customers/", json=self.BODY, headers={"Idempotency-Key": "same"}
                )
            assert answer.status_code == 201
            assert "Idempotent-Replayed" not in answer.headers

    def test_makes_one_of_many_at_once(self, http: httpx.Client, merchant: Merchant) -> None:
        def send(_: int) -> int:
            with merchant.http() as client:
                return client.post(
                    "/v1/customers/", json=self.BODY, headers={"Idempotency-Key": "rush"}
                ).status_code

        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(send, range(8)))

        assert set(codes) <= {201, 409}
        assert 201 in codes
        assert http.get("/v1/customers/").json()["pagination"]["total_count"] == 1

    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_has_a_length(self, http: httpx.Client, key: str) -> None:
        answer = http.post("/v1/customers/", json=self.BODY, headers={"Idempotency-Key": key})

        assert refusal(answer) == (422, "RequestValidationError")


class TestDocumentation:
    def test_describes_every_operation(self, http: httpx.Client) -> None:
        document = http.get("/openapi.json").json()

        assert document["openapi"].startswith("3.")
        assert http.get("/2026-04/openapi.json").json() == document
        assert http.get("/2027-01/openapi.json").json() != document
        paths = document["paths"]
        assert {"get", "post"} <= set(paths["/v1/products/"])
        assert {"get", "patch", "delete"} <= set(paths["/v1/customers/{id}"])
        answer = paths["/v1/customers/"]["post"]["responses"]["201"]
        assert "schemas/Individual" in str(answer)
        assert "email" in document["components"]["schemas"]["Individual"]["properties"]

    def test_can_be_read(self, http: httpx.Client) -> None:
        answer = http.get("/docs")

        assert answer.status_code == 200
        assert "text/html" in answer.headers["Content-Type"]

    def test_knows_its_health(self, http: httpx.Client) -> None:
        assert http.get("/healthz/ready").json() == {
            "status": "ok",
            "database": "ok",
            "broker": "ok",
        }
