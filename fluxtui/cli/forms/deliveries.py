"""What an act would change, and its dangers, as data. Pure."""

from __future__ import annotations

from fluxtui.cli.forms.envelope import Document, maybe, reference
from fluxtui.domain.ask import DeliveredKustomization, Delivery
from fluxtui.domain.review.danger import WORDS, Danger

NO_MOVES = "no build goes anywhere by it"


def delivery(found: Delivery | None, reason: str) -> Document:
    """`delivery` of a Plan; null and why, when nothing was rendered."""
    if found is None:
        return maybe("delivery", None, reason)
    return {
        "delivery": {
            "dangers": [_danger(danger) for danger in found.dangers],
            "kustomizations": [_part(part) for part in found.parts],
            "unread": list(found.unread),
        }
    }


def _danger(danger: Danger) -> Document:
    about = reference(danger.object) if danger.object is not None else None
    by = danger.kustomization
    return {
        "rule": danger.rule,
        "level": WORDS[danger.level],
        "says": danger.says,
        **maybe("about", about, "it is about the delivery as a whole"),
        **maybe("environment", by.environment if by else None, "it is about all of them"),
        **maybe("kustomization", reference(by) if by else None, "it is about all of them"),
        "look": list(danger.look),
    }


def _part(part: DeliveredKustomization) -> Document:
    compared, short = part.compared, part.content
    counts = {
        "created": short.created,
        "changed": short.changed,
        "pruned": short.pruned,
        "kept": short.kept,
        "renamed": short.replaced,
    }
    return {
        "environment": compared.kustomization.environment,
        "kustomization": reference(compared.kustomization),
        "from": compared.before,
        "to": compared.after,
        **maybe("counts", None if compared.error else counts, compared.error),
        "images": [
            {"from": image.before, "to": image.after, "containers": list(image.containers)}
            for image in short.images
        ],
        "config": list(short.config),
        "scale": [
            {
                "object": reference(scale.object),
                "field": scale.field,
                "from": scale.before,
                "to": scale.after,
            }
            for scale in short.scale
        ],
    }
