"""The worker's side of comparing two versions of a chart: as packed, and as `helm` renders them.

Rendering is helm's own work, where it is on PATH: a chart and the release's values go to `helm
template`, which asks no cluster and no repository. Values go by its standard input, and what comes
back is hidden as a release is.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluxtui.cluster.port import Json
from fluxtui.domain.ask import ComparedKustomization, DeliveredKustomization
from fluxtui.domain.chartvalues import plain_values
from fluxtui.domain.errors import FluxtuiError, UsageError
from fluxtui.domain.masking import Masker
from fluxtui.domain.objectdiff import ObjectChange, diff_objects
from fluxtui.engine.builds.chartfiles import changed_files, changed_images, chart_files
from fluxtui.engine.builds.releasehiding import Hiding
from fluxtui.engine.builds.releaseparts import ValueInputs, parsed, values
from fluxtui.engine.builds.releasestorage import objects_of
from fluxtui.engine.builds.secretmarks import Marks

_PATIENCE = 45.0  # for each of two, and a job of the worker has two minutes
_LARGEST = 64 << 20
INSTALL = "install it (https://helm.sh/docs/intro/install) where fluxtui runs"


@dataclass(frozen=True, slots=True)
class PackedChart:
    """One version of a chart, packed."""

    version: str
    archive: bytes


@dataclass(frozen=True, slots=True)
class Render:
    """As what a chart is rendered: the release's name and namespace, and its values' inputs."""

    name: str
    namespace: str
    inputs: ValueInputs


@dataclass(frozen=True, slots=True)
class ChartReview:
    """A chart that goes to another version, for judging. `own`: the values in the release's object;
    `definitions`: what it does with `crds/`."""

    session: bytes
    before: PackedChart
    after: PackedChart
    part: ComparedKustomization
    render: Render
    own: Mapping[str, Any]
    definitions: str


@dataclass(frozen=True, slots=True)
class ChartJudged:
    """A chart's review: the part, and what of it was not looked at."""

    part: DeliveredKustomization
    unread: tuple[str, ...]


def compare_charts(
    before: PackedChart, after: PackedChart, part: ComparedKustomization
) -> ComparedKustomization:
    """`part` with what changes in the chart itself: images, default values, files."""
    old, new = (chart_files(side.archive) for side in (before, after))
    offer = (
        "what both render to is compared too: `rendered` on the screen, --rendered by verb"
        if shutil.which("helm")
        else f"what both render to is not compared: there is no `helm` on PATH; {INSTALL}"
    )
    changes = (*changed_images(old, new), *changed_files(old, new))
    return dataclasses.replace(part, changes=changes, findings=(offer,))


def compare_rendered(
    session: bytes,
    before: PackedChart,
    after: PackedChart,
    render: Render,
    part: ComparedKustomization,
) -> ComparedKustomization:
    """`part` with what changes in what helm renders with the release's values. Raises UsageError
    without a helm, FluxtuiError when it fails or the values are not known."""
    return dataclasses.replace(part, changes=rendered_sides(session, before, after, render).shown)


@dataclass(frozen=True, slots=True)
class RenderedSides:
    """Both versions as helm renders them, tokens in place of what came out of Secrets; `changes`
    with them, `shown` with labels instead."""

    before: list[Json]
    after: list[Json]
    changes: tuple[ObjectChange, ...]
    labels: Mapping[str, str]

    @property
    def shown(self) -> tuple[ObjectChange, ...]:
        """What differs, for people."""
        return tuple(map(Marks(self.labels).change, self.changes))


def rendered_sides(
    session: bytes, before: PackedChart, after: PackedChart, render: Render
) -> RenderedSides:
    """What helm makes of both. Raises UsageError without a helm, FluxtuiError when it fails or the
    values are not known."""
    program = shutil.which("helm")
    if program is None:
        raise UsageError("charts are rendered by helm, and there is none on PATH", next=INSTALL)
    problems = values(session, render.inputs).problems
    if problems:
        raise FluxtuiError(f"its values are not known: {problems[0]}")
    inputs = render.inputs
    plain = plain_values(inputs.namespace, inputs.own, inputs.references, inputs.referent, parsed)
    hiding = Hiding(session, inputs)
    sides: list[list[Any]] = []
    for side in (before, after):
        rendered = list(objects_of(_rendered(program, side, render, plain, hiding)))
        hiding.learn(rendered, plain)
        sides.append(rendered)
    old, new = ([hiding.object(obj) for obj in side] for side in sides)
    changes = tuple(diff_objects(old, new, Masker(session)))
    return RenderedSides(old, new, changes, hiding.labels)


def _rendered(
    program: str, chart: PackedChart, render: Render, plain: dict[str, Any], hiding: Hiding
) -> str:
    import json

    with tempfile.TemporaryDirectory(prefix="fluxtui-helm-") as folder:
        packed = Path(folder) / "chart.tgz"
        packed.write_bytes(chart.archive)
        words = [program, "template", render.name, str(packed), "-f", "-"]
        try:
            done = subprocess.run(
                [*words, "--namespace", render.namespace],
                input=json.dumps(plain).encode(),
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
                cwd=folder,
                # Its own folders, and no cluster that it could look something up in.
                env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "KUBECONFIG": os.devnull},
            )
        except subprocess.TimeoutExpired as error:
            raise FluxtuiError(f"helm took longer than {_PATIENCE:g} s") from error
        except OSError as error:
            raise FluxtuiError(f"helm could not be run: {error.strerror}") from error
    if done.returncode:
        stderr = hiding.text(" ".join(done.stderr.decode("utf-8", "replace").split()))
        raise FluxtuiError(f"helm does not render {chart.version}: {stderr[-600:]}")
    if len(done.stdout) > _LARGEST:
        raise FluxtuiError(f"helm renders {chart.version} to more than {_LARGEST} bytes")
    return done.stdout.decode("utf-8", "replace")
