"""Publish a build of a Service from its folder, as its workflow does: pack, set the image, push.

Only for Services whose `folder` the configuration names. The image is set inside the bundle while
it is packed; the working tree is not touched.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from fluxtui.commands.command import Context, Values
from fluxtui.commands.effects import (
    followers,
    refuse_read_only,
    registry_confirmation,
    registry_inputs,
    tag_effects,
)
from fluxtui.commands.promote import TAG_RULE
from fluxtui.commands.safety import read_only_reason, unlisted_reason
from fluxtui.commands.subject import repository_of, source_of
from fluxtui.domain.ask import ListTags, Question
from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.errors import UsageError
from fluxtui.domain.kinds import ocirepository
from fluxtui.domain.plan import Plan, PushStep
from fluxtui.domain.revision import is_tag
from fluxtui.domain.service import configured, service_of
from fluxtui.domain.snapshot import TagList


def _service(context: Context) -> ServiceConfig | None:
    services = context.config.services
    name = context.target.service
    if not name:
        source = source_of(context)
        name = service_of(source, services) if source else ""
    found = configured(name, services)
    return found if found is not None and found.folder else None


def _repository(context: Context, service: ServiceConfig) -> str:
    if service.publish_url:
        return service.publish_url
    source = source_of(context)
    return repository_of(source) if source else next(iter(service.urls), "")


def _listed(context: Context) -> TagList | None:
    service = _service(context)
    return context.snapshot.tags.get(_repository(context, service)) if service else None


def next_build(tags: tuple[str, ...], chosen: str) -> str:
    """The tag after `chosen`: its last number plus one, as wide as before, and not yet there."""
    numbers = list(re.finditer(r"\d+", chosen))
    if not numbers:
        return ""
    match = numbers[-1]
    digits = match.group()
    number = int(digits)
    while True:
        number += 1
        tag = f"{chosen[: match.start()]}{number:0{len(digits)}d}{chosen[match.end() :]}"
        if tag not in tags:
            return tag


def default(context: Context) -> str:
    """The next build after the newest that a policy of the service would take."""
    from fluxtui.domain.versions import select

    service, listed = _service(context), _listed(context)
    if service is None or listed is None:
        return ""
    # A pin hides what the policy follows, and the next build must still be one that it takes.
    policies = {
        replace(ocirepository.policy(r), digest="")
        for r in followers(context.snapshot, _repository(context, service))
    }
    picks = sorted(select(listed.tags, policy).chosen for policy in policies)
    builds = [p for p in picks if "-" in p] or [p for p in picks if p]
    return next_build(listed.tags, builds[0]) if builds and builds[0] else ""


def refusal(context: Context) -> str | None:
    """Why the service cannot be published from here."""
    service = _service(context)
    if service is None:
        what = context.target.service or "this service"
        return f"no folder to publish {what} from: name one under services: in the configuration"
    refusal = read_only_reason(context, ())
    followed = followers(context.snapshot, _repository(context, service))
    # Nobody lists a repository that nobody follows: a first build is published all the same.
    if refusal or not followed:
        return refusal
    return unlisted_reason(context, _repository(context, service))


def questions(context: Context, _values: Values) -> tuple[Question, ...]:
    """The tags as they are now: a build number must be new."""
    service = _service(context)
    return (ListTags(_repository(context, service)),) if service else ()


def _short(folder: str) -> str:
    """The end of a path, as people know it; the Step holds all of it."""
    return "/".join(PurePath(folder).parts[-2:])


def plan(context: Context, values: Values) -> Plan:
    """Pack, push, and watch who takes it."""
    service = _service(context)
    if service is None:
        raise UsageError(refusal(context) or "nothing to publish")
    repository, tag = _repository(context, service), values.get("version", "").strip()
    image = values.get("image", "").strip() or tag
    listed = context.snapshot.tags.get(repository)
    if not tag:
        raise UsageError("a build needs a tag", where=repository)
    bad = next((text for text in (tag, image) if not is_tag(text)), "")
    if bad:
        raise UsageError(f"{bad!r} cannot be a tag", next=TAG_RULE)
    if listed is not None and tag in listed.tags:
        raise UsageError(f"{tag} is already published", where=repository, next="choose a new tag")
    effects = tag_effects(context, repository, tag)
    refuse_read_only(context, effects)
    images = {name: f"{name}:{image}" for name in service.images}
    step = PushStep(
        "push",
        f"pack {_short(service.folder)}, set the image to {image}, push {repository}:{tag}",
        undo="a published build stays; publish a newer one, or pin",
        repository=repository,
        tag=tag,
        folder=service.folder,
        images=images,
        source=service.name,
        revision=tag,
    )
    return Plan(
        command="publish",
        title=f"publish {service.name} {tag}",
        steps=(step,),
        environments=effects.environments(),
        effects=effects.sentences,
        warnings=() if effects.taken else ("no environment would pick it",),
        unseen=effects.unseen,
        inputs=registry_inputs(context, repository, effects),
        confirm=registry_confirmation(context, effects),
        reason=values.get("reason", "").strip(),
        user=context.user,
        made_at=context.now,
    )
