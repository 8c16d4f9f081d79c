"""What an act would change, and its dangers, as data. Pure."""

from __future__ import annotations

from fluxtui.cli.forms.envelope import Document, maybe, reference
from fluxtui.domain.ask import DeliveredKustomization, Delivery
from fluxtui.domain.commitrange import Changelog
from fluxtui.domain.danger import WORDS, Danger
from fluxtui.domain.review.content import ChartContent

NO_MOVES = "no build goes anywhere by it"


def delivery(review: Delivery | None, reason: str) -> Document:
    """`delivery` of a Plan; null and why, when nothing was rendered."""
    if review is None:
        return maybe("delivery", None, reason)
    return {
        "delivery": {
            "dangers": [danger(one) for one in review.dangers],
            "kustomizations": [_part(part) for part in review.parts],
            "changelogs": [_changelog(log) for log in review.changelogs],
            "unread": list(review.unread),
        }
    }


def _changelog(log: Changelog) -> Document:
    about = log.range
    return {
        "environments": list(about.environments),
        "build": about.build,
        "source": about.source,
        "from": about.old,
        "to": about.new,
        **maybe("page", about.page, "no page of a forge is known to show it"),
        "takenBack": log.back,
        "commits": [{"id": commit.id, "subject": commit.subject} for commit in log.commits],
        "more": log.more,
    }


def danger(one: Danger) -> Document:
    """One of them, of a Delivery or of a Plan."""
    about = reference(one.object) if one.object is not None else None
    by = one.kustomization
    return {
        "rule": one.rule,
        "level": WORDS[one.level],
        "says": one.says,
        **maybe("about", about, "it is about no single object"),
        **maybe("environment", one.where or None, "it is about all of them"),
        **maybe("kustomization", reference(by) if by else None, "it is about no single one"),
        "look": list(one.look),
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
        **maybe(
            "counts",
            None if compared.error or short.is_unknown else counts,
            compared.error or "its chart is not rendered: see `unread`",
        ),
        **maybe("chart", _chart(short.chart), "no chart goes to another version"),
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


def _chart(chart: ChartContent | None) -> Document | None:
    if chart is None:
        return None
    return {
        "from": chart.before,
        "to": chart.after,
        "applicationFrom": chart.app_before,
        "applicationTo": chart.app_after,
        "files": chart.files,
        "values": list(chart.values),
        "rendered": chart.rendered,
    }
