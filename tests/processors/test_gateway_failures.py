"""A processor that fails or cannot be understood: what is known of the outcome then."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, ProcessorUnavailable
from tests.processors.paying import a_customer, a_key, a_token, pay, point_at, sim
from tests.support.stripesim import StripeSim, free_port, stripesim

__all__ = ["sim", "stripesim"]


class TestAProcessorThatFails:
    @pytest.fixture(autouse=True)
    def mend(self, sim: StripeSim) -> Any:
        yield
        sim.control("faults", method="DELETE")

    def fault(self, sim: StripeSim, kind: str, count: int) -> None:
        rule = {"method": "POST", "path": "/v1/payment_intents", "count": count, "kind": kind}
        sim.control("faults", rule)

    def facts(self, sim: StripeSim) -> dict[str, Any]:
        return {
            "key": a_key(),
            "customer_id": a_customer(),
            "confirmation_token": a_token(sim),
        }

    def intents(self, sim: StripeSim, facts: dict[str, Any]) -> list[Any]:
        return list(sim.client().v1.payment_intents.list({"customer": facts["customer_id"]}).data)

    @pytest.mark.parametrize("kind", ["500", "503", "drop_before", "drop_after"])
    def test_is_asked_again_with_the_same_key(self, sim: StripeSim, kind: str) -> None:
        facts = self.facts(sim)
        self.fault(sim, kind, count=1)
        assert pay(sim, **facts).status == "succeeded"
        assert len(self.intents(sim, facts)) == 1

    def test_leaves_the_outcome_unknown_when_every_answer_is_lost(
        self, sim: StripeSim, settings: Any
    ) -> None:
        settings.STRIPE_MAX_RETRIES = 0
        facts = self.facts(sim)
        self.fault(sim, "drop_after", count=1)
        with pytest.raises(OutcomeUnknown):
            pay(sim, **facts)
        assert len(self.intents(sim, facts)) == 1
        assert pay(sim, **facts).status == "succeeded", "the same key tells what happened"
        assert len(self.intents(sim, facts)) == 1

    def test_did_nothing_when_it_turns_us_away(self, sim: StripeSim) -> None:
        facts = self.facts(sim)
        self.fault(sim, "429", count=1)
        with pytest.raises(ProcessorUnavailable):
            pay(sim, **facts)
        assert self.intents(sim, facts) == []

    def test_did_nothing_when_it_is_not_there(self, sim: StripeSim, settings: Any) -> None:
        facts = self.facts(sim)
        point_at(f"http://127.0.0.1:{free_port()}", settings)
        settings.STRIPE_MAX_RETRIES = 0
        with pytest.raises(ProcessorUnavailable):
            pay(sim, **facts)

    def test_keeps_a_reader_waiting_no_longer_than_agreed(
        self, sim: StripeSim, settings: Any
    ) -> None:
        settings.STRIPE_TIMEOUT_SECONDS = 1
        settings.STRIPE_MAX_RETRIES = 0
        rule = {"method": "GET", "path": "/v1/charges/*", "count": 1, "kind": "delay", "seconds": 3}
        sim.control("faults", rule)
        with pytest.raises(ProcessorUnavailable):
            gateway.read_charge("ch_any")


class Garbler(BaseHTTPRequestHandler):
    """A processor, or something on the way to it, whose answers cannot be read."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"<html")

    def log_message(self, *args: object) -> None:
        """Nothing to say."""


class TestAnAnswerThatCannotBeRead:
    def test_leaves_the_outcome_unknown(self, settings: Any) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Garbler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            point_at(f"http://127.0.0.1:{server.server_port}", settings)
            with pytest.raises(OutcomeUnknown):
                a_customer()
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
