"""What may not leave is taken out; what is needed to understand a log stays."""

from __future__ import annotations

import io
import logging
import logging.config
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.conf import settings

from apps.core.scrubbing import SCRUBBED, scrub, scrub_text


class TestText:
    @pytest.mark.parametrize(
        "secret",
        [
            "ada@example.com",
            "ada%40example.com",
            "ada+tag@mail.example.co.uk",
            "polar_oat_AbCd1234efgh",
            "sk_test_sandbox",
            "whsec_c2VjcmV0c2VjcmV0",
            "polar_c_AbCdEf123456",
            "pi_3Nx_secret_k2LmN",
            "Bearer abcdefghij1234",
            "4242 4242 4242 4242",
            "4242424242424242",
            "378282246310005",
            "203.0.113.77",
            "2001:db8::8a2e:370:7334",
            "eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl",
        ],
    )
    def test_is_cleaned_of(self, secret: str) -> None:
        assert scrub_text(f"before {secret}, after") == f"before {SCRUBBED}, after"
        assert secret not in scrub_text(f"refused: {{'to': '{secret}'}}")

    @pytest.mark.parametrize(
        "plain",
        [
            "order 0199d3f1-9c7a-7d2e-9f9b-1234567890ab was paid",
            "2026-11-25T21:30:10.123456Z",
            "127.0.0.1:8000 and ::1",
            "took 12345 ms, 1000000 minor units",
            "pi_3NxAbCdEf was captured",
            "version 5.2.19 of python 3.11",
            "GET /v1/products/?page=1&limit=100",
            "1234567890123456",
            "Mon 21:07:38",
        ],
    )
    def test_keeps(self, plain: str) -> None:
        assert scrub_text(plain) == plain

    def test_hides_the_password_of_an_address(self) -> None:
        text = scrub_text("postgresql://app:hunter2@db.internal/comptroller")
        assert "hunter2" not in text


class TestFields:
    @pytest.mark.parametrize(
        "name",
        [
            "email",
            "customer_email",
            "Authorization",
            "Set-Cookie",
            "X-Forwarded-For",
            "billing_name",
            "client_secret",
            "access_token",
            "http.user_agent",
            "card_number",
        ],
    )
    def test_are_dropped_by_name(self, name: str) -> None:
        assert scrub({name: "anything"}) == {name: SCRUBBED}

    def test_keep_their_shape(self) -> None:
        key = uuid4()
        found = scrub({"a": [{"email": "", "n": 1, "ok": True}], "key": key, "none": None})
        assert found == {"a": [{"email": "", "n": 1, "ok": True}], "key": str(key), "none": None}

    def test_end_somewhere(self) -> None:
        deep: dict[str, Any] = {}
        deep["again"] = deep
        assert SCRUBBED in str(scrub(deep))


class TestLogs:
    @pytest.fixture
    def printed(self) -> Any:
        """What the formatter of the settings prints."""
        facts = settings.LOGGING["formatters"]["structured"]
        options = {name: value for name, value in facts.items() if name != "()"}
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(facts["()"](**options))
        logger = logging.getLogger("probe")
        logger.addHandler(handler)
        logger.propagate = False
        yield stream
        logger.removeHandler(handler)
        logger.propagate = True

    def test_of_libraries_are_cleaned_with_their_tracebacks(self, printed: io.StringIO) -> None:
        try:
            raise ValueError("no mail for ada@example.com")
        except ValueError:
            logging.getLogger("probe").exception("failed for %s", "bob@example.com")

        text = printed.getvalue()
        assert "failed for" in text and "ValueError" in text
        assert "ada@" not in text and "bob@" not in text

    def test_of_ours_are_cleaned(self, printed: io.StringIO) -> None:
        log = structlog.get_logger("probe")
        log.warning("refused", detail="carol@example.com", email="x", order="0199d3f1")

        text = printed.getvalue()
        assert "refused" in text and "0199d3f1" in text
        assert "carol" not in text
