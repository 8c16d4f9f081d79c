"""An image that comes is not in its registry. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fluxtui.domain.danger import Danger, Gravity
from fluxtui.domain.review.delivered import Delivered
from fluxtui.domain.review.pods import containers
from fluxtui.domain.review.wanted import AskingRule, Heard, ImageAsked, Together, WantedFact


def _wants(delivered: Delivered, _whole: Together) -> Iterator[WantedFact]:
    seen: set[str] = set()
    for change in delivered.changes:
        before = {c.image for c in containers(change.before)}
        for container in containers(change.after):
            image = container.image
            if image and image not in before and image not in seen:
                seen.add(image)
                needs = f"container {container.name}"
                asked = ImageAsked(image)
                yield WantedFact(RULE.id, asked, delivered.kustomization, change.id, needs)


def _judge(wanted: WantedFact, heard: Heard) -> Iterator[Danger]:
    if heard.there is False:
        says = f"{wanted.by} {wanted.needs}: {wanted.asked} is not in its registry"
        yield Danger(RULE.id, Gravity.STOP, says, wanted.by, wanted.kustomization)


RULE = AskingRule(
    "image-missing",
    "an image is not in its registry",
    "The nodes cannot pull it (ImagePullBackOff): new Pods do not start, and a rollout waits until"
    " it times out, with the old Pods running. Push the image, or mend its name or tag. Asked with"
    " the credentials of whoever reviews: a cluster may reach another registry by that name.",
    _wants,
    _judge,
)
