"""Files: evidence for disputes and the like; uploaded once, downloaded with a key or a link."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from .. import keys
from ..call import Call
from ..errors import ApiError, invalid
from ..ids import random_text
from ..listing import page
from ..metadata import merge
from ..multipart import File, Upload
from ..params import LISTING, Boolean, Created, Fields, Integer, Metadata, Text
from ..present import public
from ..routes import Resource
from ..runtime import runtime

Obj = dict[str, Any]
resource = Resource()
PURPOSES = ("account_requirement", "additional_verification", "business_icon", "business_logo",
            "customer_signature", "dispute_evidence", "identity_document", "pci_document",
            "tax_document_user_upload", "terminal_reader_splashscreen")  # fmt: skip
_SIGNS = ((b"%PDF", "pdf"), (b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"))
_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
MAX_BYTES = 16 * 1024 * 1024
MAX_EVIDENCE = 5 * 1024 * 1024


@resource.on(
    "POST",
    "/v1/files",
    {
        "file": File(required=True),
        "file_link_data": Fields({
            "create": Boolean(required=True), "expires_at": Integer(), "metadata": Metadata(),
        }),
        "purpose": Text(*PURPOSES, required=True),
    },
)  # fmt: skip
def create(call: Call, params: Obj) -> Obj:
    """Keep a file: a PDF, PNG or JPEG of at most 16 MB, or 5 MB as evidence."""
    upload: Upload = params["file"]
    purpose = params["purpose"]
    type_ = next((name for sign, name in _SIGNS if upload.content.startswith(sign)), None)
    if type_ is None:
        raise invalid(
            f"The file type uploaded is not supported for the purpose {purpose}. Upload a PDF, PNG"
            " or JPEG.",
            param="file",
        )
    allowed = MAX_EVIDENCE if purpose == "dispute_evidence" else MAX_BYTES
    if len(upload.content) > allowed:
        raise invalid(f"A file for {purpose} can have up to {allowed} bytes.", param="file")
    made = call.create("file", "file", purpose=purpose, filename=upload.name, type=type_)
    made.update(size=len(upload.content), url=f"{call.base_url}/v1/files/{made['id']}/contents")
    made["links"]["url"] = f"/v1/file_links?file={made['id']}"
    call.unit.execute("INSERT INTO blobs VALUES (?, ?, ?)", call.account, made["id"],
                      upload.content)  # fmt: skip
    wish = params.get("file_link_data", {})
    if wish.pop("create", False):
        _link(call, made, wish)
    return made


def _link(call: Call, file: Obj, params: Obj) -> Obj:
    link = call.create("file_link", "link", file=file["id"], metadata={})
    merge(link, params)
    link.update(params)
    token = random_text(40)
    link.update(url=f"{call.base_url}/links/{link['id']}/{token}", _token=token)
    file["links"]["data"] = [public(link), *file["links"]["data"]][:10]
    call.save(file)
    return link


@resource.on("GET", "/v1/files", {**LISTING, "created": Created(), "purpose": Text(*PURPOSES)})
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    return page(call, "file", params, url="/v1/files", where={"tag": params.get("purpose")})


@resource.on("GET", "/v1/files/<str:file>")
def retrieve(call: Call, params: Obj, file: str) -> Obj:
    """One by its id."""
    return call.find("file", file, in_path=True, param="file")


@resource.on(
    "POST",
    "/v1/file_links",
    {"expires_at": Integer(), "file": Text(required=True), "metadata": Metadata()},
)
def create_link(call: Call, params: Obj) -> Obj:
    """An address of the file that needs no key."""
    return _link(call, call.find("file", params.pop("file"), param="file"), params)


@resource.on("GET", "/v1/file_links/<str:link>")
def retrieve_link(call: Call, params: Obj, link: str) -> Obj:
    """One by its id."""
    found = call.find("file_link", link, in_path=True, param="link")
    return {**found, "expired": _expired(found, call.now)}


def _expired(link: Obj, now: int) -> bool:
    return link["expires_at"] is not None and link["expires_at"] <= now


def _send(account: str, file: str) -> HttpResponse:
    reader = runtime().store.reader()
    found = runtime().store.reading().get(account, file)
    row = reader.execute(
        "SELECT content FROM blobs WHERE account = ? AND id = ?", (account, file)
    ).fetchone()
    if row is None or found is None:
        return HttpResponse("No such file.", status=404, content_type="text/plain")
    response = HttpResponse(row[0], content_type=_TYPES[found["type"]])
    response["Content-Disposition"] = "attachment"
    return response


def download(request: HttpRequest, file: str) -> HttpResponse:
    """The content of a file, to whoever has a secret key."""
    request.get_host()
    try:
        if keys.api_key(request, {}).startswith("pk_"):
            return HttpResponse(status=401)
        return _send(keys.account(request, runtime()), file)
    except ApiError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain")


def follow(request: HttpRequest, link: str, token: str) -> HttpResponse:
    """The content of a file, to whoever has its link."""
    request.get_host()
    unit = runtime().store.reading()
    rows = unit.select("SELECT account FROM objects WHERE kind = 'file_link' AND id = ?", link)
    found = unit.get(rows[0][0], link) if rows else None
    if found is None or found["_token"] != token or _expired(found, runtime().clock.now()):
        return HttpResponse("No such link.", status=404, content_type="text/plain")
    return _send(rows[0][0], found["file"])
