"""What the user decided about registries, as one value; no look-ups and no defaults from disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from fluxtui.artifacts.reference import flux_speaks_http, is_loopback
from fluxtui.kit.values import frozen


@frozen
class RegistrySettings:
    """`registries:` of the configuration.

    mirrors: host -> host[:port][/prefix] that all its traffic goes to. ca_files: host -> PEM file
    trusted besides the system's. plain_http: hosts that may be spoken to, credentials included,
    without TLS (loopback always may). credentials: host -> (user, password), and docker_config: the
    text of a `config.json`; both before the user's own docker config. timeout: seconds without a
    byte before giving up. read_only: refuse every write.
    """

    mirrors: Mapping[str, str] = field(default_factory=dict)
    ca_files: Mapping[str, str] = field(default_factory=dict)
    plain_http: frozenset[str] = frozenset()
    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    docker_config: str = field(default="", repr=False)
    timeout: float = 30
    read_only: bool = False

    def scheme(self, host: str) -> str:
        """`http` or `https`, as Flux chooses; a host with a CA file speaks TLS."""
        if host in self.ca_files:
            return "https"
        return "http" if host in self.plain_http or flux_speaks_http(host) else "https"

    def may_send_secrets(self, scheme: str, host: str) -> bool:
        """Whether credentials may go to `host` over `scheme`."""
        return scheme == "https" or is_loopback(host) or host in self.plain_http

    def located(self, host: str, repository: str) -> tuple[str, str]:
        """Host and repository that the traffic for `host/repository` really goes to."""
        mirror = self.mirrors.get(host)
        if not mirror:
            return host, repository
        real, _, prefix = mirror.removeprefix("oci://").partition("/")
        prefix = prefix.strip("/")
        return real, f"{prefix}/{repository}" if prefix else repository
