"""The sentences of a Selection: why a tag was not picked, and what to beware of.

One wording for board, Tags pane and headless output. Must not decide anything: the Selector has
decided by the time a sentence is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fluxtui.domain.selection import Refusal, Verdict
from fluxtui.domain.versions.constraint import Constraint
from fluxtui.domain.versions.version import Version
from fluxtui.kit.moments import instant

BAD_FILTER = "the semverFilter does not compile, so that no tag is looked at"
LOWER = "lower than the pick"  # names no tag, so that it outlives the pick
BAD_RANGE = "the range does not parse"


class Explainer:
    """Verdicts for versions that a range does not admit; equal sentences are one string."""

    def __init__(self, constraint: Constraint) -> None:
        self._constraint = constraint
        self._sentences: dict[int, str] = {}  # by identity of the comparator
        self._admits_prereleases = constraint.prereleases
        text = constraint.text
        self._prerelease = f'pre-release, and the range "{text}" admits none'

    def verdict(self, tag: str, version: Version) -> Verdict:
        constraint = self._constraint
        if version.prerelease and not self._admits_prereleases:
            return Verdict(tag, Refusal.PRERELEASE, self._prerelease)
        miss = constraint.first_refusal(version)
        if miss is None:
            raise AssertionError(f"{tag} is admitted by {constraint.text}")
        if miss.prerelease:
            reason = f'pre-release, and the part "{miss.group}" of the range admits none'
            return Verdict(tag, Refusal.PRERELEASE, reason)
        sentence = self._sentences.get(id(miss.comparator))
        if sentence is None:
            sentence = f'refused by "{miss.comparator}"'
            if len(miss.group.comparators) > 1 or len(constraint.groups) > 1:
                sentence += f' of the range "{constraint.text}"'
            self._sentences[id(miss.comparator)] = sentence
        return Verdict(tag, Refusal.OUT_OF_RANGE, sentence)


def filtered(pattern: str) -> str:
    return f'filtered out by "{pattern}"'


def not_a_version(tag: str) -> str:
    """Says the two-dots rule only where it is what matters."""
    if tag.count(".") < 2 and tag[:1] in "v0123456789" and tag.lstrip("v")[:1].isdecimal():
        return "not a version for Flux: fewer than two dots"
    if tag.startswith("V") and tag[1:2].isdecimal():
        return "not a version: only a small v may lead"
    if "_" in tag and tag.lstrip("v")[:1].isdecimal():
        return "not a version: _ is not allowed (it stands for + in Helm charts only)"
    if tag.endswith((".sig", ".att", ".sbom")):
        return "not a version: it holds a signature or an attestation"
    return "not a version (1.2.3 is one)"


def ambiguous(pick: str) -> str:
    return f"as high as {pick}, which the registry lists first; Flux may pick either"


def older(pick: str) -> str:
    return f"as high as {pick}, which was made later"


def pinned(verdict: Verdict) -> Verdict:
    """The verdict on a tag of a pinned source: what the policy says, and that it is overridden."""
    if verdict.refusal is None:
        text = f"{verdict.reason}; held back by the pin, picked on unpin"
        return Verdict(verdict.tag, Refusal.PINNED, text)
    return Verdict(verdict.tag, verdict.refusal, f"{verdict.reason}; the pin overrides the policy")


def published_last(tags: Sequence[str], published: Mapping[str, str], pick: str) -> str:
    """The tag published last, '' when no time is known; among equal times rather the chosen one."""
    moment = _published(published.get(pick, ""))
    latest = pick if moment is not None else ""
    for tag in tags:
        parsed = _published(published.get(tag, ""))
        if parsed is not None and (moment is None or parsed > moment):
            latest, moment = tag, parsed
    return latest


def _published(text: str) -> int | None:
    # An annotation anybody may write: a text that is no time says nothing.
    return instant(text, zone=False)


def warnings(pick: str, latest: str, ties: Sequence[str]) -> tuple[str, ...]:
    """What deserves a finding: a tag published last that is not the highest; several equally high.

    `latest` is '' when it is not known which of it and the chosen one is newer.
    """
    texts: list[str] = []
    if latest and latest != pick and latest not in ties:
        text = f"{latest} was published last, but {pick} is higher and is picked"
        texts.append(
            f"{text}: pre-release text is compared letter by letter. Way out: a dot-separated "
            "number, such as a timestamp, ahead of the text (0.0.0-20060102150405.name)"
            if "-" in latest
            else f"{text}. Way out: publish a version above {pick}"
        )
    if ties:
        tied = " and ".join(ties[1:3]) + (" and more" if len(ties) > 3 else "")
        texts.append(
            f"ambiguous: {tied} and {ties[0]} are equally high, Flux may pick any of them. "
            "Way out: keep one of the tags"
        )
    return tuple(texts)
