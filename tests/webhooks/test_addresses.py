"""Where webhooks may go, and where not."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from apps.core.outbound.addresses import (
    Target,
    UnknownHost,
    UnsafeAddress,
    judge_address,
    parse_url,
    resolve,
)


class TestParse:
    @pytest.mark.parametrize(
        ("url", "host", "port", "path"),
        [
            ("https://example.com", "example.com", 443, "/"),
            ("https://example.com:8443/hook?a=b", "example.com", 8443, "/hook?a=b"),
            ("https://MÜNCHEN.de/x", "xn--mnchen-3ya.de", 443, "/x"),
            ("https://1.1.1.1/x", "1.1.1.1", 443, "/x"),
            ("https://example.com./x", "example.com", 443, "/x"),
        ],
    )
    def test_takes_apart_what_is_public(self, url: str, host: str, port: int, path: str) -> None:
        assert parse_url(url, is_local_allowed=False) == Target(True, host, port, path)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "nonsense",
            "http://example.com/",
            "ftp://example.com/",
            "https:///hook",
            "https://user:secret@example.com/",
            "https://user@example.com/",
            "https://exa mple.com/",
            "https://example.com/\r\nx: y",
            "https://exa—mple.com/",
            "https://-a.example.com/",
            "https://a..example.com/",
            "https://example.com:99999/",
            "https://localhost/",
            "https://foo.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://10.0.0.5/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://" + "a" * 64 + ".com/",
            "https://example.com/" + "a" * 2083,
        ],
    )
    def test_refuses_the_rest(self, url: str) -> None:
        with pytest.raises(UnsafeAddress):
            parse_url(url, is_local_allowed=False)

    @pytest.mark.parametrize(
        "url", ["http://localhost:8000/", "http://127.0.0.1/", "https://[::1]:3000/hook"]
    )
    def test_allows_loopback_in_the_sandbox_alone(self, url: str) -> None:
        assert parse_url(url, is_local_allowed=True).host
        with pytest.raises(UnsafeAddress):
            parse_url(url, is_local_allowed=False)

    @pytest.mark.parametrize("url", ["http://example.com/", "https://10.0.0.5/", "http://0.0.0.0/"])
    def test_allows_nothing_else_in_the_sandbox(self, url: str) -> None:
        with pytest.raises(UnsafeAddress):
            parse_url(url, is_local_allowed=True)

    def test_names_the_host_as_a_server_wants_it(self) -> None:
        names = ("https://example.com/", "https://example.com:8443/", "http://[::1]:3000/")
        found = [parse_url(url, is_local_allowed=True).authority for url in names]
        assert found == ["example.com", "example.com:8443", "[::1]:3000"]


class TestResolve:
    """The answers of a name server are given; what is made of them is ours."""

    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        found: list[str] = []

        def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
            if not found:
                raise socket.gaierror(-2, "Name or service not known")
            return [(2, 1, 6, "", (address, 443)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return found

    target = Target(True, "rebind.example.com", 443, "/")

    def test_gives_the_first_address(self, answers: list[str]) -> None:
        answers += ["1.1.1.1", "1.0.0.1"]
        assert resolve(self.target, is_local_allowed=False) == "1.1.1.1"

    @pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "fe80::1%eth0"])
    def test_refuses_a_public_name_with_one_address_inside(
        self, answers: list[str], inside: str
    ) -> None:
        answers += ["1.1.1.1", inside]
        with pytest.raises(UnsafeAddress, match="private network"):
            resolve(self.target, is_local_allowed=False)

    def test_says_that_a_host_is_unknown(self, answers: list[str]) -> None:
        with pytest.raises(UnknownHost, match="not found"):
            resolve(self.target, is_local_allowed=False)


def test_loopback_is_told_apart() -> None:
    assert judge_address(ip_address("127.0.0.1"), is_local_allowed=True)
    assert not judge_address(ip_address("1.1.1.1"), is_local_allowed=True)
