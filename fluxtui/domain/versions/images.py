"""Which tag of an image a policy picks, with one reason for every other (docs/flux.md#images).

A tag may stand for the text that a pattern extracts of it, and of two that stand for one the later
listed counts. Rule source: image-reflector-controller, internal/policy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

from fluxtui.domain.errors import VersionError
from fluxtui.domain.selection import ImageRule, Policy, Refusal, Selection, Verdict
from fluxtui.domain.versions import reasons
from fluxtui.domain.versions.constraint import Constraint
from fluxtui.domain.versions.patterns import compiled, expanded
from fluxtui.domain.versions.version import Version, try_version
from fluxtui.kit.values import frozen

NO_MATCH = "unable to determine latest version from provided list"
_FLOAT = r"[+-]?(?:[0-9_]+\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?|[+-]?(?:inf|infinity|nan)"
_HEX = r"[+-]?0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?[0-9]+"


@frozen
class _Field:
    """What is left to choose from: the text that each tag stands for -> that tag."""

    tags: Mapping[str, str]
    refused: Mapping[str, Verdict]


def image_selection(tags: Sequence[str], policy: Policy, rule: ImageRule) -> Selection:
    """The Selection over an image's tags. Raises nothing: what is malformed is its `error`."""
    choose = _WAYS.get(rule.way)
    if choose is None:
        return _none(tags, policy, {}, "the policy says neither semver nor an order")
    try:
        field = _sifted(tags, rule)
        return choose(tags, policy, rule, field)
    except VersionError as error:
        return _none(tags, policy, {}, f"invalid policy: {error}")


def _sifted(tags: Sequence[str], rule: ImageRule) -> _Field:
    """Without what the repository leaves out and what the pattern does not match."""
    searches = [(text, compiled(text, "exclusionList")) for text in rule.exclusions]
    matches = compiled(rule.pattern, "filterTags.pattern")
    chosen: dict[str, str] = {}
    refused: dict[str, Verdict] = {}
    for tag in tags:
        left_out = next((text for text, search in searches if search and search(tag)), None)
        match = matches(tag) if matches is not None else None
        if left_out is not None:
            reason = f'left out by the exclusion list of its repository: "{left_out}"'
        elif matches is not None and match is None:
            reason = reasons.filtered(rule.pattern)
        else:
            text = expanded(rule.extract, match) if rule.extract and match is not None else tag
            before = chosen.pop(text, None)
            if before is not None:
                same = f'it stands for "{text}" as {tag} does, which is listed later'
                refused[before] = Verdict(before, Refusal.AMBIGUOUS, same)
            chosen[text] = tag
            continue
        refused[tag] = Verdict(tag, Refusal.FILTERED, reason)
    return _Field(chosen, refused)


def _by_range(tags: Sequence[str], policy: Policy, rule: ImageRule, field: _Field) -> Selection:
    constraint = Constraint.parse(policy.semver)
    explain = reasons.Explainer(constraint).verdict
    verdicts = dict(field.refused)
    pick, top = "", None
    admitted: dict[str, Version] = {}
    for text, tag in field.tags.items():
        version = try_version(text, "flux")
        if version is None:
            reason = _standing(tag, text) + reasons.not_a_version(text)
            verdicts[tag] = Verdict(tag, Refusal.NOT_A_VERSION, reason)
        elif not constraint.admits(version):
            said = explain(tag, version)
            verdicts[tag] = Verdict(tag, said.refusal, _standing(tag, text) + said.reason)
        else:
            admitted[tag] = version
            if top is None or version.key > top:  # the first of equal ones stays
                pick, top = tag, version.key
    for tag, version in admitted.items():
        if tag != pick and version.key == top:
            text = f"as high as {pick}, which the registry lists first"
            verdicts[tag] = Verdict(tag, Refusal.AMBIGUOUS, text)
        elif tag != pick:
            verdicts[tag] = Verdict(tag, Refusal.LOWER, reasons.LOWER)
    reason = f'the highest admitted by "{policy.semver}"'
    return _picked(tags, policy, verdicts, pick, _told(field, pick) + reason)


