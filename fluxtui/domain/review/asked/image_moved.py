"""Pods are replaced under a tag that names another image by now. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.pods import Object, containers, mapping, pod_template
from fluxtui.domain.review.wanted import AskingRule, Heard, ImageAsked, Together, WantedFact
from fluxtui.domain.revision import short_digest

_SELECTING = ("Deployment", "StatefulSet", "DaemonSet")


def _wants(delivered: Delivered, _whole: Together) -> Iterator[WantedFact]:
    for change in delivered.changed(*_SELECTING):
        before, after = change.before, change.after
        labels = _selector(before)
        if not labels or pod_template(before) == pod_template(after):
            continue  # its Pods stay
        same = {container.name: container.image for container in containers(before)}
        for container in containers(after):
            image = container.image
            if image and "@" not in image and same.get(container.name) == image:
                asked = ImageAsked(image, change.id.namespace, labels, container.name)
                yield WantedFact(RULE.id, asked, delivered.kustomization, change.id)


def _selector(obj: Object | None) -> tuple[tuple[str, str], ...]:
    labels = mapping(obj, "spec", "selector", "matchLabels")
    return tuple(sorted((str(name), str(value)) for name, value in labels.items()))


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    asked = wanted.asked
    assert isinstance(asked, ImageAsked), "a rule is given what it asked"
    others = tuple(digest for digest in heard.running if digest not in heard.digests)
    if heard.digests and others:
        says = (
            f"{wanted.by} container {asked.container}: {asked.image} is"
            f" {short_digest(heard.digests[0])} now, and {short_digest(others[0])} runs:"
            " new Pods get another image under the same name"
        )
        yield Danger(RULE.id, Gravity.CARE, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "image-moved",
    "a tag of an image names something else by now",
    "The build names the image as before, but its Pods are replaced, and whatever pulls the tag now"
    " gets other content than what runs: a change that is in no diff and that no rollback takes"
    " back. Name images by digest, or never move a tag.",
    _wants,
    _judge,
)
