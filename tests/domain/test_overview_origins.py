"""Why a source gives nothing, and with whom that lies; what only waits for it to come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fluxtui.domain import kinds
from fluxtui.domain.board import HealthLine, Level
from fluxtui.domain.knowledge import FeedState
from fluxtui.domain.overview.arrivals import awaited, own_health
from fluxtui.domain.overview.facts import facts_of, with_memory
from fluxtui.domain.overview.hooks import hook_lines, may_wait
from fluxtui.domain.overview.origins import fault_of, faults
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.snapshot import Feed, Snapshot
from tests.builders import NS, condition, failed, ks, revision, snapshot, source

A, B = revision("1.4.2", "a"), revision("1.5.0", "b")
LOST = failed("OCIPullFailed", "no such tag")


def other(
    short: str, name: str = "web", conditions: Any = (), status: Any = None, **spec: Any
) -> Resource:
    kind = kinds.by_short(short)
    assert kind is not None
    meta = {"name": name, "namespace": NS, "generation": 1}
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}
    told = {"observedGeneration": 1, "conditions": list(conditions), **(status or {})}
    return Resource.from_object("staging", {**body, "spec": spec, "status": told})


def why(key: Key, seen: Snapshot) -> tuple[str, str] | None:
    fault = fault_of(key, seen)
    return (fault.key.name, fault.why) if fault is not None else None


READY = condition("Ready", "True", "Succeeded", "stored")


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (source(stored=A), None),
        (source(stored=A, ready=LOST), None),  # its users run on with what it has
        (source(ready=LOST), "OCIPullFailed: no such tag"),
        (source(ready=LOST, suspend=True), "is suspended, and nothing was ever fetched"),
        (source(), "has fetched nothing yet"),
        (other("helmrepo", type="oci", url="oci://r.example/c"), None),  # nothing to fetch
        (ks(), None),  # no source
    ],
)
def test_a_source_without_anything_says_why(one: Resource, says: str | None) -> None:
    assert why(one.key, snapshot(one)) == ((one.key.name, says) if says else None)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (FeedState.LIVE, "not found"),
        (FeedState.ABSENT, "cannot be there: OCIRepository is not served"),
        (FeedState.FORBIDDEN, "may not be read: "),
        (FeedState.RETRYING, None),
        (FeedState.STARTING, None),
    ],
)
def test_a_source_that_is_not_seen_is_missing_only_where_that_can_be_known(
    state: FeedState, says: str | None
) -> None:
    gone = source().key
    feed = Feed("staging", (gone.group, gone.kind), "", state, "denied")
    found = why(gone, snapshot(feeds=(feed,)))
    assert (found is None) == (says is None)
    assert found is None or (found[0] == "activity" and found[1].startswith(says or ""))


def chart(*conditions: Any, **more: Any) -> Resource:
    return other("hc", "chart", conditions, chart="web",
                 sourceRef={"kind": "HelmRepository", "name": "index"}, **more)  # fmt: skip


INDEX_LOST = other("helmrepo", "index", [failed("Failed", "401")], url="https://r.example")


def test_what_a_source_stands_on_is_blamed_when_that_gives_nothing() -> None:
    me = chart(failed("NoSourceArtifact", "no artifact available for HelmRepository"))
    assert why(me.key, snapshot(me, INDEX_LOST)) == ("index", "Failed: 401")
    assert why(me.key, snapshot(me)) == ("index", "not found")
    held = replace(INDEX_LOST, status={**INDEX_LOST.status, "artifact": {"revision": "sha256:1"}})
    assert why(me.key, snapshot(me, held)) == ("index", "Failed: 401"), "it fails, whatever it has"
    fine = other("helmrepo", "index", [READY], {"artifact": {"revision": "sha256:1"}}, url="x")
    own = ("chart", "NoSourceArtifact: no artifact available for HelmRepository")
    assert why(me.key, snapshot(me, fine)) == own
    fetched = chart(READY, status={"artifact": {"revision": "1.0.0"}})
    assert why(fetched.key, snapshot(fetched, INDEX_LOST)) is None


def test_what_a_source_stands_on_is_not_blamed_while_nobody_can_see_it() -> None:
    waiting = chart(failed("SourceUnavailable", "no repository"))
    kind = kinds.by_short("helmrepo")
    assert kind is not None
    feed = Feed("staging", (kind.group, kind.kind), "", FeedState.STARTING, "")
    assert why(waiting.key, snapshot(waiting, feeds=(feed,))) == (
        "chart", "SourceUnavailable: no repository",
    )  # fmt: skip


@pytest.mark.parametrize("named", ["a", "b"])
def test_those_that_say_that_they_are_made_of_each_other_are_blamed_and_not_followed_for_ever(
    named: str,
) -> None:
    """Anybody may write that into an ExternalArtifact; no API refuses it."""

    def made_of(name: str, whom: str) -> Resource:
        who = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "ExternalArtifact",
            "name": whom,
        }
        return other("ea", name, (LOST,), sourceRef=who)

    ring = made_of("a", named), made_of("b", "a")
    spec = {"sourceRef": {"kind": "ExternalArtifact", "name": "a"}}
    user = other("ks", "web", (failed("ArtifactFailed", "no artifact"),), **spec)
    seen = snapshot(*ring, user)
    assert why(ring[0].key, seen) == (named, "OCIPullFailed: no such tag")
    (node,) = seen.board.chains["staging"]
    assert node.root is not None and node.root.name == named


def test_only_who_is_given_nothing_is_told_of_its_source() -> None:
    empty = source(ready=LOST)

    def names(*members: Resource) -> set[str]:
        return {key.name for key in faults(map(facts_of, members), snapshot(empty, *members))}

    starved = ks(name="starved", conditions=(failed("ArtifactFailed", "not found"),))
    silent = ks(name="silent", conditions=())
    well, waits = ks(name="well"), ks(name="w", conditions=(failed("DependencyNotReady"),))
    broken = ks(name="broken", conditions=(failed("BuildFailed"),))
    assert names(starved, silent, well, waits, broken) == {"starved", "silent"}
    fed = snapshot(source(stored=A), starved)
    assert faults([facts_of(starved)], fed) == {}


# -- what is on its way

NOT_YET = failed("ArtifactFailed", "Source artifact not found, retrying in 30s")
FETCHING = condition("Ready", "Unknown", "Progressing", "building artifact")
FAILED = HealthLine(Level.FAILED, "it has nothing")


def comes(me: Resource, *feeding: Resource) -> bool:
    found = awaited(FAILED, me, snapshot(me, *feeding))
    assert found.text == FAILED.text
    return found.level is Level.PROGRESSING


@pytest.mark.parametrize(
    ("feeding", "on_its_way"),
    [
        (source(ready=FETCHING), True),
        (source(stored=A), True),  # it has come since
        (source(), False),  # ready, and has nothing
        (source(ready=LOST), False),
        (source(ready=FETCHING, suspend=True), False),
        (source(name="other", ready=FETCHING), False),
        (replace(source(), status={}), True),  # nobody has looked at it yet
    ],
)
def test_a_failure_for_want_of_a_source_is_progress_while_that_comes(
    feeding: Resource, on_its_way: bool
) -> None:
    assert comes(ks(conditions=(NOT_YET,)), feeding) is on_its_way


def test_only_what_says_that_it_was_given_nothing_waits_for_it() -> None:
    fetching = source(ready=FETCHING)
    assert not comes(ks(conditions=(failed("BuildFailed", "no such path"),)), fetching)
    assert not comes(ks(conditions=()), fetching)
    assert not comes(ks(conditions=(NOT_YET, condition("Stalled", "True"))), fetching)
    assert comes(ks(conditions=(NOT_YET, condition("Stalled", "False"))), fetching)
    well = HealthLine(Level.OK, "applied")
    assert awaited(well, ks(conditions=(NOT_YET,)), snapshot(fetching)) is well


def test_who_stands_on_nothing_waits_for_nothing() -> None:
    bare = other("hr", "web", [failed("ArtifactFailed", "chart does not have an artifact")])
    assert not comes(bare)


def test_what_a_source_itself_waits_for_is_looked_at_too() -> None:
    me = chart(failed("NoSourceArtifact", "no artifact available for HelmRepository source 'x'"))
    fetching = other("helmrepo", "index", [FETCHING], url="https://r.example")
    assert own_health(me, snapshot(me, fetching)).level is Level.PROGRESSING
    assert own_health(me, snapshot(me, INDEX_LOST)).level is Level.FAILED


# -- what was seen before

CHECKING = condition("Ready", "Unknown", "Progressing", "Building manifests for revision " + B)
SPOILT = failed("BuildFailed", "no such path")


def again(before: Resource, now: Resource) -> HealthLine:
    return with_memory(facts_of(now), facts_of(before)).flux


def tried(*conditions: Any, attempted: str = B, **more: Any) -> Resource:
    return ks(conditions=conditions, applied=A, attempted=attempted, **more)


@pytest.mark.parametrize(
    ("now", "level"),
    [
        (tried(CHECKING), Level.FAILED),
        # Whatever else it says: it went well, is another spec or build, waits, or goes.
        (tried(READY), Level.OK),
        (tried(CHECKING, generation=2), Level.PROGRESSING),
        (tried(CHECKING, attempted=A), Level.PROGRESSING),
        (tried(failed("DependencyNotReady")), Level.WAITING),
        (tried(CHECKING, deletionTimestamp="2026-11-23T03:00:00Z"), Level.PROGRESSING),
        (tried(), Level.UNKNOWN),
    ],
)
def test_what_failed_fails_while_the_same_is_tried_again(now: Resource, level: Level) -> None:
    assert again(tried(SPOILT), now).level is level


def test_another_build_that_is_begun_is_told_by_what_its_run_says() -> None:
    """The field with the revision may follow only at the end of the run."""
    begun = condition("Reconciling", "True", "Progressing", "Building manifests for revision 1.6.0")
    same = condition("Reconciling", "True", "Progressing", f"Building manifests for revision {B}")
    silent = condition("Reconciling", "True", "Progressing", "Detecting drift")
    assert again(tried(SPOILT), tried(CHECKING, begun)).level is Level.PROGRESSING
    assert again(tried(SPOILT), tried(CHECKING, same)).level is Level.FAILED
    assert again(tried(SPOILT), tried(CHECKING, silent)).level is Level.FAILED
    never = tried(SPOILT, attempted="")
    never = replace(never, status={**never.status, "lastAttemptedRevision": ""})
    now = replace(never, status={**never.status, "conditions": [CHECKING, begun]})
    assert again(never, now).level is Level.FAILED, "nothing says what was tried before"


def test_a_failure_that_is_tried_again_is_told_once_and_since_the_first_time() -> None:
    first = facts_of(tried({**SPOILT, "lastTransitionTime": "2026-11-23T02:00:00Z"}))
    now = facts_of(tried({**CHECKING, "lastTransitionTime": "2026-11-23T03:00:00Z"}))
    once = with_memory(now, first)
    twice = with_memory(now, once)
    assert once.flux.text == twice.flux.text == "BuildFailed: no such path (being tried again)"
    assert once.since == twice.since == "2026-11-23T02:00:00Z"
    assert once.said == first.said
    later = facts_of(tried({**SPOILT, "lastTransitionTime": "2026-11-23T03:10:00Z"}))
    failed_again = with_memory(later, twice)
    assert failed_again.since == "2026-11-23T02:00:00Z"
    assert failed_again.flux.text == "BuildFailed: no such path"
    assert with_memory(later, None) is later
    well = facts_of(tried(READY))
    assert with_memory(later, well) is later, "it was well in between"


def test_while_health_is_waited_for_it_says_itself_what_it_waits_for() -> None:
    sick = facts_of(tried(failed("HealthCheckFailed", "timeout")))
    now = facts_of(tried(CHECKING))
    assert with_memory(now, sick).said == now.said
    assert with_memory(now, facts_of(tried(SPOILT))).said != now.said


# -- what an applier says by itself


def test_of_an_inventory_is_kept_what_may_be_seen_without_flux_s_own_kinds_and_nonsense() -> None:
    ids = (
        f"{NS}_api_apps_Deployment", f"{NS}_data__PersistentVolumeClaim",
        f"{NS}_c__ConfigMap", f"{NS}_s__Service", "_team_rbac.authorization.k8s.io_ClusterRole",
        f"{NS}_inner_kustomize.toolkit.fluxcd.io_Kustomization", "nonsense",
    )  # fmt: skip
    keys = facts_of(ks(inventory=ids)).managed
    assert [(key.group, key.kind, key.name) for key in keys] == [
        ("apps", "Deployment", "api"), ("", "PersistentVolumeClaim", "data"),
    ]  # fmt: skip


def test_who_made_it_is_told_unless_it_made_itself() -> None:
    def owner(name: str) -> Key | None:
        labels = {
            "kustomize.toolkit.fluxcd.io/name": name,
            "kustomize.toolkit.fluxcd.io/namespace": NS,
        }
        return facts_of(ks(labels=labels)).owner

    assert owner("root") == ks(name="root").key
    assert owner("api") is None, "bootstrap's applies itself"


def test_a_release_is_dated_by_the_last_good_run_of_what_runs() -> None:
    runs = [
        (B, "HealthCheckFailed", "2026-11-23T03:00:00Z"),
        (B, "ReconciliationSucceeded", "2026-11-23T02:00:00Z"),
        (A, "ReconciliationSucceeded", "2026-11-22T02:00:00Z"),
    ]
    assert facts_of(ks(applied=B, history=runs)).released == "2026-11-23T02:00:00Z"
    assert facts_of(ks(applied=A, history=runs)).released == "2026-11-22T02:00:00Z"
    assert facts_of(ks(applied=revision("9", "f"), history=runs)).released == ""


def test_a_git_source_is_an_origin_and_no_source_of_tags() -> None:
    spec = {"sourceRef": {"kind": "GitRepository", "name": "infra"}}
    facts = facts_of(replace(ks(), spec=spec))
    assert facts.source is None and facts.origin is not None and facts.origin.name == "infra"
    assert facts_of(ks()).source == facts_of(ks()).origin == source().key


# -- hooks of a release

SINCE = "2026-11-23T03:00:00Z"
MAKING = {**condition("Ready", "Unknown", "Progressing"), "lastTransitionTime": SINCE}


def job(
    name: str = "migrate",
    hook: str = "pre-upgrade",
    made: str = SINCE,
    of: str = "web",
    **more: Any,
) -> Resource:
    notes = {"helm.sh/hook": hook} if hook else {}
    notes |= more.pop("notes", {})
    labels = {"app.kubernetes.io/instance": of} if of else {}
    labels |= more.pop("labels", {})
    meta = {"name": name, "namespace": more.pop("namespace", NS), "creationTimestamp": made,
            "annotations": notes, "labels": labels}  # fmt: skip
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {}, "status": more}
    return Resource.from_object("staging", body)


def of_release(name: str, namespace: str = NS) -> dict[str, str]:
    """Flux's owner labels."""
    words = {"name": name, "namespace": namespace}
    return {f"helm.toolkit.fluxcd.io/{word}": value for word, value in words.items()}