def _by_letters(tags: Sequence[str], policy: Policy, rule: ImageRule, field: _Field) -> Selection:
    descending = rule.order == "desc"
    texts = sorted(field.tags, key=str.encode, reverse=not descending)
    verdicts = dict(field.refused)
    pick = field.tags[texts[0]] if texts else ""
    side = "after" if descending else "before"
    for text in texts[1:]:
        reason = f'{_standing(field.tags[text], text)}letter by letter it comes {side} "{texts[0]}"'
        verdicts[field.tags[text]] = Verdict(field.tags[text], Refusal.LOWER, reason)
    place = "first" if descending else "last"
    told = f"{_told(field, pick)}the {place} letter by letter"
    return _picked(tags, policy, verdicts, pick, told)


def _by_numbers(tags: Sequence[str], policy: Policy, rule: ImageRule, field: _Field) -> Selection:
    verdicts = dict(field.refused)
    numbers = {text: _number(text) for text in field.tags}
    odd = [text for text, number in numbers.items() if number is None]
    if odd:
        wrong = f"one that is no number has nothing picked: {odd[0]!r}"
        for text, tag in field.tags.items():
            no_number = f"{_standing(tag, text)}it is no number, so that nothing is picked"
            verdicts[tag] = (
                Verdict(tag, Refusal.NOT_A_VERSION, no_number)
                if numbers[text] is None
                else Verdict(tag, Refusal.UNDECIDED, wrong)
            )
        text = f"failed to parse invalid numeric value '{odd[0]}'"
        return _none(tags, policy, verdicts, text)
    descending = rule.order == "desc"
    best = ""
    for text, number in numbers.items():
        top = numbers.get(best)
        assert number is not None
        if top is None or (number <= top if descending else number >= top):
            best = text  # of equal ones the later
    pick = field.tags.get(best, "")
    for text, tag in field.tags.items():
        if tag != pick:
            same = numbers[text] == numbers[best]
            word = "as high as" if same else "greater than" if descending else "less than"
            more = ", which is listed later" if same else ""
            reason = f"{_standing(tag, text)}{word} {best}{more}"
            refusal = Refusal.AMBIGUOUS if same else Refusal.LOWER
            verdicts[tag] = Verdict(tag, refusal, reason)
    told = f"{_told(field, pick)}the {'smallest' if descending else 'largest'} number"
    return _picked(tags, policy, verdicts, pick, told)


_WAYS: Mapping[str, Callable[[Sequence[str], Policy, ImageRule, _Field], Selection]] = {
    "semver": _by_range,
    "alphabetical": _by_letters,
    "numerical": _by_numbers,
}


def _number(text: str) -> float | None:
    """As Go's ParseFloat: 64 bits, so that long numbers are not told apart; None for no number."""
    try:
        if re.fullmatch(_HEX, text):
            return float.fromhex(text)
        number = float(text) if re.fullmatch(_FLOAT, text, re.IGNORECASE) else None
    except (ValueError, OverflowError):
        return None
    # Too great for a float is an error in Go.
    if number is not None and math.isinf(number) and "inf" not in text.lower():
        return None
    return number


def _standing(tag: str, text: str) -> str:
    return "" if text == tag else f'it stands for "{text}": '


def _told(field: _Field, pick: str) -> str:
    text = next((text for text, tag in field.tags.items() if tag == pick), pick)
    return _standing(pick, text)


def _picked(
    tags: Sequence[str], policy: Policy, verdicts: dict[str, Verdict], pick: str, reason: str
) -> Selection:
    if not pick:
        return _none(tags, policy, verdicts, NO_MATCH)
    verdicts[pick] = Verdict(pick, None, reason)
    return Selection(policy, pick, tuple(verdicts[tag] for tag in tags))


def _none(
    tags: Sequence[str], policy: Policy, verdicts: Mapping[str, Verdict], error: str
) -> Selection:
    def unsaid(tag: str) -> Verdict:
        return Verdict(tag, Refusal.UNDECIDED, "nothing is picked: the policy is malformed")

    return Selection(policy, "", tuple(verdicts.get(tag) or unsaid(tag) for tag in tags), error)
