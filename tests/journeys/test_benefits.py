"""Benefits, grants and files through the SDK, in each of its versions."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from apps.benefits.models import Benefit, BenefitGrant
from apps.benefits.operations.connecting import AccountInput, link_account
from apps.catalog.models import Product
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.orders.operations.entitling import align_order_benefits
from tests.support.grants import work_off
from tests.support.license_keys import make_buyer
from tests.support.merchants import Merchant, make_customer_token
from tests.support.stock import Stock, make_stock

NOTE: dict[str, Any] = {
    "type": "custom",
    "description": "A note",
    "properties": {"note": "Call us at noon."},
}
CONTENT = b"the manual"


def now() -> Any:
    return system_origin(Door.COMMAND)


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(polar: Any, server: Any, **more: Any) -> Any:
    """A file, sent as a client does."""
    checksum = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    part = {
        "number": 1,
        "chunk_start": 0,
        "chunk_end": len(CONTENT),
        "checksum_sha256_base64": checksum,
    }
    facts = {
        "service": "downloadable",
        "name": "manual.txt",
        "mime_type": "text/plain",
        "size": len(CONTENT),
        "checksum_sha256_base64": checksum,
        "upload": {"parts": [part]},
    }
    made = polar.files.create(**facts | more)
    asked = made.upload.parts[0]
    address = server.url + "/" + asked.url.split("/", 3)[3]
    answer = requests.put(address, CONTENT, headers=asked.headers, timeout=10)
    done = {
        "number": 1,
        "checksum_etag": answer.headers["ETag"],
        "checksum_sha256_base64": asked.checksum_sha256_base64,
    }
    return polar.files.uploaded(made.id, id=made.upload.id, path=made.upload.path, parts=[done])


def bought(stock: Stock) -> Customer:
    """The buyer of the product, with whatever comes with it by now."""
    align_order_benefits(order_id=stock.order.pk, origin=now())
    work_off(now())
    return stock.customer


class TestBenefits:
    def test_live_and_die(self, polar: Any, errors: Any) -> None:
        made = polar.benefits.create(**NOTE, metadata={"tier": 2})
        assert (made.type, made.visibility, made.properties.note) == (
            "custom",
            "public",
            "Call us at noon.",
        )
        assert (made.selectable, made.deletable, made.is_deleted) == (True, True, False)
        assert made.visibility_configurable

        changed = polar.benefits.update(
            made.id, type="custom", description="Another", properties={"note": None}
        )
        assert (changed.description, changed.properties.note) == ("Another", None)
        assert changed.metadata == {"tier": 2}
        assert polar.benefits.get(made.id) == changed

        assert polar.benefits.delete(made.id) is None
        with pytest.raises(errors.ResourceNotFound):
            polar.benefits.get(made.id)

    @pytest.mark.parametrize(
        ("benefit_type", "properties"),
        [
            ("feature_flag", {}),
            ("license_keys", {"prefix": "acme"}),
            ("discord", {"guild_id": "1", "role_id": "2", "kick_member": True}),
            (
                "github_repository",
                {"repository_owner": "acme", "repository_name": "app", "permission": "pull"},
            ),
            ("meter_credit", {"meter_id": str(uuid4()), "units": 5, "rollover": False}),
        ],
    )
    def test_are_of_many_types(
        self, polar: Any, benefit_type: str, properties: dict[str, Any]
    ) -> None:
        made = polar.benefits.create(
            type=benefit_type, description="Something", properties=properties
        )
        assert made.type == benefit_type
        expected = "private" if benefit_type == "feature_flag" else "public"
        assert made.visibility == expected
        assert polar.benefits.list(type=benefit_type).items == [made]

    @pytest.mark.parametrize(
        ("changes", "loc"),
        [
            ({"type": "gold"}, ["body", "type"]),
            ({"description": "x" * 43}, ["body", "description"]),
            ({"properties": {"note": 5}}, ["body", "properties", "note"]),
            ({"type": "discord", "properties": {}}, ["body", "properties", "guild_id"]),
            (
                {
                    "type": "discord",
                    "visibility": "private",
                    "properties": {"guild_id": "1", "role_id": "2", "kick_member": True},
                },
                ["body", "visibility"],
            ),
            (
                {"type": "downloadables", "properties": {"files": []}},
                ["body", "properties", "files"],
            ),
            (
                {"type": "downloadables", "properties": {"files": [str(uuid4())]}},
                ["body", "properties", "files"],
            ),
            (
                {
                    "type": "meter_credit",
                    "properties": {"meter_id": str(uuid4()), "units": 0, "rollover": True},
                },
                ["body", "properties", "units"],
            ),
        ],
    )
    def test_are_read_strictly(
        self, polar: Any, errors: Any, changes: dict[str, Any], loc: list[str]
    ) -> None:
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.benefits.create(**NOTE | changes)
        assert refusal.value.error.detail[0].loc == loc

    def test_are_listed(self, polar: Any) -> None:
        first = polar.benefits.create(**NOTE)
        second = polar.benefits.create(**NOTE | {"description": "Other"}, metadata={"a": "b"})

        def ids(**query: Any) -> list[str]:
            return [one.id for one in polar.benefits.list(**query).items]

        assert ids() == [second.id, first.id]
        assert ids(id=first.id) == [first.id]
        assert ids(exclude_id=first.id) == [second.id]
        assert ids(query="oth") == [second.id]
        assert ids(metadata={"a": "b"}) == [second.id]
        assert ids(sorting=["description"]) == [first.id, second.id]

    def test_come_with_products(self, polar: Any, merchant: Merchant, errors: Any) -> None:
        flag = polar.benefits.create(type="feature_flag", description="Beta", properties={})
        note = polar.benefits.create(**NOTE)
        price = {"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}
        product = polar.products.create(name="Handbook", prices=[price])

        shown = polar.products.update_benefits(product.id, benefits=[note.id, flag.id])

        assert [one.id for one in shown.benefits] == [note.id, flag.id]
        assert polar.products.get(product.id).benefits == shown.benefits
        assert [one.id for one in polar.products.list(benefit_id=flag.id).items] == [product.id]
        assert polar.products.list(benefit_id=str(uuid4())).items == []
        checkout = polar.checkouts.create(products=[product.id])
        assert [one.id for one in checkout.product.benefits] == [note.id], "the flag is private"
        polar.benefits.delete(note.id)
        assert [one.id for one in polar.products.get(product.id).benefits] == [flag.id]
        with pytest.raises(errors.HTTPValidationError):
            polar.products.update_benefits(product.id, benefits=[note.id])


class TestGrants:
    def test_are_listed(self, polar: Any, merchant: Merchant) -> None:
        stock = make_stock(merchant.organization)
        note = polar.benefits.create(**NOTE)
        polar.products.update_benefits(str(stock.product.pk), benefits=[note.id])
        customer = bought(stock)

        (grant,) = polar.benefits.grants(note.id).items
        assert (grant.is_granted, grant.is_revoked, grant.error) == (True, False, None)
        assert (grant.customer_id, grant.order_id) == (str(customer.pk), str(stock.order.pk))
        assert (grant.benefit.id, grant.customer.email) == (note.id, customer.email)
        mine = polar.benefit_grants.list(customer_id=str(customer.pk), is_granted=True)
        assert grant.id in [one.id for one in mine.items]
        named = polar.benefit_grants.list(external_customer_id=customer.external_id)
        assert len(named.items) == mine.pagination.total_count
        assert polar.benefits.grants(note.id, is_granted=False).items == []
        # The SDK mistakes the status of a subscription for that of a licence key.
        with merchant.http() as http:
            granted = http.get(f"/v1/customers/{customer.pk}/state").json()["granted_benefits"]
        assert note.id in [one["benefit_id"] for one in granted]

    def test_follow_an_edit_of_the_product(self, polar: Any, merchant: Merchant) -> None:
        stock = make_stock(merchant.organization)
        note = polar.benefits.create(**NOTE)
        polar.products.update_benefits(str(stock.product.pk), benefits=[note.id])
        bought(stock)
        polar.products.update_benefits(str(stock.product.pk), benefits=[])
        bought(stock)
        (grant,) = polar.benefits.grants(note.id).items
        assert (grant.is_granted, grant.is_revoked) == (False, True)


class TestFiles:
    def test_are_sent_and_downloaded(
        self, polar: Any, merchant: Merchant, server: Any, errors: Any
    ) -> None:
        stock = make_stock(merchant.organization)
        file = upload(polar, server)
        assert (file.is_uploaded, file.name, file.size_readable) == (True, "manual.txt", "10 B")
        assert file.checksum_sha256_hex == hashlib.sha256(CONTENT).hexdigest()
        benefit = polar.benefits.create(
            type="downloadables", description="The manual", properties={"files": [file.id]}
        )
        polar.products.update_benefits(str(stock.product.pk), benefits=[benefit.id])
        customer = bought(stock)
        token = make_customer_token(customer)
        with merchant.polar("2026-04") as _:
            found = polar.customer_portal.downloadables.list(
                benefit_id=benefit.id, request_access_token=token
            ).items
        address = server.url + "/" + found[0].file.download.url.split("/", 3)[3]

        answer = requests.get(address, timeout=10)

        assert (answer.status_code, answer.content) == (200, CONTENT)
        (counted,) = polar.benefits.files(benefit.id).items
        assert (counted.downloads, counted.downloaders) == (1, 1)
        assert requests.get(address + "x", timeout=10).status_code == 404
        polar.products.update_benefits(str(stock.product.pk), benefits=[])
        bought(stock)
        assert requests.get(address, timeout=10).status_code == 410, "it is granted no more"
        listed = polar.customer_portal.downloadables.list(
            benefit_id=benefit.id, request_access_token=token
        )
        assert listed.items == []

    def test_are_renamed_and_deleted(self, polar: Any, server: Any, errors: Any) -> None:
        file = upload(polar, server)
        renamed = polar.files.update(file.id, name="guide.txt", version="2")
        assert (renamed.name, renamed.version) == ("guide.txt", "2")
        assert [one.id for one in polar.files.list(ids=file.id).items] == [file.id]
        assert polar.files.delete(file.id) is None
        assert polar.files.list(ids=file.id).items == []
        with pytest.raises(errors.ResourceNotFound):
            polar.files.update(file.id, name="x")

    def test_show_media_to_anybody(self, polar: Any, server: Any) -> None:
        file = upload(polar, server, service="product_media", mime_type="image/png", name="a.png")
        address = server.url + "/" + file.public_url.split("/", 3)[3]
        assert requests.get(address, timeout=10).content == CONTENT

    def test_are_whole_before_they_are_complete(self, polar: Any, server: Any, errors: Any) -> None:
        made = polar.files.create(
            service="downloadable",
            name="a.txt",
            mime_type="text/plain",
            size=3,
            upload={"parts": [{"number": 1, "chunk_start": 0, "chunk_end": 3}]},
        )
        with pytest.raises(errors.HTTPValidationError):
            polar.files.uploaded(
                made.id,
                id=made.upload.id,
                path=made.upload.path,
                parts=[{"number": 1, "checksum_etag": "x", "checksum_sha256_base64": None}],
            )


class TestPortal:
    @pytest.fixture
    def stock(self, merchant: Merchant) -> Stock:
        return make_stock(merchant.organization)

    def test_shows_what_a_customer_has(self, polar: Any, stock: Stock) -> None:
        note = polar.benefits.create(**NOTE, metadata={"internal": "yes"})
        flag = polar.benefits.create(type="feature_flag", description="Beta", properties={})
        polar.products.update_benefits(str(stock.product.pk), benefits=[note.id, flag.id])
        token = make_customer_token(bought(stock))
        grants = polar.customer_portal.benefit_grants

        (grant,) = grants.list(type="custom", request_access_token=token).items

        assert grant.benefit.properties.note == "Call us at noon."
        assert grant.benefit.organization.slug == stock.organization.slug
        assert not hasattr(grant.benefit, "metadata")
        assert grants.get(grant.id, request_access_token=token) == grant
        checkout = str(stock.checkout.pk)
        of_checkout = grants.list(checkout_id=checkout, request_access_token=token).items
        assert [one.id for one in of_checkout] == [grant.id]
        shown = grants.list(request_access_token=token).items
        assert flag.id not in [one.benefit_id for one in shown]
        other = make_customer_token(make_buyer(stock.organization))
        assert grants.list(request_access_token=other).items == []

    def test_lets_them_choose_an_account(self, polar: Any, stock: Stock, errors: Any) -> None:
        product = Product.objects.get(pk=stock.product.pk)
        properties = {"guild_id": "1", "role_id": "2", "kick_member": False}
        role = polar.benefits.create(type="discord", description="The role", properties=properties)
        polar.products.update_benefits(str(product.pk), benefits=[role.id])
        customer = bought(stock)
        token = make_customer_token(customer)
        grants = polar.customer_portal.benefit_grants
        (grant,) = grants.list(benefit_id=role.id, request_access_token=token).items
        assert grant.error is not None
        with pytest.raises(errors.HTTPValidationError):
            grants.update(
                grant.id,
                benefit_type="discord",
                properties={"account_id": "42"},
                request_access_token=token,
            )
        data = AccountInput(provider="discord", account_id="42", username="ada")
        link_account(customer=customer, data=data, origin=now())
        changed = grants.update(
            grant.id,
            benefit_type="discord",
            properties={"account_id": "42"},
            request_access_token=token,
        )
        assert changed.properties.account_id == "42"
        assert changed.customer.oauth_accounts["discord:42"].account_username == "ada"
        assert BenefitGrant.objects.get(pk=grant.id).benefit == Benefit.objects.get(pk=role.id)
