"""What is known of something that was to be read, and if it is not, why: a value, not a sentence.

Every text about a cluster or a registry derives from one of these, so that what is not known can
not take the words of what is. Values only; `domain.known` makes them from a Snapshot.
"""

from __future__ import annotations

import enum

from fluxtui.domain.errors import (
    ClusterError,
    ConfigError,
    FluxtuiError,
    Throttled,
    Unauthorized,
    Unreachable,
)
from fluxtui.kit.values import frozen


class Knowing(enum.IntEnum):
    """How well something is known, worst last."""

    KNOWN = 0
    CONNECTING = 1
    LISTING = 2
    STALE = 3
    ABSENT = 4
    FORBIDDEN = 5
    UNREACHABLE = 6


class FeedState(enum.StrEnum):
    """How a list+watch of one kind in one Environment is doing."""

    STARTING = "starting"
    LIVE = "live"
    RETRYING = "retrying"
    FORBIDDEN = "forbidden"
    ABSENT = "absent"


class Trouble(enum.StrEnum):
    """What stands between us and an API; each has its own sentence and way out."""

    NONE = ""
    REFUSED = "refused"
    NAME = "name"
    TIMEOUT = "timeout"
    ROUTE = "route"
    CUT = "cut"
    TLS = "tls"
    PROXY = "proxy"
    CREDENTIALS = "credentials"
    CONFIG = "config"
    THROTTLED = "throttled"
    SERVER = "server"
    FOREIGN = "foreign"
    OTHER = "other"


# Trouble -> (a word for a narrow place, what it says of a place, what to do).
_WORDS: dict[Trouble, tuple[str, str, str]] = {
    Trouble.NONE: ("unreachable", "cannot be reached", "look whether the API runs"),
    Trouble.REFUSED: ("refused", "refuses the connection", "check that the API is up"),
    Trouble.NAME: ("no such host", "is not found by name", "mend the server's name, or the DNS"),
    Trouble.TIMEOUT: ("no answer", "does not answer in time", "check VPN, firewall and address"),
    Trouble.ROUTE: ("no route", "has no route to it", "check VPN and network"),
    Trouble.CUT: ("cut off", "breaks the connection off", "check what stands in between"),
    Trouble.TLS: ("TLS error", "is not trusted", "mend certificate-authority or the server's name"),
    Trouble.PROXY: ("proxy", "cannot be reached through the proxy", "check proxy-url, HTTPS_PROXY"),
    Trouble.CREDENTIALS: ("not signed in", "does not take the credentials", "sign in again"),
    Trouble.CONFIG: ("kubeconfig", "has a kubeconfig that cannot be used", "mend the kubeconfig"),
    Trouble.THROTTLED: ("throttled", "asks us to slow down", "it is asked again by itself"),
    Trouble.SERVER: ("API error", "answers with errors", "look at the API server's log"),
    Trouble.FOREIGN: ("no API", "is no Kubernetes API", "mend server in the kubeconfig"),
    Trouble.OTHER: ("unreachable", "cannot be read", "see the reason"),
}

WORDS: dict[str, str] = {
    "stale": "what is shown of it is as last seen",
    "not read": "nothing of it could be read",
    "no Flux CRDs": "nothing can be delivered there by Flux",
    "forbidden": "its API does not let us read it",
    **{word: f"{says}; {todo}" for word, says, todo in _WORDS.values()},
}
"""What may be said in a narrow place of what is not known -> what that means."""


@frozen
class Knowledge:
    """What is known of one thing.

    `why`: the reason in the words of who gave it; `since`: epoch seconds (0: not noted); `seen`:
    something of it was seen before, which may be shown as last seen.
    """

    state: Knowing = Knowing.KNOWN
    why: str = ""
    next: str = ""
    since: float = 0.0
    trouble: Trouble = Trouble.NONE
    seen: bool = False

    @property
    def known(self) -> bool:
        """Whether it may be told as it is."""
        return self.state is Knowing.KNOWN

    @property
    def pending(self) -> bool:
        """Whether nothing is wrong: it is only not read yet."""
        return self.state in (Knowing.CONNECTING, Knowing.LISTING)

    @property
    def word(self) -> str:
        """One or two words for a narrow place; "" when it is known."""
        if self.state is Knowing.UNREACHABLE:
            return _WORDS[self.trouble][0]
        return {
            Knowing.KNOWN: "",
            Knowing.CONNECTING: "connecting",
            Knowing.LISTING: "listing",
            Knowing.STALE: "stale" if self.seen else "not read",
            Knowing.ABSENT: "no Flux CRDs",
            Knowing.FORBIDDEN: "forbidden",
        }[self.state]

    @property
    def clause(self) -> str:
        """What stands behind a name: `refuses the connection: ...`."""
        says = {
            Knowing.KNOWN: "is known",
            Knowing.CONNECTING: "is being connected to: nothing of it is known yet",
            Knowing.LISTING: "is being listed: not all of it is known yet",
            Knowing.STALE: "is not live" if self.seen else "cannot be read",
            Knowing.ABSENT: "has no Flux CRDs: nothing can be delivered there by Flux",
            Knowing.FORBIDDEN: "may not be read",
            Knowing.UNREACHABLE: _WORDS[self.trouble][1],
        }[self.state]
        return f"{says}: {self.why}" if self.why else says

    @property
    def reason(self) -> str:
        """Why, for a line that has the name already: `connection refused by 127.0.0.1:6443`."""
        return self.why or self.word

    @property
    def step(self) -> str:
        """What to do next; "" when nothing is to be done."""
        if self.next or self.state in (Knowing.KNOWN, Knowing.CONNECTING, Knowing.LISTING):
            return self.next
        if self.state is Knowing.UNREACHABLE:
            return _WORDS[self.trouble][2]
        return {
            Knowing.ABSENT: "install Flux, or `fluxtui apply` its CRDs",
            Knowing.FORBIDDEN: "ask for list and watch on it",
        }.get(self.state, "it is tried again by itself")


KNOWN = Knowledge()


def trouble_of(error: FluxtuiError) -> Trouble:
    """What an error of an API stands for. The transport names its own in `reason`."""
    if isinstance(error, Unauthorized):
        return Trouble.CREDENTIALS
    if isinstance(error, ConfigError):
        return Trouble.CONFIG
    if isinstance(error, Throttled):
        return Trouble.THROTTLED
    if isinstance(error, ClusterError) and error.reason == Trouble.FOREIGN:
        return Trouble.FOREIGN
    if isinstance(error, Unreachable) and error.reason in set(Trouble):
        return Trouble(error.reason)
    if isinstance(error, ClusterError) and error.status >= 400:
        return Trouble.SERVER
    return Trouble.OTHER
