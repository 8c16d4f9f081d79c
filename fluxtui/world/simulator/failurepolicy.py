"""A Job's podFailurePolicy: what a failed Pod means for its Job. Pure; rules and texts are those of
Kubernetes' job controller (indexes aside, which the simulator does not run).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.world.simulator.cache import key_of


def verdict(policy: Mapping[str, Any] | None, pod: Json) -> tuple[str, bool]:
    """(why the Job fails at once, or ""; whether the failure counts towards the back-off limit)."""
    for number, rule in enumerate((policy or {}).get("rules") or ()):
        action = str(rule.get("action"))
        found = _matched(rule, pod)
        if not found:
            continue
        if action == "Ignore":
            return "", False
        if action == "FailJob":
            return f"{found} matching {action} rule at index {number}", True
        return "", True
    return "", True


def _matched(rule: Mapping[str, Any], pod: Json) -> str:
    namespace, name = key_of(pod)
    if rule.get("onExitCodes"):
        wanted = rule["onExitCodes"]
        for status in _statuses(pod):
            code = ((status.get("state") or {}).get("terminated") or {}).get("exitCode") or 0
            chosen = wanted.get("containerName") in (None, status["name"])
            fits = (code in (wanted.get("values") or ())) == (wanted.get("operator") == "In")
            if code and chosen and fits:
                where = f"Container {status['name']} for pod {namespace}/{name}"
                return f"{where} failed with exit code {code}"
        return ""
    for condition in (pod.get("status") or {}).get("conditions") or ():
        for pattern in rule.get("onPodConditions") or ():
            same = pattern.get("type") == condition.get("type")
            if same and pattern.get("status", "True") == condition.get("status"):
                return f"Pod {namespace}/{name} has condition {condition['type']}"
    return ""


def _statuses(pod: Json) -> list[Json]:
    status = pod.get("status") or {}
    return [
        *(status.get("containerStatuses") or ()),
        *(status.get("initContainerStatuses") or ()),
    ]
