"""Files: uploaded on the files host, listed, downloaded with a key or by a link."""

import io
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import stripe

from tests.support.stripesim import StripeSim

PDF = b"%PDF-1.7 \x00\xff a dossier"


def upload(client: stripe.StripeClient, content: bytes = PDF, **more: object) -> stripe.File:
    file = io.BytesIO(content)
    file.name = "dossier.pdf"
    return client.v1.files.create({"file": file, "purpose": "dispute_evidence", **more})


def download(url: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urlopen(Request(url, headers=headers)) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_files(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    made = upload(client)
    assert (made.filename, made.type, made.size) == ("dossier.pdf", "pdf", len(PDF))
    assert client.v1.files.retrieve(made.id).purpose == "dispute_evidence"
    listed = client.v1.files.list({"purpose": "dispute_evidence", "limit": 1}).data
    assert [one.id for one in listed] == [made.id]
    key = {"Authorization": f"Bearer {stripesim.secret_key}"}
    assert download(made.url, **key) == (200, PDF)
    assert download(made.url)[0] == 401
    other = stripesim.control("accounts", {})["id"]
    assert download(made.url, **key, **{"Stripe-Account": other})[0] == 404


def test_links_need_no_key(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    made = upload(client, file_link_data={"create": True})
    assert download(made.links.data[0].url) == (200, PDF)
    until = stripesim.control("clock")["now"] + 60
    link = client.v1.file_links.create(
        {"file": made.id, "expires_at": until, "metadata": {"k": "v"}, "expand": ["file"]}
    )
    assert (link.file.id, link.expired, download(link.url)[0]) == (made.id, False, 200)
    assert download(link.url + "x")[0] == 404
    stripesim.control("clock/advance", {"seconds": 120})
    assert client.v1.file_links.retrieve(link.id).expired
    assert download(link.url)[0] == 404


def test_what_cannot_be_uploaded(client: stripe.StripeClient) -> None:
    for content in (b"MZ no document", b"%PDF" + bytes(5 * 1024 * 1024)):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            upload(client, content)
        assert caught.value.param == "file"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.raw_request("post", "/v1/files", purpose="dispute_evidence", file="text")
    assert caught.value.param == "file"


def test_the_same_upload_twice_is_one(client: stripe.StripeClient) -> None:
    def send(content: bytes) -> str:
        params = {"file": io.BytesIO(content), "purpose": "dispute_evidence"}
        return str(client.v1.files.create(params, {"idempotency_key": "dossier-1"}).id)

    first = send(PDF)
    assert send(PDF) == first
    with pytest.raises(stripe.IdempotencyError):
        send(PDF + b".")
