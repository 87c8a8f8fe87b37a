"""Small servers that speak as Discord and GitHub do, and remember what they were asked."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, Any, dict[str, str]]


@dataclass
class Fake:
    """What a service knows, what it was asked, and the answers that come before its own."""

    answer: Callable[[Fake, str, str, Any], Reply]
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    # Users to their roles, or logins to permissions.
    people: dict[str, Any] = field(default_factory=dict)
    invited: dict[int, str] = field(default_factory=dict)
    refusals: list[Reply] = field(default_factory=list)
    # Codes of people who agreed, whom tokens stand for, and the exchanges of one for the other.
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed_in: dict[str, dict[str, Any]] = field(default_factory=dict)
    exchanged: list[dict[str, list[str]]] = field(default_factory=list)
    challenge: str = ""
    url: str = ""


@contextmanager
def serving(answer: Callable[[Fake, str, str, Any], Reply]) -> Iterator[Fake]:
    """A running service on a free port."""
    fake = Fake(answer)

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length).decode()
            is_json = "json" in (self.headers.get("Content-Type") or "")
            body = json.loads(content) if is_json and content else parse_qs(content)
            fake.asked.append(f"{self.command} {self.path}")
            fake.headers.append(dict(self.headers))
            path = urlsplit(self.path).path
            reply = fake.refusals.pop(0) if fake.refusals else None
            status, data, headers = reply or fake.answer(fake, self.command, path, body)
            written = b"" if data is None else json.dumps(data).encode()
            # Without the headers that `send_response` adds: a reply may have a Date of its own.
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(written))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(written)

        do_GET = do_PUT = do_POST = do_DELETE = _handle

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def discord(fake: Fake, method: str, path: str, body: Any) -> Reply:
    """Members of a server and their roles, and refreshed tokens."""
    if path == "/oauth2/token":
        return _tokens(fake, body)
    if path == "/users/@me":
        user = fake.signed_in.get(_bearer(fake))
        return (200, user, {}) if user else (401, {"message": "401: Unauthorized"}, {})
    found = re.fullmatch(r"/guilds/(\d+)/members/(\d+)(?:/roles/(\d+))?", path)
    if not found:
        return 404, {"message": "Unknown"}, {}
    guild, user, role = found.groups()
    key = f"{guild}/{user}"
    if method == "PUT" and role is None:
        if key in fake.people:
            return 204, None, {}
        fake.people[key] = list(body["roles"])
        return 201, {"user": {"id": user}}, {}
    if key not in fake.people:
        return 404, {"message": "Unknown Member"}, {}
    if method == "PUT":
        fake.people[key] = sorted({*fake.people[key], role})
    elif role is None:
        del fake.people[key]
    else:
        fake.people[key] = [one for one in fake.people[key] if one != role]
    return 204, None, {}


def github(fake: Fake, method: str, path: str, body: Any) -> Reply:
    """Repositories of `acme` (an organization) and of anyone else, users by number."""
    if path == "/login/oauth/access_token":
        return _github_token(fake, body)
    if path == "/user":
        user = fake.signed_in.get(_bearer(fake))
        return (200, user, {}) if user else (401, {"message": "Bad credentials"}, {})
    if found := re.fullmatch(r"/user/(\d+)", path):
        return 200, {"login": f"user{found[1]}"}, {}
    if found := re.fullmatch(r"/repos/([^/]+)/([^/]+)", path):
        kind = "Organization" if found[1] == "acme" else "User"
        return 200, {"owner": {"type": kind}}, {}
    if found := re.fullmatch(r"/repos/[^/]+/[^/]+/collaborators/([^/]+)", path):
        return _collaborator(fake, method, path.rsplit("/", 2)[0], found[1], body)
    if path.endswith("/invitations"):
        rows = [{"id": one, "invitee": {"login": who}} for one, who in fake.invited.items()]
        return 200, rows, {}
    if found := re.fullmatch(r"/repos/[^/]+/[^/]+/invitations/(\d+)", path):
        return (204 if fake.invited.pop(int(found[1]), None) else 404), None, {}
    return 404, {"message": "Not Found"}, {}


def _tokens(fake: Fake, body: dict[str, list[str]]) -> Reply:
    """Discord's, for a refresh or for a code that somebody was given."""
    if body["grant_type"] == ["refresh_token"]:
        return 200, {"access_token": "new", "refresh_token": "newer", "expires_in": 60}, {}
    user = fake.codes.pop(body["code"][0], None)
    if user is None:
        return 400, {"message": "Invalid code"}, {}
    fake.exchanged.append(body)
    fake.signed_in[f"token-{user['id']}"] = user
    tokens = {"access_token": f"token-{user['id']}", "refresh_token": "again", "expires_in": 600}
    return 200, tokens, {}


def _github_token(fake: Fake, body: dict[str, list[str]]) -> Reply:
    """GitHub's, which refuses with a 200 and checks the verifier of PKCE."""
    user = fake.codes.pop(body["code"][0], None)
    digest = hashlib.sha256(body["code_verifier"][0].encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    if user is None or challenge != fake.challenge:
        return 200, {"error": "bad_verification_code"}, {}
    fake.exchanged.append(body)
    fake.signed_in[f"token-{user['id']}"] = user
    return 200, {"access_token": f"token-{user['id']}"}, {}


def _bearer(fake: Fake) -> str:
    return fake.headers[-1].get("Authorization", "").removeprefix("Bearer ")


def _collaborator(fake: Fake, method: str, repository: str, login: str, body: Any) -> Reply:
    key = f"{repository.removeprefix('/repos/')}/{login}"
    if method == "DELETE":
        return (204 if fake.people.pop(key, None) else 404), None, {}
    if key in fake.people:
        fake.people[key] = body["permission"]
        return 204, None, {}
    number = len(fake.invited) + 1
    fake.invited[number] = login
    return 201, {"id": number}, {}
