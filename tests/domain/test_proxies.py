"""Whether an address goes through a proxy, as kubectl, Flux and docker would decide it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from fluxtui.domain.proxies import bare, environment_proxy, is_loopback_url, with_scheme

PROXY = "http://proxy.example.com:3128"


def through(address: str, **environ: str) -> str:
    return environment_proxy(address, environ)


def exempt(address: str, no_proxy: str) -> bool:
    """Whether NO_PROXY keeps this address away from a proxy that is there for all."""
    environ = {"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "NO_PROXY": no_proxy}
    return environment_proxy(address, environ) == ""


def test_each_scheme_has_its_variable_and_upper_case_comes_first() -> None:
    both = {"HTTPS_PROXY": "http://s:1", "HTTP_PROXY": "http://p:1"}
    assert through("https://api.example.com", **both) == "http://s:1"
    assert through("http://api.example.com", **both) == "http://p:1"
    assert through("https://api.example.com", HTTP_PROXY=PROXY) == ""
    assert through("https://api.example.com", https_proxy=PROXY) == PROXY
    assert through("https://a.example.com", HTTPS_PROXY="http://u:1", https_proxy=PROXY) == (
        "http://u:1"
    )
    assert through("https://a.example.com", HTTPS_PROXY="", https_proxy=PROXY) == PROXY


def test_a_variable_for_any_scheme_serves_when_the_own_is_empty() -> None:
    address, every = "https://r.example.com", {"ALL_PROXY": "socks5://all:1"}
    assert environment_proxy(address, every, others="ALL_PROXY") == "socks5://all:1"
    assert environment_proxy(address, every) == "", "nobody asked for it"
    own = {**every, "HTTPS_PROXY": PROXY}
    assert environment_proxy(address, own, others="ALL_PROXY") == PROXY


def test_a_proxy_without_a_scheme_is_an_http_proxy() -> None:
    assert through("http://a.example.com", HTTP_PROXY="proxy:8080") == "http://proxy:8080"
    assert with_scheme("socks5://proxy:1") == "socks5://proxy:1"


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://localhost:6443", True),
        ("https://localhost./", True),
        ("https://kind.localhost", True),
        ("https://127.0.0.1:6443", True),
        ("https://127.8.8.8", True),
        ("https://[::1]:6443", True),
        ("https://[::ffff:127.0.0.1]", True),
        ("https://notlocalhost", False),
        ("https://localhost.example.com", False),
        ("https://10.0.0.1", False),
        ("/no/host", False),
    ],
)
def test_this_machine_is_never_asked_through_a_proxy(address: str, own: bool) -> None:
    assert is_loopback_url(address) is own
    assert (through(address, HTTPS_PROXY=PROXY, HTTP_PROXY=PROXY) == "") is (
        own or address == "/no/host"
    )


@pytest.mark.parametrize(
    ("no_proxy", "address", "direct"),
    [
        ("*", "https://api.example.com", True),
        ("", "https://api.example.com", False),
        (" , ", "https://api.example.com", False),
        ("other.org, example.com", "https://api.example.com", True),
        ("EXAMPLE.com", "https://example.com", True),
        ("example.com", "https://badexample.com", False),
        (".example.com", "https://api.example.com", True),
        (".example.com", "https://example.com", False),
        ("*.example.com", "https://api.example.com", True),
        ("*.example.com", "https://example.com", False),
        ("*ample.com", "https://example.com", False),
        ("bücher.example", "https://xn--bcher-kva.example", True),
        ("xn--bcher-kva.example", "https://bücher.example", True),
        ("a..ü", "https://api.example.com", False),
    ],
)
def test_a_domain_covers_itself_and_what_is_below_it(
    no_proxy: str, address: str, direct: bool
) -> None:
    assert exempt(address, no_proxy) is direct


@pytest.mark.parametrize(
    ("no_proxy", "address", "direct"),
    [
        ("example.com:443", "https://example.com", True),
        ("example.com:8443", "https://example.com", False),
        ("example.com:8443", "https://example.com:8443", True),
        ("example.com:80", "http://example.com", True),
        ("example.com:80", "other://example.com", True),
        ("example.com:1080", "socks5://example.com", True),
        (":443", "https://example.com", False),
        ("example.com:", "https://example.com", True),
        ("[fd00::1]:443", "https://[fd00::1]", True),
        ("[fd00::1]:80", "https://[fd00::1]", False),
        ("[fd00::1]", "https://[fd00::1]", True),
    ],
)
def test_an_entry_may_be_for_one_port(no_proxy: str, address: str, direct: bool) -> None:
    assert exempt(address, no_proxy) is direct


@pytest.mark.parametrize(
    ("no_proxy", "address", "direct"),
    [
        ("10.0.0.1", "https://10.0.0.1", True),
        ("10.0.0.1", "https://10.0.0.2", False),
        ("10.0.0.0/8", "https://10.9.9.9", True),
        ("10.0.0.7/8", "https://10.9.9.9", True),
        ("10.0.0.0/8", "https://11.0.0.1", False),
        ("10.0.0.0/8", "https://api.example.com", False),
        ("10.0.0.0/99", "https://10.0.0.1", False),
        ("fd00::1", "https://[fd00::1]", True),
        ("::ffff:10.0.0.1", "https://10.0.0.1", True),
        ("1", "https://10.0.0.1", False),
        (".0.0.1", "https://10.0.0.1", False),
        ("10.0.0.1", "https://a.10.0.0.1.example.com", False),
    ],
)
def test_addresses_are_covered_as_addresses_and_networks(
    no_proxy: str, address: str, direct: bool
) -> None:
    assert exempt(address, no_proxy) is direct


def test_a_proxy_is_named_without_its_password() -> None:
    assert bare(urlsplit("http://me:p@w@proxy:3128/")) == "proxy:3128"
