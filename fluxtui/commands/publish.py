"""Publish a build of a Service from its folder, as its workflow does: pack, set the image, push.

Only for Services whose `folder` the configuration names. The image is set inside the bundle while
it is packed; the working tree is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from fluxtui.commands.command import Context, Values
from fluxtui.commands.planning import plan_for
from fluxtui.commands.promote import TAG_RULE
from fluxtui.commands.safety import read_only_reason
from fluxtui.commands.subject import bundle_of, repository_of
from fluxtui.domain.ask import ListTags, Question
from fluxtui.domain.config import ServiceConfig
from fluxtui.domain.errors import UsageError
from fluxtui.domain.following import policies, tag_effects
from fluxtui.domain.plan import Plan, PushStep
from fluxtui.domain.revision import is_tag
from fluxtui.domain.service import configured, service_of


def _service(context: Context) -> ServiceConfig | None:
    services = context.config.services
    name = context.target.service
    if not name:
        source = bundle_of(context)
        name = service_of(source, services) if source else ""
    service = configured(name, services)
    return service if service is not None and service.folder else None


def _repository(context: Context, service: ServiceConfig) -> str:
    if service.publish_url:
        return service.publish_url
    source = bundle_of(context)
    return repository_of(source) if source else next(iter(service.urls), "")


def next_build(tags: tuple[str, ...], latest: str) -> str:
    """The tag after `latest`: its last number plus one, as wide as before, and not yet there."""
    numbers = list(re.finditer(r"\d+", latest))
    if not numbers:
        return ""
    match = numbers[-1]
    digits = match.group()
    number = int(digits)
    while True:
        number += 1
        tag = f"{latest[: match.start()]}{number:0{len(digits)}d}{latest[match.end() :]}"
        if tag not in tags:
            return tag


def default(context: Context) -> str:
    """The next build after what a policy of the service would pick."""
    from fluxtui.domain.versions import select

    service = _service(context)
    if service is None:
        return ""
    repository = _repository(context, service)
    listed = context.snapshot.tags.get(repository)
    if listed is None:
        return ""
    # A pin hides what the policy follows, and the next build must still be one that it takes.
    followed = policies(context.snapshot, repository).values()
    unpinned = {replace(policy, digest="") for policy in followed}
    picks = sorted(select(listed.tags, policy).chosen for policy in unpinned)
    builds = [p for p in picks if "-" in p] or [p for p in picks if p]
    return next_build(listed.tags, builds[0]) if builds else ""


def refusal(context: Context) -> str | None:
    """Why the service cannot be published from here."""
    service = _service(context)
    if service is None:
        subject = context.target.service or "this service"
        return f"no folder to publish {subject} from: name one under services: in the configuration"
    return read_only_reason(context, ())


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
    tag = values.get("version", "").strip()
    image = values.get("image", "").strip() or tag
    images = {name: f"{name}:{image}" for name in service.images}
    if image and not is_tag(image):
        raise UsageError(f"{image!r} cannot be a tag", next=TAG_RULE)
    does = f"set the image to {image}"
    return _push(context, service, values, images, command="publish", does=does)


def rehearsal_refusal(context: Context) -> str | None:
    """Why no bad build can be published now."""
    service = _service(context)
    if service is not None and not service.rehearsals:
        return f"{service.name} has no rehearsals under services: in the configuration"
    return refusal(context)


def rehearsals(context: Context) -> tuple[str, ...]:
    """What may go wrong, by name."""
    service = _service(context)
    return tuple(service.rehearsals) if service is not None else ()


def rehearsal_plan(context: Context, values: Values) -> Plan:
    """Publish a build that is known to break."""
    service = _service(context)
    if service is None:
        raise UsageError(refusal(context) or "nothing to publish")
    failure, tag = values.get("failure", "").strip(), values.get("version", "").strip()
    if failure not in service.rehearsals:
        failures = ", ".join(service.rehearsals)
        raise UsageError(f"no way to fail is called {failure!r}", next=f"choose one of: {failures}")
    images = {name: f"{name}:{tag}" for name in service.images}
    for name, broken in service.rehearsals[failure].items():
        images[name] = f"{name}:{broken.replace('{version}', tag)}"
    warning = f"this build is made to break: {failure}"
    return _push(
        context,
        service,
        values,
        images,
        command="publish-bad",
        does=f"set images that break ({failure})",
        warnings=(warning,),
    )


def _push(
    context: Context,
    service: ServiceConfig,
    values: Values,
    images: Mapping[str, str],
    *,
    command: str,
    does: str,
    warnings: tuple[str, ...] = (),
) -> Plan:
    repository, tag = _repository(context, service), values.get("version", "").strip()
    listed = context.snapshot.tags.get(repository)
    if not tag:
        raise UsageError("a build needs a tag", where=repository)
    if not is_tag(tag):
        raise UsageError(f"{tag!r} cannot be a tag", next=TAG_RULE)
    if listed is not None and tag in listed.tags:
        raise UsageError(f"{tag} is already published", where=repository, next="choose a new tag")
    effects = tag_effects(context.snapshot, repository, tag)
    step = PushStep(
        "push",
        f"pack {_short(service.folder)}, {does}, push {repository}:{tag}",
        undo="a published build stays; publish a newer one, or pin",
        repository=repository,
        tag=tag,
        folder=service.folder,
        images=images,
        source=service.name,
        revision=tag,
    )
    return plan_for(
        context,
        values,
        command,
        f"publish {service.name} {tag}",
        (step,),
        effects=(f"{tag} is a new build: it never ran anywhere",),
        warnings=(*warnings, *effects.nobody()),
        picks=effects,
    )
