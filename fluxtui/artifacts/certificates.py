"""Whom to trust and as whom to appear over TLS: CA files of the settings, docker's `certs.d`.

docker, podman and their kin keep `certs.d/<host[:port]>/` with `*.crt` (authorities) and pairs of
`*.cert` and `*.key` (who we are); what works there works here. Authorities are added to the
system's, they never replace them (docs/flux.md#certificates).
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Mapping
from pathlib import Path

from fluxtui.artifacts.settings import RegistrySettings
from fluxtui.domain.errors import ConfigError
from fluxtui.kit.records import NamedTuple

_SYSTEM = (Path("/etc/docker/certs.d"), Path("/etc/containers/certs.d"))


class Certificates(NamedTuple):
    """Files: authorities to trust besides the system's, (certificate, key) pairs to show."""

    authorities: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.authorities or self.pairs)

    @property
    def of_others(self) -> Certificates:
        """For another host than theirs: a token endpoint or blob store beside it has the same
        private authority more often than not; our own certificate is for this host alone."""
        return Certificates(self.authorities)


def certificates(host: str, settings: RegistrySettings, environ: Mapping[str, str]) -> Certificates:
    """Those for `host[:port]`. Raises ConfigError for a certificate without its key."""
    ca_file = settings.ca_files.get(host, "")
    authorities = [ca_file] if ca_file else []
    pairs: list[tuple[str, str]] = []
    for folder in _folders(environ):
        at = folder / host
        if not at.is_dir():
            continue
        authorities += [str(path) for path in sorted(at.glob("*.crt"))]
        for path in sorted(at.glob("*.cert")):
            key = path.with_suffix(".key")
            if not key.is_file():
                raise ConfigError("has no key beside it", where=str(path), next=f"add {key.name}")
            pairs.append((str(path), str(key)))
    return Certificates(tuple(authorities), tuple(pairs))


@functools.lru_cache(maxsize=32)
def context(certificates: Certificates) -> ssl.SSLContext:
    """Kept, because reading the system's roots costs more than a connection on loopback.

    Raises ConfigError when a file cannot be used.
    """
    tls = ssl.create_default_context()
    for path in certificates.authorities:
        try:
            tls.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"the CA file cannot be used: {error}", where=path, next="name a PEM file"
            ) from error
    for certificate, key in certificates.pairs:
        try:
            # A password would be asked for on the terminal, across the screen.
            tls.load_cert_chain(certificate, key, password="")
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"the client certificate cannot be used: {error}",
                where=certificate,
                next="name a PEM file and its key without a password",
            ) from error
    return tls


def _folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    home = environ.get("HOME")
    if not home:
        return _SYSTEM
    base = environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return tuple(Path(base) / name / "certs.d" for name in ("docker", "containers")) + _SYSTEM
