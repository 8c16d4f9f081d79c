"""Publishing a build: from which folder, to which repository, under which tag, for whom."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from builders import CONFIG, URL, context, digest, revision, snapshot, source, tag_list

from fluxtui.commands.command import Context
from fluxtui.commands.proposing import unlisted
from fluxtui.commands.registry import by_id
from fluxtui.domain.ask import ListTags
from fluxtui.domain.config import Config, ServiceConfig
from fluxtui.domain.errors import UsageError
from fluxtui.domain.plan import Plan, PushStep
from fluxtui.domain.resource import Resource
from fluxtui.domain.revision import tags_hash
from fluxtui.domain.snapshot import TagList

BUILDS = {"semver": ">=0.0.0-0", "semverFilter": "-build-"}
TAGS = tag_list({"1.4.2": "a", "1.5.0-build-41": "b", "1.5.0-build-42": "c"})
SERVICE = ServiceConfig(
    "acme/activity", (URL,), folder="/home/anna/src/activity/deploy", images=("app", "db"),
    rehearsals={"crash": {"app": "{version}-crash"}},
)  # fmt: skip
PUBLISH, BAD = by_id("publish"), by_id("publish-bad")
VERSION = PUBLISH.arguments[0]


def at(*resources: Resource, tags: Any = (TAGS,), service: Any = SERVICE, **target: Any) -> Context:
    config: Config = replace(CONFIG, services=(service,) if service else ())
    meant = {"environment": "staging", "service": "acme/activity", **target}
    return context(snapshot(*resources, tags=tags, config=config), **meant)


def plan(where: Context, version: str = "1.5.0-build-43", **values: str) -> Plan:
    assert PUBLISH.plan is not None
    return PUBLISH.plan(where, {"version": version, **values})


def pushed(made: Plan) -> PushStep:
    (step,) = made.steps
    assert isinstance(step, PushStep)
    return step


# -- from where, and to where


def test_the_service_is_found_by_its_name_or_by_the_source_under_the_cursor() -> None:
    here = source(ref=BUILDS)
    for where in (at(here), at(here, service=SERVICE, object=here.key)):
        assert PUBLISH.disabled_reason(where) is None
    config = replace(CONFIG, services=(SERVICE,))
    by_source = context(snapshot(here, tags=(TAGS,), config=config), object=here.key)
    assert PUBLISH.disabled_reason(by_source) is None
    assert pushed(plan(by_source)).folder == SERVICE.folder
    assert PUBLISH.questions(by_source, {}) == (ListTags(URL),)
    nothing = context(snapshot(here, tags=(TAGS,), config=config))
    assert "this service" in (PUBLISH.disabled_reason(nothing) or "")


@pytest.mark.parametrize("service", [None, replace(SERVICE, folder="")])
def test_a_service_without_a_folder_is_published_by_nobody(service: ServiceConfig | None) -> None:
    where = at(source(ref=BUILDS), service=service)
    reason = PUBLISH.disabled_reason(where)
    assert reason is not None and "no folder to publish acme/activity" in reason
    assert BAD.disabled_reason(where) == reason
    assert PUBLISH.questions(where, {}) == () and VERSION.default(where) == ""
    assert BAD.arguments[0].choices(where) == ()
    with pytest.raises(UsageError, match="no folder"):
        plan(where)
    with pytest.raises(UsageError, match="no folder"):
        assert BAD.plan is not None
        BAD.plan(where, {"failure": "crash", "version": "1"})


def test_a_build_goes_where_the_configuration_says_else_where_the_source_looks() -> None:
    mirror = "oci://mirror.example.net/acme/activity"
    here = source(ref=BUILDS, url=mirror)
    config = replace(CONFIG, services=(SERVICE,))
    by_source = context(snapshot(here, config=config), object=here.key)
    assert pushed(plan(by_source)).repository == mirror
    nowhere = at(service=replace(SERVICE, urls=(URL, mirror)))
    assert pushed(plan(nowhere)).repository == URL, "nobody runs it yet: the first it is known by"
    elsewhere = at(here, service=replace(SERVICE, publish_url="oci://push.example.com/a"))
    assert pushed(plan(elsewhere)).repository == "oci://push.example.com/a"
    assert PUBLISH.questions(elsewhere, {}) == (ListTags("oci://push.example.com/a"),)


# -- when


def test_a_build_waits_for_the_tags_and_for_leave_to_write() -> None:
    for where in (at(source(ref=BUILDS), tags=()), at(tags=())):
        assert PUBLISH.disabled_reason(where) is None
        assert unlisted(PUBLISH, where, {}) == (ListTags(URL),)
    shut = replace(at(source(ref=BUILDS)).config, read_only=True)
    for resources in ((), (source(ref=BUILDS),)):
        seen = snapshot(*resources, tags=(TAGS,), config=shut)
        where = context(seen, environment="staging", service="acme/activity")
        assert PUBLISH.disabled_reason(where) == "fluxtui was started read-only"


def test_a_bad_build_needs_a_rehearsal_and_all_that_a_good_one_needs() -> None:
    plain = at(source(ref=BUILDS), service=replace(SERVICE, rehearsals={}))
    assert "has no rehearsals" in (BAD.disabled_reason(plain) or "")
    assert PUBLISH.disabled_reason(plain) is None
    assert BAD.disabled_reason(at(source(ref=BUILDS))) is None


# -- under which tag


def test_the_next_build_follows_what_the_policy_takes_also_below_a_pin() -> None:
    assert VERSION.default(at(source(ref=BUILDS))) == "1.5.0-build-43"
    pinned = source(ref={**BUILDS, "digest": digest("b")}, stored=digest("b"))
    assert VERSION.default(at(pinned)) == "1.5.0-build-43"


def test_builds_come_before_releases_and_releases_before_nothing() -> None:
    releases = source("production", stored=revision("1.4.2", "a"))
    assert VERSION.default(at(source(ref=BUILDS), releases)) == "1.5.0-build-43"
    assert VERSION.default(at(releases)) == "1.4.3"
    nothing = source(ref={"semver": ">=9"})
    assert VERSION.default(at(nothing, releases)) == "1.4.3"
    assert VERSION.default(at(nothing)) == ""
    assert VERSION.default(at(releases, tags=())) == "" == VERSION.default(at())


def test_a_tag_is_new_and_one_that_a_registry_takes() -> None:
    where = at(source(ref=BUILDS))
    for version, reason in (
        ("", "needs a tag"), ("1+2", "cannot be a tag"), ("1.4.2", "already published")
    ):  # fmt: skip
        with pytest.raises(UsageError, match=reason):
            plan(where, version)
    with pytest.raises(UsageError, match="'a b' cannot be a tag"):
        plan(where, image="a b")
    with pytest.raises(UsageError, match="needs a tag"):
        plan(where, "", image="1.5.0")
    assert pushed(plan(at(source(ref=BUILDS), tags=()), "1.4.2")).tag == "1.4.2"


def test_the_images_wear_the_tag_of_the_build_unless_another_is_given() -> None:
    where = at(source(ref=BUILDS))
    assert pushed(plan(where)).images == {"app": "app:1.5.0-build-43", "db": "db:1.5.0-build-43"}
    other = pushed(plan(where, image=" 1.4.2 "))
    assert other.images == {"app": "app:1.4.2", "db": "db:1.4.2"} and other.tag == "1.5.0-build-43"
    assert (other.source, other.revision) == (SERVICE.name, "1.5.0-build-43")
    assert "activity/deploy" in other.title and "/home/anna" not in other.title
    assert other.folder == SERVICE.folder, "the step holds all of the path"


# -- for whom


def test_a_build_says_who_takes_it_or_that_nobody_does() -> None:
    here = source(ref=BUILDS)
    taken = plan(at(here))
    assert taken.environments == ("staging",) and taken.warnings == ()
    assert any("would pick 1.5.0-build-43" in e for e in taken.effects)
    assert taken.inputs[URL] == tags_hash(TAGS.tags) and str(here.key) in taken.inputs
    nobody = plan(at(here), "1.6.0")
    told = "none of the environments that could be read would pick it"  # production never answered
    assert nobody.environments == () and nobody.warnings == (told,)
    assert BAD.plan is not None
    bad = BAD.plan(at(here), {"failure": "crash", "version": "1.6.0"})
    assert len(bad.warnings) == 2 and "made to break" in bad.warnings[0]
    assert pushed(bad).images == {"app": "app:1.6.0-crash", "db": "db:1.6.0"}


def test_a_repository_that_was_never_listed_is_no_input_and_is_said_to_be_unseen() -> None:
    here = source(ref=BUILDS)
    for tags in ((), (TagList(URL),)):
        made = plan(at(here, tags=tags))
        assert URL not in made.inputs and any("never listed" in u for u in made.unseen)
    assert not any(URL in u for u in plan(at(here)).unseen)
