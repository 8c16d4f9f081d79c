"""Messages that differ only in what every try differs in say the same; others do not."""

from __future__ import annotations

import pytest

from fluxtui.domain.echoes import essence

SHA = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("failed after 58ms: no", "failed after 1m2.5s: no"),
        ("attempt 2/5 failed", "attempt 3/5 failed"),
        ("6 restarts, exit code 1", "17 restarts, exit code 1"),
        ("at 2026-11-23T10:00:10Z: x", "at 2026-11-23T10:00:10.9+02:00: x"),
        ("2026/11/23 10:00:00 x", "2026/11/24 11:10:00.5 x"),
        (f"pulling {SHA}", f"pulling {SHA.replace('0', '7')}"),
        ("commit 8d20f6b1 is bad", "commit 12e3456 is bad"),
        ("pod=web-7d4f8b9c6d-x7k2p_ns", "pod=web-6c9d5f7b8-bq4zt_ns"),
        (
            "read tcp 10.1.2.3:45678->10.0.0.1:443: EOF",
            "read tcp 10.1.2.3:51234->10.0.0.1:443: EOF",
        ),
        ("id 0b0a5a3e-1111-2222-3333-444455556666", "id 1c1b5a3e-1111-2222-3333-444455556667"),
    ],
)
def test_the_same_trouble_again(one: str, other: str) -> None:
    assert one != other
    assert essence(one) == essence(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("exit code 1", "exit code 137"),
        ("v1.4.2: HealthCheckFailed", "v1.5.0: HealthCheckFailed"),
        ("image deploy-0043 not found", "image deploy-0044 not found"),
        ("Deployment/apps/web failed", "Deployment/apps/api failed"),
        ("1/3 ready", "2/3 ready"),
        ("port 8080", "port 9090"),
    ],
)
def test_another_trouble(one: str, other: str) -> None:
    assert essence(one) != essence(other)
