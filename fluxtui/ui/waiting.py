"""What is waited for, in words, and since when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fluxtui.domain.ask import (
    AskRemote,
    BuildOf,
    ChartDiff,
    ComparePush,
    DriftDiff,
    EnvironmentsDiff,
    ListTags,
    LiveDiff,
    PatchesDiff,
    Question,
    ReadFacts,
    ReadInventory,
    ReadLogs,
    ReadObject,
    ReleasesDiff,
    ReviewCommits,
    ReviewDeclared,
    ReviewMoves,
    ReviewRights,
    ReviewStanding,
    TryMoves,
    ValuesOf,
)
from fluxtui.ui.ages import age


@dataclass(frozen=True, slots=True)
class Waiting:
    """`since`: epoch seconds."""

    what: str
    since: float

    def text(self, now: float) -> str:
        """`the tags of registry.example.com/acme/web for 12s`."""
        return f"{self.what} for {age(self.since, now)}" if now - self.since >= 1 else self.what


_OF_A_REVIEW: Mapping[type, str] = {
    ReviewCommits: "reading the commits between",
    ReviewDeclared: "looking where fields are declared",
    ReviewMoves: "rendering what would change",
    ReviewRights: "asking clusters whether they let you",
    ReviewStanding: "asking clusters and registries what they have",
    TryMoves: "having the clusters try it",
}


def awaited(question: Question) -> str:
    """What the answer to a question takes, as one would say it."""
    if isinstance(question, ListTags):
        return f"listing the tags of {question.repository}"
    if isinstance(question, ComparePush):
        return f"comparing {question.content.tag} with what its folder packs to"
    if isinstance(question, AskRemote):
        return f"asking {question.asked.url}"
    if isinstance(question, ReadFacts):
        names = question.tags[0] if len(question.tags) == 1 else f"{len(question.tags)} manifests"
        return f"reading {names} of {question.repository}"
    if isinstance(question, ReadLogs):
        return f"reading the log of {question.pod.name} in {question.pod.environment}"
    if isinstance(question, ValuesOf):
        return f"reading the values of {question.release.name} in {question.release.environment}"
    if isinstance(question, ChartDiff):
        return f"fetching charts of {question.release.name} in {question.release.environment}"
    if isinstance(question, ReleasesDiff | DriftDiff):
        return f"reading releases of {question.release.name} in {question.release.environment}"
    if isinstance(question, ReadObject | ReadInventory):
        return f"reading {question.object.label} in {question.object.environment}"
    if isinstance(question, EnvironmentsDiff):
        places = f"{question.before} and {question.after}"
        return f"rendering {question.service} in {places}"
    if isinstance(question, BuildOf | PatchesDiff | LiveDiff):
        key = question.kustomization
        return f"rendering {key.name} in {key.environment}"
    if isinstance(
        question,
        ReviewCommits | ReviewDeclared | ReviewMoves | ReviewRights | ReviewStanding | TryMoves,
    ):
        return _OF_A_REVIEW[type(question)]
    names = " and ".join(name for name in (question.before, question.after) if name)
    return f"rendering {names} in {question.source.environment}"
