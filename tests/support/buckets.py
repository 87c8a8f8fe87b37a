"""A small server that speaks as S3 does about uploads in parts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

XML = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Bucket:
    """Objects by key, and uploads that are under way: their parts by number."""

    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    url: str = ""

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[int, str, bytes]:
        """Status, ETag and content."""
        key = unquote(path).split("/", 2)[2]
        upload = query.get("uploadId", [""])[0]
        if method == "POST" and "uploads" in query:
            name = f"upload-{len(self.uploads) + 1}"
            self.uploads[name] = {}
            return 200, "", _xml("InitiateMultipartUploadResult", UploadId=name, Key=key)
        if method == "PUT" and upload:
            self.uploads[upload][int(query["partNumber"][0])] = body
            return 200, _tag(body), b""
        if method == "POST" and upload:
            return self._complete(key, upload, body.decode())
        if method == "DELETE":
            self.uploads.pop(upload, None)
            self.objects.pop(key, None)
            return 204, "", b""
        if key not in self.objects:
            return 404, "", b""
        return 200, _tag(self.objects[key]), self.objects[key]

    def _complete(self, key: str, upload: str, asked: str) -> tuple[int, str, bytes]:
        parts = self.uploads[upload]
        numbers = [int(number) for number in re.findall(r"<PartNumber>(\d+)<", asked)]
        tags = [tag.strip('"') for tag in re.findall(r"<ETag>(.+?)<", asked)]
        wanted = [_tag(parts.get(number, b"?")) for number in numbers]
        if [tag.replace("&quot;", "").strip('"') for tag in tags] != wanted:
            return 400, "", _xml("Error", Code="InvalidPart", Message="A part is not there.")
        self.objects[key] = b"".join(parts[number] for number in sorted(parts))
        del self.uploads[upload]
        return 200, "", _xml("CompleteMultipartUploadResult", Key=key, ETag="whole")


@contextmanager
def serving_bucket() -> Iterator[Bucket]:
    """A running bucket on a free port."""
    bucket = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            address = urlsplit(self.path)
            query = parse_qs(address.query, keep_blank_values=True)
            status, tag, content = bucket.answer(self.command, address.path, query, body)
            self.send_response(status)
            if tag:
                self.send_header("ETag", f'"{tag}"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _tag(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()


def _xml(name: str, **values: str) -> bytes:
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items())
    space = "" if name == "Error" else f' xmlns="{XML}"'
    return f'<?xml version="1.0"?><{name}{space}>{inner}</{name}>'.encode()
