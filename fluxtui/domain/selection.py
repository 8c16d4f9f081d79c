"""The values of a Selection: which tag a policy picks, and one reason for every other tag.

Values only, as plain strings, because Snapshots hold them and the screen shows them at first
paint: must not import semver or re2. The choosing itself is in `fluxtui.domain.versions`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from fluxtui.kit.values import frozen

HELM_CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


class Refusal(enum.Enum):
    """Why a tag is not the chosen one. The order is the precedence: the first that applies."""

    FILTERED = "filtered out"
    NOT_A_VERSION = "not a version"
    PRERELEASE = "pre-release not admitted"
    OUT_OF_RANGE = "out of range"
    LOWER = "lower"
    AMBIGUOUS = "ambiguous"
    PINNED = "held back by the pin"
    UNDECIDED = "not compared"


class Charts(enum.Enum):
    """Where the versions of a chart come from: each has rules of its own (docs/flux.md#charts)."""

    INDEX = "an index"
    REGISTRY = "a registry"


@frozen
class Verdict:
    """What became of one tag. `refusal` None: it is the chosen one. `reason` is one sentence."""

    tag: str
    refusal: Refusal | None
    reason: str


@frozen
class ImageRule:
    """How an ImagePolicy chooses (docs/flux.md#images). `way`: semver, alphabetical or numerical,
    `order` asc or desc. `pattern` must match a tag, and `extract` says what of it is compared;
    `exclusions` are patterns of tags that its repository leaves out; `digests`: whether the tag's
    digest is written down beside it.
    """

    way: str
    order: str = "asc"
    pattern: str = ""
    extract: str = ""
    exclusions: tuple[str, ...] = ()
    digests: str = "Never"

    def describe(self, semver: str) -> str:
        """`alphabetical asc, filter "^main-(?P<ts>.*)", compares $ts, digest Always`."""
        parts = [f"semver {semver}" if self.way == "semver" else f"{self.way} {self.order}"]
        parts += [f'filter "{self.pattern}"'] if self.pattern else []
        parts += [f"compares {self.extract}"] if self.extract else []
        parts += [f"digest {self.digests}"] if self.digests not in ("", "Never") else []
        return ", ".join(parts)


@frozen
class Policy:
    """How an OCIRepository chooses: the fields of `spec.ref`, strongest first digest, semver, tag.

    `helm` is true when `spec.layerSelector.mediaType` is a Helm chart's: then `_` stands for `+`.
    `chart`: where a HelmChart's versions come from, whose `semver` may name one as it is spelt.
    `image`: how a tag of an image is picked.
    """

    semver: str = ""
    semver_filter: str = ""
    tag: str = ""
    digest: str = ""
    helm: bool = False
    chart: Charts | None = None
    image: ImageRule | None = None

    @classmethod
    def of_chart(cls, version: str, charts: Charts) -> Policy:
        """The Policy of a HelmChart's `spec.version` ('' is the newest that is no pre-release)."""
        return cls(semver=version or "*", helm=charts is Charts.REGISTRY, chart=charts)

    @classmethod
    def from_ref(cls, ref: Mapping[str, Any] | None, media_type: str = "") -> Policy:
        """The Policy of `spec.ref` and the layer selector's media type ('' when none)."""
        ref = ref or {}
        return cls(
            semver=_text(ref.get("semver")),
            semver_filter=_text(ref.get("semverFilter")),
            tag=_text(ref.get("tag")),
            digest=_text(ref.get("digest")),
            helm=media_type == HELM_CHART,
        )

    @property
    def kind(self) -> str:
        """Which field decides: `digest`, `semver` or `tag` (also when none is set: `latest`)."""
        if self.digest:
            return "digest"
        return "semver" if self.semver else "tag"

    @property
    def exact_tag(self) -> str:
        """The one tag a `tag` policy names; Flux reads an empty ref as `latest`."""
        return self.tag or "latest"

    def describe(self) -> str:
        """For people: `semver >=0.0.0-0, filter ".*-staging-.*"`, `tag latest`, `digest sha..`."""
        if self.image is not None:
            return self.image.describe(self.semver)
        if self.digest:
            return f"digest {self.digest}"
        if not self.semver:
            return f"tag {self.exact_tag}"
        if self.chart is not None:
            return f"version {self.semver}"
        if self.semver_filter:
            return f'semver {self.semver}, filter "{self.semver_filter}"'
        return f"semver {self.semver}"


@frozen
class Selection:
    """The outcome of a Policy over tags.

    `chosen` is '' when nothing was picked (then `error` says why, unless a digest decides).
    `verdicts` has every tag once, in the registry's order. `newest` is the tag of the highest
    precedence among all parsable tags, admitted or not. `published_last` is the tag published last
    among those that the policy admits, '' when unknown. `ties` are the tags as high as the chosen
    one, which included, when there is more than one. `warnings` are sentences for a finding.

    `beneath`: of a policy that a digest overrides, what it would pick without the digest. Then each
    verdict has that one's refusal (PINNED for its pick) and says that the pin overrides it.
    """

    policy: Policy
    chosen: str
    verdicts: tuple[Verdict, ...]
    error: str = ""
    newest: str = ""
    published_last: str = ""
    ties: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    beneath: Selection | None = None

    @property
    def would_pick(self) -> str:
        """The tag it picks, or would pick once it is unpinned; "" when there is none."""
        return self.beneath.chosen if self.beneath is not None else self.chosen

    def verdict(self, tag: str) -> Verdict | None:
        """The Verdict of one tag, None when the registry does not list it. Linear."""
        return next((v for v in self.verdicts if v.tag == tag), None)


def spelt(tag: str, policy: Policy) -> str:
    """The version that a tag stands for: a chart's tag has `_` for `+` (docs/flux.md#charts)."""
    return tag.replace("_", "+") if policy.helm else tag


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
