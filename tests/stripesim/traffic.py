"""An HTTP client for the official library that judges every exchange by Stripe's document."""

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import urlencode, urlsplit

import stripe

from tests.stripesim.contract import Problem, contract, nested


class Judge(stripe.UrllibClient):
    """Passes requests on; keeps the problems and which operations were used and answered 200."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[tuple[str, Problem]] = []
        self.operations: set[tuple[str, str]] = set()

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        body, status, response_headers = super().request(method, url, headers, post_data)
        parts = urlsplit(url)
        encoded = post_data if isinstance(post_data, str) else parts.query
        if isinstance(post_data, bytes):
            encoded = fields(headers["Content-Type"], post_data)
        judge, verb = contract(), method.upper()
        template, _ = judge.operation(verb, parts.path)
        expand = list(nested(encoded).get("expand", {}).values())
        if status == 200:
            self.operations.add((verb, template))
            found = judge.check_request(verb, parts.path, encoded)
        else:
            found = []
        found += judge.check(verb, parts.path, status, json.loads(body), expand=expand)
        name = f"{verb} {parts.path} {status}"
        self.problems += [(name, problem) for problem in found if problem.level != "notice"]
        return body, status, response_headers


def fields(content_type: str, body: bytes) -> str:
    """The parts of an upload as form text; a file stands there by its name."""
    message = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + body
    )
    pairs = [
        (part.get_param("name", header="content-disposition"),
         part.get_filename() or part.get_content().strip())
        for part in message.iter_parts()
    ]  # fmt: skip
    return urlencode(pairs)
