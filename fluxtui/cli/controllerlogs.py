"""`fluxtui logs --controller`: what Flux's own controller wrote about an object.

Flux's controllers log JSON, one object a line; those of one object are picked out and printed as
`flux logs` does. What cannot be read, or where no controller runs, is said and never passed over.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence

from fluxtui.cli.session import connect_to
from fluxtui.cluster.streams import LogOptions
from fluxtui.domain.config import Environment
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.resource import Key

CONTROLLERS = {
    "Kustomization": "kustomize-controller",
    "HelmRelease": "helm-controller",
    "OCIRepository": "source-controller",
    "GitRepository": "source-controller",
    "Bucket": "source-controller",
    "HelmRepository": "source-controller",
    "HelmChart": "source-controller",
}
READ = 5000
PATIENCE = 20.0


def controller_lines(
    environment: Environment, keys: Sequence[Key], tail: int, since: int
) -> tuple[list[str], list[str]]:
    """(the last `tail` lines about these objects, oldest first; why there may be more).

    `since`: seconds, 0 for as far back as is kept.
    """
    lines: list[tuple[str, str]] = []
    problems: list[str] = []
    for controller in dict.fromkeys(CONTROLLERS[k.kind] for k in keys if k.kind in CONTROLLERS):
        handled = [key for key in keys if CONTROLLERS.get(key.kind) == controller]
        try:
            texts = asyncio.run(_read(environment, controller, since))
        except (FluxtuiError, TimeoutError) as error:
            why = str(error) or f"no answer within {PATIENCE:.0f} s"
            problems.append(f"{environment.name}: the log of {controller} cannot be read: {why}")
            continue
        if not texts:
            problems.append(
                f"{environment.name}: no {controller} runs there: the events have what is known"
            )
        about = [line for text in texts for line in _about(text.splitlines(), handled)]
        if texts and not about:
            names = ", ".join(key.label for key in handled)
            problems.append(
                f"{environment.name}: {controller} wrote nothing about {names} in its last lines"
            )
        lines += about
    return [text for _at, text in sorted(lines)[-tail:]], problems


async def _read(environment: Environment, controller: str, since: int) -> list[str]:
    """The logs of its Pods. Raises FluxtuiError, TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        cluster = await connect_to(environment)
        try:
            type_ = await cluster.find("v1", "Pod")
            pods = (await cluster.list(type_, label_selector=f"app={controller}")).items
            options = LogOptions(tail=READ, since=since)
            names = [(p["metadata"]["namespace"], p["metadata"]["name"]) for p in pods]
            return [await cluster.logs(place, name, options) for place, name in names]
        finally:
            await cluster.close()


def _about(lines: Iterable[str], keys: Sequence[Key]) -> list[tuple[str, str]]:
    """(time, line for people) of each line that is about one of the objects."""
    pairs = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        key = next((k for k in keys if isinstance(entry, Mapping) and _names(entry, k)), None)
        if key is not None:
            at, level = str(entry.get("ts") or ""), str(entry.get("level") or "")
            text = f"{at} {level} {key.kind}/{key.name}.{key.namespace} - {entry.get('msg') or ''}"
            why = entry.get("error") or entry.get("err")
            pairs.append((at, f"{text}: {why}" if why else text))
    return pairs


def _names(entry: Mapping[str, object], key: Key) -> bool:
    whole = entry.get(key.kind)
    about = whole if isinstance(whole, Mapping) else entry
    kind = entry.get("controllerKind") or key.kind
    return (about.get("namespace"), about.get("name"), kind) == (key.namespace, key.name, key.kind)
