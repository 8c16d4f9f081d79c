"""OCIRepositories: what is picked, fetched, stored and said."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from reconciler_stage import HOST, NS, Stage, condition, config_map, source

BUNDLE = {"cm.yaml": config_map("one"), "notes/readme.txt": "hello"}


def conditions(obj: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(c["type"], c["status"], c["reason"]) for c in obj["status"]["conditions"]]


def revision(obj: Any) -> str:
    return str(((obj or {}).get("status") or {}).get("artifact", {}).get("revision", ""))


async def test_the_highest_version_is_fetched_and_advertised(stage: Stage) -> None:
    await stage.push("acme/app", "1.9.0", BUNDLE)
    digest = await stage.push("acme/app", "1.10.0", BUNDLE)
    await stage.push("acme/app", "latest", BUNDLE)
    await stage.apply(source())
    await stage.start()
    found = await stage.until_ready("OCIRepository", "app")
    status = found["status"]
    artifact = status["artifact"]
    assert artifact["revision"] == f"1.10.0@{digest}"
    assert artifact["path"] == f"ocirepository/{NS}/app/{digest}.tar.gz"
    assert artifact["url"].endswith(artifact["path"])
    assert artifact["digest"].startswith("sha256:") and artifact["digest"] != digest
    assert artifact["size"] > 0 and artifact["lastUpdateTime"] == "2026-01-01T00:00:00Z"
    assert artifact["metadata"]["org.opencontainers.image.revision"] == "1.10.0@sha1:abc"
    assert status["url"].endswith(f"/ocirepository/{NS}/app/latest.tar.gz")
    assert conditions(found) == [
        ("Ready", "True", "Succeeded"),
        ("ArtifactInStorage", "True", "Succeeded"),
    ]
    stored = f"stored artifact for digest '1.10.0@{digest}'"
    assert condition(found, "Ready")["message"] == stored
    assert found["metadata"]["finalizers"] == ["finalizers.fluxcd.io"]
    assert await stage.events("app") == [
        (
            "Normal",
            "NewArtifact",
            f"stored artifact with revision '1.10.0@{digest}' from 'oci://{HOST}/acme/app', "
            "origin source 'https://git.example.com/it', origin revision '1.10.0@sha1:abc'",
        )
    ]


async def test_a_new_version_is_noticed_after_the_interval(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source())
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    await stage.push("acme/app", "1.0.1", {**BUNDLE, "more.txt": "more"})
    await stage.pass_time(5 * 60 * 1.06)
    found = await stage.until(
        "OCIRepository", "app", lambda o: o and revision(o).startswith("1.0.1")
    )
    assert revision(found).startswith("1.0.1@sha256:")
    found = await stage.until_ready("OCIRepository", "app")
    assert condition(found, "ArtifactOutdated") == {}


async def test_a_request_is_done_at_once_and_acknowledged(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source())
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    await stage.push("acme/app", "1.1.0", BUNDLE)
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until(
        "OCIRepository", "app", lambda o: o and o["status"].get("lastHandledReconcileAt") == "now"
    )
    assert revision(found).startswith("1.1.0@")
    # The same content under a new tag is no new artifact.
    assert [reason for _, reason, _ in await stage.events("app")] == [
        "NewArtifact",
        "ArtifactUpToDate",
    ]


async def test_a_pinned_digest_is_a_revision_without_tag(stage: Stage) -> None:
    old = await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.push("acme/app", "2.0.0", {**BUNDLE, "more.txt": "more"})
    await stage.apply(source())
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    await stage.patch("OCIRepository", "app", {"spec": {"ref": {"digest": old}}})
    found = await stage.until("OCIRepository", "app", lambda o: revision(o) == old)
    assert found["spec"]["ref"] == {"semver": ">=0.0.0", "digest": old}
    await stage.patch("OCIRepository", "app", {"spec": {"ref": {"digest": None}}})
    await stage.until("OCIRepository", "app", lambda o: revision(o).startswith("2.0.0@"))


async def test_a_failed_fetch_keeps_the_artifact_and_is_tried_again(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(ref={"tag": "1.0.0"}))
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    await stage.patch("OCIRepository", "app", {"spec": {"ref": {"tag": "9.9.9"}}})
    found = await stage.until_condition(
        "OCIRepository", "app", "Ready", "False", "OCIArtifactPullFailed"
    )
    assert conditions(found) == [
        ("Ready", "False", "OCIArtifactPullFailed"),
        ("ArtifactInStorage", "True", "Succeeded"),
        ("FetchFailed", "True", "OCIArtifactPullFailed"),
        ("Reconciling", "True", "ProgressingWithRetry"),
    ]
    message = condition(found, "Ready")["message"]
    assert message.startswith("failed to determine artifact digest: ")
    assert "9.9.9" in message
    assert found["status"]["observedGeneration"] == 1
    assert revision(found).startswith("1.0.0@")
    await stage.push("acme/app", "9.9.9", BUNDLE)
    await stage.pass_time(10)
    found = await stage.until_ready("OCIRepository", "app")
    assert revision(found).startswith("9.9.9@")
    reasons = [(kind, reason) for kind, reason, _ in await stage.events("app")]
    assert reasons[1:] == [("Warning", "OCIArtifactPullFailed"), ("Normal", "Succeeded")]


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ({"semver": ">=3.0.0"}, "no match found for semver: >=3.0.0"),
        ({"semver": "latest"}, "semver 'latest' parse error: "),
        ({"semver": "*", "semverFilter": "("}, "does not compile"),
    ],
)
async def test_no_choice_says_why(stage: Stage, ref: dict[str, str], words: str) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(ref=ref))
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "FetchFailed", "True")
    assert condition(found, "Ready")["reason"] == "ReadOperationFailed"
    message = condition(found, "Ready")["message"]
    what = f"failed to determine the artifact tag for 'oci://{HOST}/acme/app': "
    assert message.startswith(what) and words in message


async def test_a_registry_that_is_down_is_asked_again(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    stage.server.stop()
    await stage.apply(source())
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "FetchFailed", "True")
    assert condition(found, "Ready")["reason"] == "ReadOperationFailed"
    stage.server.start()
    await stage.pass_time(10)
    await stage.until_ready("OCIRepository", "app")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"oci://{HOST}/acme/app:1.0.0", "URL must not contain a tag; remove ':1.0.0'"),
        (f"oci://{HOST}/Acme", "is not a repository"),
    ],
)
async def test_a_wrong_address_stalls_until_the_spec_changes(
    stage: Stage, url: str, words: str
) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(url=url))
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "Stalled", "True", "URLInvalid")
    message = condition(found, "Ready")["message"]
    assert message.startswith(f"URL validation failed for '{url}': ") and words in message
    assert found["status"]["observedGeneration"] == 1
    assert condition(found, "Reconciling") == {}
    await stage.patch("OCIRepository", "app", {"spec": {"url": f"oci://{HOST}/acme/app"}})
    found = await stage.until_ready("OCIRepository", "app")
    assert condition(found, "Stalled") == {}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"verify": {"provider": "cosign"}}, "spec.verify"),
        ({"provider": "aws"}, "spec.provider: aws"),
        ({"certSecretRef": {"name": "ca"}}, "spec.certSecretRef"),
        ({"proxySecretRef": {"name": "proxy"}}, "spec.proxySecretRef"),
    ],
)
async def test_what_is_not_supported_stalls_and_is_named(
    stage: Stage, spec: dict[str, Any], words: str
) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(**spec))
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "Stalled", "True")
    assert condition(found, "Ready")["status"] == "False"
    assert words in condition(found, "Ready")["message"]
    assert "artifact" not in found["status"]


async def test_suspended_means_nothing_is_fetched(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(suspend=True))
    await stage.start()
    await stage.request("OCIRepository", "app", "now")
    found = await stage.until(
        "OCIRepository", "app", lambda o: o and o["status"].get("lastHandledReconcileAt") == "now"
    )
    assert "artifact" not in found["status"]
    await stage.patch("OCIRepository", "app", {"spec": {"suspend": None}})
    await stage.until_ready("OCIRepository", "app")


@pytest.mark.parametrize("key", [HOST, f"https://{HOST}/v2/acme", f"*.{HOST.partition('.')[2]}"])
async def test_a_pull_secret_opens_a_closed_registry(stage: Stage, key: str) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    real = stage.server.address
    user, password = stage.settings.credentials[real]
    stage.settings = type(stage.settings)(mirrors=stage.settings.mirrors)
    await stage.apply(source(secretRef={"name": "pull"}))
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "FetchFailed", "True")
    assert condition(found, "Ready")["reason"] == "AuthenticationFailed"
    assert condition(found, "Ready")["message"].startswith("failed to get credential: ")
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    config = json.dumps({"auths": {key: {"auth": auth}}})
    await stage.apply(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "pull", "namespace": NS},
            "type": "kubernetes.io/dockerconfigjson",
            "data": {".dockerconfigjson": base64.b64encode(config.encode()).decode()},
        }
    )
    await stage.request("OCIRepository", "app", "again")
    await stage.until_ready("OCIRepository", "app")


async def test_a_layer_that_is_not_there_is_named(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(layerSelector={"mediaType": "application/x-other"}))
    await stage.start()
    found = await stage.until_condition("OCIRepository", "app", "FetchFailed", "True")
    assert condition(found, "Ready")["reason"] == "OCIArtifactLayerOperationFailed"
    words = "failed to find layer with media type 'application/x-other' in artifact"
    assert words in condition(found, "Ready")["message"]


async def test_an_artifact_lost_from_storage_is_fetched_again(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source())
    await stage.start()
    before = await stage.until_ready("OCIRepository", "app")
    files = list((stage.folder / "storage").glob("*.tar.gz"))
    assert len(files) == 1
    files[0].write_bytes(b"damaged")
    await stage.request("OCIRepository", "app", "look")
    after = await stage.until(
        "OCIRepository", "app", lambda o: o and o["status"].get("lastHandledReconcileAt") == "look"
    )
    assert after["status"]["artifact"]["digest"] == before["status"]["artifact"]["digest"]
    assert files[0].read_bytes() != b"damaged"


async def test_ignored_files_do_not_reach_the_artifact(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source(ignore="notes/"))
    reconciler = await stage.start()
    found = await stage.until_ready("OCIRepository", "app")
    assert found["status"]["observedIgnore"] == "notes/"
    digest = found["status"]["artifact"]["digest"]
    assert set(reconciler._storage.files(digest)) == {"cm.yaml"}
    await stage.patch("OCIRepository", "app", {"spec": {"ignore": None}})
    found = await stage.until(
        "OCIRepository", "app", lambda o: o and "observedIgnore" not in o["status"]
    )
    assert found["status"]["artifact"]["digest"] != digest


async def test_a_deleted_source_goes(stage: Stage) -> None:
    await stage.push("acme/app", "1.0.0", BUNDLE)
    await stage.apply(source())
    await stage.start()
    await stage.until_ready("OCIRepository", "app")
    await stage.delete("OCIRepository", "app")
    await stage.until("OCIRepository", "app", lambda o: o is None)
