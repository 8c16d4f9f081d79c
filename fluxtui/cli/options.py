"""The flags that every verb shares, as a value; parsing them is `arguments`' work."""

from __future__ import annotations

from fluxtui.domain.config import Overrides
from fluxtui.kit.values import frozen


@frozen
class Options:
    """Flags that override the configuration. Empty means "not given"."""

    config: str = ""
    kubeconfig: str = ""
    contexts: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    all_namespaces: bool = False
    mirrors: tuple[str, ...] = ()
    read_only: bool = False
    slow: bool = False
    theme: str = ""
    overrides: Overrides = Overrides()
