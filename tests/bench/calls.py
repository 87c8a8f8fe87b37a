"""The requests that are measured: as bytes for the load, as WSGI calls for one process alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tests.bench import goals
from tests.bench.load import request

if TYPE_CHECKING:
    from tests.bench.beside import Beside
    from tests.bench.license_keys import Asked
    from tests.bench.seeding import World


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the API."""

    method: str
    path: str
    token: str
    body: bytes = b""

    def wire(self) -> bytes:
        """As it goes over a connection."""
        return request(self.method, self.path, self.token, self.body)

    def environ(self) -> dict[str, Any]:
        """As a WSGI server hands it over."""
        path, _, query = self.path.partition("?")
        return {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_ACCEPT": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(self.body)) if self.body else "",
            "wsgi.input": BytesIO(self.body),
            "wsgi.errors": BytesIO(),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def calls(
    world: World, keys: Asked, beside: Beside, *, only: str = ""
) -> dict[goals.Target, Sequence[Call]]:
    """What is asked for each target that has `only` in its name."""

    def get(path: str) -> Call:
        return Call("GET", path, world.token)

    states = [get(f"/v1/customers/{pk}/state") for pk in world.customer_ids]
    found: dict[goals.Target, Sequence[Call]] = {
        goals.ORDERS_10: [get("/v1/orders/?limit=10")],
        goals.ORDERS_100: [get("/v1/orders/?limit=100")],
        goals.SUBSCRIPTIONS: [get("/v1/subscriptions/?limit=100")],
        goals.CUSTOMER_STATE: states,
        goals.SAME_CUSTOMER_STATE: states[: goals.SAME_CUSTOMERS],
        goals.CUSTOMER: [get(f"/v1/customers/{pk}") for pk in world.customer_ids],
        goals.CUSTOMERS: [get("/v1/customers/?limit=100")],
        goals.PRODUCTS: [get("/v1/products/?limit=100")],
        goals.REFUNDS: [get("/v1/refunds/?limit=100")],
        goals.BENEFIT_GRANTS: [get("/v1/benefit-grants/?limit=100")],
        goals.PORTAL_KEYS: _portal("license-keys", beside),
        goals.PORTAL_GRANTS: _portal("benefit-grants", beside),
        goals.CHECKOUT: [
            Call("POST", "/v1/checkouts/", world.token, f'{{"products":["{pk}"]}}'.encode())
            for pk in world.product_ids
        ],
        goals.VALIDATE: [
            Call("POST", "/v1/customer-portal/license-keys/validate", "none", body)
            for body in keys.bodies
        ],
        goals.VALIDATE_BY_TOKEN: [
            Call("POST", "/v1/license-keys/validate", world.token, body) for body in keys.bodies
        ],
    }
    return {target: asked for target, asked in found.items() if only in target.name}


def _portal(kind: str, beside: Beside) -> list[Call]:
    path = f"/v1/customer-portal/{kind}/?limit=100"
    return [Call("GET", path, token) for token in beside.customer_tokens]
