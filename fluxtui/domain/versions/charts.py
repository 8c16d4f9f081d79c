"""What is particular to the versions of Helm charts (docs/flux.md#charts).

A version that is spelt as the wish is comes before any range; of equally high ones an index takes
the one that was made last. Which versions a range admits is the Selector's, as for every tag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fluxtui.domain.selection import Charts, Policy, Refusal, Selection, Verdict
from fluxtui.domain.versions.version import Version, try_version
from fluxtui.kit.moments import instant


def exact(
    tags: Sequence[str], policy: Policy, versions: Mapping[str, Version | None]
) -> Selection | None:
    """The Selection of a wish that is a version's own text; None where a range decides.

    A registry is not asked whether it has a version that is named whole: there it is that or
    nothing. `versions`: what each tag is read as.
    """
    wish = policy.semver
    of_registry = policy.chart is Charts.REGISTRY
    if of_registry:
        tag = next((t for t in tags if spelling(t) == wish and versions[t] is not None), "")
        whole = try_version(wish, "flux") is not None
        tag = tag or (next((t for t in tags if spelling(t) == wish), "") if whole else "")
    else:
        # Flux leaves out what is no version of any spelling before it looks.
        whole, tag = False, wish if wish in tags and try_version(wish) is not None else ""
    if not tag and not whole:
        return None
    reason = f'the version is named: "{wish}"'
    verdicts = tuple(
        Verdict(t, None, reason) if t == tag else Verdict(t, Refusal.FILTERED, reason) for t in tags
    )
    return Selection(policy, tag, verdicts, "" if tag else f'the registry has no version "{wish}"')


def ties(tags: tuple[str, ...], policy: Policy, published: Mapping[str, str]) -> tuple[str, ...]:
    """Of equally high versions those between which nothing decides, the one to take first."""
    if policy.chart is not Charts.INDEX:
        return tags
    made = {tag: _moment(published.get(tag, "")) for tag in tags}
    last = max(made.values())
    return tuple(tag for tag in tags if made[tag] == last)


def spelling(tag: str) -> str:
    """The version that a chart's tag stands for: no tag holds a `+`."""
    return tag.replace("_", "+")


def _moment(text: str) -> int:
    # No time is Go's zero time, before all others.
    moment = instant(text, zone=False)
    return -1 if moment is None else moment
