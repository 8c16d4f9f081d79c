"""Names of things in an OCI registry, read as Flux reads them.

A pure value: parsing raises UsageError with the reason, and nothing here resolves, lists or
connects. Rules: docs/flux.md#reference.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace

from fluxtui.domain.errors import UsageError
from fluxtui.kit.values import frozen

_REPOSITORY = re.compile(r"^[a-z0-9_\-./]{1,255}$")
_TAG = re.compile(r"^[A-Za-z0-9_\-.]{1,128}$")
_DIGEST = re.compile(r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$")
_DOCKER_HUB = "index.docker.io"


@frozen
class Reference:
    """`registry/repository[:tag][@digest]`; tag and digest are empty when not given."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read `[oci://]host[:port]/a/b[:tag][@sha256:..]`. Raises UsageError with the reason."""
        address = text.strip().removeprefix("oci://")
        if "://" in address:
            raise _wrong(text, "the scheme must be oci://")
        address, at, digest = address.partition("@")
        if at and not is_digest(digest):
            raise _wrong(text, f"{digest!r} is not a digest (sha256: and 64 hex digits)")
        slash, colon = address.rfind("/"), address.rfind(":")
        tag = ""
        if colon > slash:
            address, tag = address[:colon], address[colon + 1 :]
            if not is_tag(tag):
                raise _wrong(text, f"{tag!r} is not a tag (1-128 of A-Za-z0-9_-.)")
        registry, repository = _split(address)
        if not _REPOSITORY.match(repository) or any(
            part in {"", ".", ".."} for part in repository.split("/")
        ):
            raise _wrong(text, f"{repository!r} is not a repository (1-255 of a-z0-9_-./)")
        if not _host_is_sound(registry):
            raise _wrong(text, f"{registry!r} is not a registry host")
        return cls(registry, repository, tag, digest)

    @property
    def url(self) -> str:
        """`oci://host/a/b`, without tag and digest."""
        return f"oci://{self.registry}/{self.repository}"

    @property
    def target(self) -> str:
        """What a manifest is asked for by: the digest, else the tag, else `latest`."""
        return self.digest or self.tag or "latest"

    def with_tag(self, tag: str) -> Reference:
        """The same repository at `tag`. Raises UsageError when `tag` is not one."""
        if not is_tag(tag):
            raise _wrong(tag, "a tag is 1-128 of A-Za-z0-9_-.")
        return replace(self, tag=tag, digest="")

    def with_digest(self, digest: str) -> Reference:
        """The same repository at `digest`. Raises UsageError when `digest` is not one."""
        if not is_digest(digest):
            raise _wrong(digest, "a digest is sha256: and 64 hex digits")
        return replace(self, tag="", digest=digest)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.url}{tag}{digest}"


def is_tag(text: str) -> bool:
    """True for what Flux takes as a tag."""
    return bool(_TAG.match(text))


def is_digest(text: str) -> bool:
    """True for `sha256:<64 hex>` (or sha512)."""
    return bool(_DIGEST.match(text))


def is_loopback(host: str) -> bool:
    """True when `host[:port]` can only be this machine."""
    name = host_name(host)
    if name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost"):
        return True
    if not _may_be_address(name):
        return False
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def flux_speaks_http(host: str) -> bool:
    """True when Flux's registry library takes plain HTTP for `host[:port]` unasked."""
    name = host_name(host)
    if host.startswith("localhost:") or name.endswith(".localhost"):
        return True
    if name in {"127.0.0.1", "::1"}:
        return True
    if not _may_be_address(name):
        return False
    try:
        address = ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return any(address in ipaddress.IPv4Network(net) for net in _RFC1918)


_RFC1918 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def _may_be_address(name: str) -> bool:
    """False for most names: no module is read to hear that they are no number."""
    return ":" in name or name[-1:].isdigit()


def host_name(host: str) -> str:
    """`host[:port]` without the port and, for IPv6, without the brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _split(address: str) -> tuple[str, str]:
    first, slash, repository = address.partition("/")
    if not (first == "localhost" or "." in first or ":" in first):
        first, repository = _DOCKER_HUB, address
    elif not slash:
        return first, ""
    if first in {"docker.io", _DOCKER_HUB}:
        first = _DOCKER_HUB
        if "/" not in repository:
            repository = f"library/{repository}"
    return first, repository


def _host_is_sound(host: str) -> bool:
    if host.startswith("["):
        return re.fullmatch(r"\[[0-9a-fA-F:.]+\](:\d{1,5})?", host) is not None
    return re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.\-_]*[A-Za-z0-9])?(:\d{1,5})?", host) is not None


def _wrong(text: str, why: str) -> UsageError:
    return UsageError(
        f"not an artifact reference: {why}",
        where=repr(text),
        next="write oci://host[:port]/path[:tag][@sha256:...]",
    )