def of_helm(name: str, namespace: str = NS) -> dict[str, str]:
    """Helm's own annotations."""
    words = {"name": name, "namespace": namespace}
    return {f"meta.helm.sh/release-{word}": value for word, value in words.items()}


def hooks(*jobs: Resource, ready: Any = MAKING) -> list[str]:
    release = other("hr", "web", [ready] if ready else [])
    return [line.key.name for line in hook_lines(release, snapshot(release, *jobs))]


DONE: dict[str, Any] = {"conditions": [condition("Complete", "True")]}
UNDONE: dict[str, Any] = {"conditions": [condition("Complete", "False")]}


@pytest.mark.parametrize(
    ("one", "waited_for"),
    [
        (job(), True),
        (job(made="2026-11-23T02:59:55Z"), True),  # clocks differ by seconds
        (job(made="2026-11-23T02:59:54Z"), False),  # of a run before
        (job(made=""), False),
        (job(hook=""), False),
        (job(namespace="elsewhere"), False),
        (job(of="another"), False),
        (job(of=""), False),  # it names nobody
        (job(of="another", labels=of_release("web")), True),  # Flux's labels say it best
        (job(labels=of_release("another")), False),
        (job(labels=of_release("web", "elsewhere")), False),
        (job(of="", notes=of_helm("web")), True),
        (job(notes=of_helm("another")), False),
        (job(notes=of_helm("web", "elsewhere")), False),
        (job(**DONE), False),
        (job(**UNDONE), True),
    ],
)
def test_a_release_waits_for_hooks_made_since_its_run_began(
    one: Resource, waited_for: bool
) -> None:
    assert hooks(one) == (["migrate"] if waited_for else [])


def test_only_a_release_that_is_being_made_waits_for_hooks() -> None:
    assert hooks(job(), ready={**READY, "lastTransitionTime": SINCE}) == []
    assert hooks(job(), ready=None) == []
    undated = {key: value for key, value in MAKING.items() if key != "lastTransitionTime"}
    assert hooks(job(), ready=undated) == [], "nobody says when it began"
    assert may_wait(other("hr", "web", [MAKING]))
    assert not may_wait(other("hr", "web", [READY])) and not may_wait(other("hr", "web"))
    assert not may_wait(ks(conditions=(MAKING,)))


def test_a_hook_says_which_it_is_and_how_it_stands() -> None:
    release = other("hr", "web", [MAKING])
    (line,) = hook_lines(release, snapshot(release, job()))
    assert line.message.startswith("hook pre-upgrade: ") and len(line.message) > 20
