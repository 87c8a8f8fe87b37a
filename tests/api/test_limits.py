"""Counting requests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis

from apps.api import limits
from apps.api.errors import RateLimited


@pytest.fixture
def who() -> str:
    return uuid4().hex


@pytest.fixture
def unreachable(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.REDIS_URL = f"unix://{tmp_path / 'nobody.sock'}"
    limits._script.cache_clear()
    yield
    limits._script.cache_clear()


class TestRequireWithin:
    def test_counts_in_every_window(self, who: str) -> None:
        rules = [(2, 60), (100, 3600)]
        for _ in range(2):
            limits.require_within("test", who, rules)

        with pytest.raises(RateLimited) as refusal:
            limits.require_within("test", who, rules)

        assert 1 <= refusal.value.retry_after <= 60

    def test_opens_again(self, who: str) -> None:
        limits.require_within("test", who, [(1, 1)])
        with pytest.raises(RateLimited):
            limits.require_within("test", who, [(1, 1)])
        time.sleep(1.1)

        limits.require_within("test", who, [(1, 1)])

    def test_blocks_for_longer(self, who: str) -> None:
        limits.require_within("test", who, [(1, 1)], block_seconds=30)
        with pytest.raises(RateLimited) as refusal:
            limits.require_within("test", who, [(1, 1)], block_seconds=30)
        assert refusal.value.retry_after == 30
        time.sleep(1.1)

        with pytest.raises(RateLimited):
            limits.require_within("test", who, [(1, 1)], block_seconds=30)

    def test_goes_on_when_valkey_has_forgotten_the_script(self, who: str) -> None:
        limits._script().sha = "0" * 40

        limits.require_within("test", who, [(1, 60)])
        with pytest.raises(RateLimited):
            limits.require_within("test", who, [(1, 60)])

    def test_keeps_zones_and_callers_apart(self, who: str) -> None:
        limits.require_within("test", who, [(1, 60)])

        limits.require_within("other", who, [(1, 60)])
        limits.require_within("test", f"{who}2", [(1, 60)])

    def test_lets_pass_when_nobody_counts(self, unreachable: None, who: str) -> None:
        with pytest.raises(redis.ConnectionError):
            limits._script()(keys=["x"], args=[1, 1, 0])

        for _ in range(3):
            limits.require_within("test", who, [(1, 60)])
