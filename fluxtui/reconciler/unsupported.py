"""Fields that Flux knows and this Reconciler does not carry out: named, never ignored.

An object that sets one is Stalled with the text given here, because doing half of what somebody
asked for (a signature not verified, a cluster not the one meant) is worse than doing nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.reconciler.objects import mapping

_SOURCE = ("certSecretRef", "proxySecretRef", "verify")
_GIT = ("proxySecretRef", "recurseSubmodules", "verify")
_KUSTOMIZATION = ("decryption", "serviceAccountName", "ignore")


def unsupported_in_source(spec: Mapping[str, Any]) -> str:
    """What an OCIRepository asks for in vain, '' when nothing."""
    return _provider(spec) or _first(spec, _SOURCE)


def unsupported_in_git(spec: Mapping[str, Any]) -> str:
    """What a GitRepository asks for in vain, '' when nothing."""
    if str(spec.get("url")).startswith("ssh://"):
        return _sentence(
            "spec.url with ssh", "use http or https, or let Flux reconcile this object"
        )
    return _provider(spec) or _first(spec, _GIT)


def _provider(spec: Mapping[str, Any]) -> str:
    provider = spec.get("provider")
    if provider in (None, "", "generic"):
        return ""
    return _sentence(f"spec.provider: {provider}", "use provider generic with a secretRef")


def unsupported_in_kustomization(spec: Mapping[str, Any]) -> str:
    """What a Kustomization asks for in vain, '' when nothing."""
    kind = mapping(spec.get("sourceRef")).get("kind")
    if kind not in ("OCIRepository", "GitRepository"):
        return _sentence(f"spec.sourceRef.kind: {kind}", "use an OCIRepository or a GitRepository")
    if mapping(spec.get("kubeConfig")) and not mapping(spec["kubeConfig"]).get("secretRef"):
        return _sentence("spec.kubeConfig without secretRef", "name a Secret with a kubeconfig")
    return _first(spec, _KUSTOMIZATION)


def _first(spec: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    for field in fields:
        if spec.get(field):
            return _sentence(f"spec.{field}", "remove it, or let Flux reconcile this object")
    return ""


def _sentence(feature: str, then: str) -> str:
    return f"{feature} is not supported by fluxtui's Reconciler; {then}"
