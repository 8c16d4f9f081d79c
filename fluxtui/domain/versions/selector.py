"""Choose a tag for a Policy, with one reason for every other tag (docs/flux.md#selection).

A `Selector` remembers what it learnt of each tag, so that a new tag or an edited range does not
start over. It keeps state, so it belongs to one owner; `select` is the pure form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fluxtui.domain.errors import VersionError
from fluxtui.domain.selection import Charts, Policy, Refusal, Selection, Verdict
from fluxtui.domain.versions import charts, reasons
from fluxtui.domain.versions.constraint import Constraint
from fluxtui.domain.versions.images import image_selection
from fluxtui.domain.versions.patterns import compiled
from fluxtui.domain.versions.version import Mode, Version, try_version

_MEMORY = 200_000  # tags remembered before the memory starts afresh


def select(
    tags: Sequence[str], policy: Policy, published: Mapping[str, str] | None = None
) -> Selection:
    """The Selection of `policy` over `tags` in the registry's order.

    `published` maps a tag to its RFC 3339 publish time, as far as known. Raises nothing: a bad
    range or filter is the Selection's `error`.
    """
    return Selector(policy).select(tags, published)


class _Range:
    """What depends on filter and range: refusals that do not depend on the other tags.

    `known` has a Verdict for a tag refused for itself, and the Version of an admitted one.
    `final` has the Verdict of every tag; those of `top`, the tags as high as the one chosen last,
    hold only as long as these are the highest.
    """

    def __init__(self) -> None:
        self.known: dict[str, Verdict | Version] = {}
        self.final: dict[str, Verdict] = {}
        self.top: tuple[str, ...] = ()


class Selector:
    """Selects over a changing list of tags under a changing Policy; not for two threads at once."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._versions: dict[str, Version | None] = {}
        self._alone: dict[str, Verdict | Version] = {}  # depends on the filter only
        self._lower: dict[str, Verdict] = {}  # depends on nothing: see reasons.LOWER
        self._range = _Range()
        self._pinned: dict[Verdict, Verdict] = {}

    @property
    def policy(self) -> Policy:
        return self._policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        if policy == self._policy:
            return
        if (policy.helm, policy.chart) != (self._policy.helm, self._policy.chart):
            self._versions, self._alone = {}, {}
        if policy.semver_filter != self._policy.semver_filter:
            self._alone = {}
        self._range = _Range()
        self._policy = policy

    def select(self, tags: Sequence[str], published: Mapping[str, str] | None = None) -> Selection:
        """The Selection over `tags`; see `fluxtui.domain.versions.select`."""
        tags = list(dict.fromkeys(tags))
        if self._policy.image is not None:
            return image_selection(tags, self._policy, self._policy.image)
        if len(self._versions) > max(_MEMORY, 2 * len(tags)):
            self._versions, self._alone, self._lower = {}, {}, {}
            self._range = _Range()
        newest = self._newest(tags)
        selection = self._asked(tags, published or {})
        if self._policy.digest:
            selection = self._held(selection)
        return replace(selection, newest=newest)

    def _asked(self, tags: list[str], published: Mapping[str, str]) -> Selection:
        """What the policy picks as if no digest stood beside it."""
        policy = self._policy
        named = charts.exact(tags, policy, self._versions) if policy.chart is not None else None
        if named is not None:
            return named
        if policy.semver:
            return self._semver(tags, published)
        return _exact(tags, policy)

    def _held(self, beneath: Selection) -> Selection:
        """Pinned: no tag is picked, and each says what would be without the pin."""
        memory = self._pinned
        self._pinned = {v: memory.get(v) or reasons.pinned(v) for v in beneath.verdicts}
        return Selection(
            self._policy,
            "",
            tuple(self._pinned.values()),
            beneath=replace(beneath, policy=replace(self._policy, digest="")),
        )

    def _newest(self, tags: list[str]) -> str:
        """The tag of highest precedence, the registry's first among equals; parses new tags."""
        versions, helm = self._versions, self._policy.helm
        mode: Mode = "strict" if self._policy.chart is Charts.REGISTRY else "flux"
        for tag in [t for t in tags if t not in versions]:
            versions[tag] = try_version(tag.replace("_", "+") if helm else tag, mode)
        keyed = [(v.key, tag) for tag in tags if (v := versions[tag]) is not None]
        if not keyed:
            return ""
        top = max([key for key, _ in keyed])
        return next(tag for key, tag in keyed if key == top)

    def _semver(self, tags: list[str], published: Mapping[str, str]) -> Selection:
        policy = self._policy
        try:
            matches = compiled(policy.semver_filter, "semverFilter")
        except VersionError as error:
            verdict = Refusal.FILTERED
            return Selection(
                policy, "", tuple(Verdict(t, verdict, reasons.BAD_FILTER) for t in tags), str(error)
            )
        try:
            constraint = Constraint.parse(policy.semver)
        except VersionError as error:
            text = f"semver '{policy.semver}' parse error: {error}"
            return Selection(policy, "", self._without_range(tags, matches), text)
        self._judge(tags, matches, constraint)
        return self._pick(tags, published)

    def _refused_alone(self, tag: str, matches: Callable[[str], Any] | None) -> Verdict | Version:
        """A Verdict when the tag is filtered out or no version, else its Version."""
        if matches is not None and matches(tag) is None:
            return Verdict(tag, Refusal.FILTERED, reasons.filtered(self._policy.semver_filter))
        version = self._versions[tag]
        if version is None:
            return Verdict(tag, Refusal.NOT_A_VERSION, reasons.not_a_version(tag))
        return version

    def _without_range(
        self, tags: list[str], matches: Callable[[str], Any] | None
    ) -> tuple[Verdict, ...]:
        verdicts: list[Verdict] = []
        for tag in tags:
            verdict = self._refused_alone(tag, matches)
            if isinstance(verdict, Version):
                verdict = Verdict(tag, Refusal.OUT_OF_RANGE, reasons.BAD_RANGE)
            verdicts.append(verdict)
        return tuple(verdicts)

    def _judge(
        self, tags: list[str], matches: Callable[[str], Any] | None, constraint: Constraint
    ) -> None:
        verdict_of, alone = self._range.known, self._alone
        admits, explain = constraint.admits, reasons.Explainer(constraint).verdict
        for tag in tags:
            if tag in verdict_of:
                continue
            verdict = alone.get(tag)
            if verdict is None:
                verdict = alone[tag] = self._refused_alone(tag, matches)
            if isinstance(verdict, Version) and not admits(verdict):
                verdict = explain(tag, verdict)
            verdict_of[tag] = verdict

    def _pick(self, tags: list[str], published: Mapping[str, str]) -> Selection:
        policy, verdict_of = self._policy, self._range.known
        judged = [verdict_of[tag] for tag in tags]
        admitted = [(v.key, t) for t, v in zip(tags, judged, strict=True) if type(v) is Version]
        if not admitted:
            wish = "version" if policy.chart is not None else "semver"
            text = f"no match found for {wish}: {policy.semver}"
            return Selection(policy, "", tuple(v for v in judged if isinstance(v, Verdict)), text)
        top = max([key for key, _ in admitted])
        ties = tuple(tag for key, tag in admitted if key == top)
        undecided = ties if policy.chart is None else charts.ties(ties, policy, published)
        final = self._final((*ties, *undecided))
        ties = undecided
        pick = ties[0]  # Flux may take any of them; the registry's first is at least the same
        lower = self._lower
        for tag in [t for t in tags if t not in final]:
            verdict = verdict_of[tag]
            if isinstance(verdict, Verdict):
                final[tag] = verdict
            elif verdict.key != top:
                if tag not in lower:
                    lower[tag] = Verdict(tag, Refusal.LOWER, reasons.LOWER)
                final[tag] = lower[tag]
            else:
                final[tag] = _top(tag, pick, policy, ambiguous=tag in ties)
        latest = reasons.published_last([tag for _, tag in admitted], published, pick)
        comparable = latest if published.get(pick) else ""
        ties = ties if len(ties) > 1 else ()
        return Selection(
            policy,
            pick,
            tuple([final[tag] for tag in tags]),
            published_last=latest,
            ties=ties,
            # A chart's older lines go on being released: what came last is often not the highest.
            warnings=reasons.warnings(pick, "" if policy.chart is not None else comparable, ties),
        )

    def _final(self, top: tuple[str, ...]) -> dict[str, Verdict]:
        final = self._range.final
        if self._range.top != top:
            for tag in (*self._range.top, *top):
                final.pop(tag, None)
            self._range.top = top
        return final


def _top(tag: str, pick: str, policy: Policy, *, ambiguous: bool) -> Verdict:
    if tag == pick:
        range_policy = replace(policy, digest="")
        return Verdict(tag, None, f"the highest admitted by {range_policy.describe()}")
    if not ambiguous:
        return Verdict(tag, Refusal.LOWER, reasons.older(pick))
    return Verdict(tag, Refusal.AMBIGUOUS, reasons.ambiguous(pick))


def _exact(tags: list[str], policy: Policy) -> Selection:
    """A policy by tag picks no version; every other tag is simply not the one named."""
    named_tag = policy.exact_tag
    reason = f'the policy names the tag "{named_tag}"'
    verdicts = tuple(
        Verdict(t, None, reason) if t == named_tag else Verdict(t, Refusal.FILTERED, reason)
        for t in tags
    )
    if named_tag in tags:
        return Selection(policy, named_tag, verdicts)
    return Selection(policy, "", verdicts, f'the registry has no tag "{named_tag}"')
