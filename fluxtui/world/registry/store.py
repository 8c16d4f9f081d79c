"""What the World's registry holds: blobs, manifests, tags and unfinished uploads, in memory.

One lock guards everything; values handed out are immutable. It knows digests and the relation
between things, but no HTTP and no credentials, and it never grows beyond its bound.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$")
TAG = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
NAME = re.compile(r"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$")


class StoreError(Exception):
    """Refused: `code` is the distribution spec's error code, `status` the HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class StoredManifest:
    """A manifest as it was put; `subject` is the digest it refers to, or empty."""

    digest: str
    media_type: str
    raw: bytes
    subject: str = ""
    artifact_type: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)

    def descriptor(self) -> dict[str, object]:
        """As an entry of a referrers list."""
        entry: dict[str, object] = {
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": len(self.raw),
        }
        if self.artifact_type:
            entry["artifactType"] = self.artifact_type
        if self.annotations:
            entry["annotations"] = dict(self.annotations)
        return entry


class _Repository:
    def __init__(self) -> None:
        self.tags: dict[str, str] = {}
        self.sorted_tags: list[str] | None = None
        self.manifests: dict[str, StoredManifest] = {}
        self.blobs: set[str] = set()
        self.referrers: dict[str, dict[str, None]] = {}


def digest_of(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def _check_digest(data: bytes, digest: str) -> None:
    if not DIGEST.match(digest):
        raise StoreError(400, "DIGEST_INVALID", f"not a digest: {digest!r}")
    if digest_of(data, digest.partition(":")[0]) != digest:
        raise StoreError(400, "DIGEST_INVALID", "the content does not have the digest given")


def read_manifest(raw: bytes, digest: str, media_type: str) -> tuple[StoredManifest, list[str]]:
    """The manifest and the digests of the blobs it needs. Raises StoreError (MANIFEST_INVALID)."""
    try:
        body = json.loads(raw)
        subject = (body.get("subject") or {}).get("digest", "")
        config = body.get("config") or {}
        needed = [part["digest"] for part in [config, *(body.get("layers") or [])] if part]
        foreign = {part["digest"] for part in body.get("layers") or [] if part.get("urls")}
        media_type = media_type or body.get("mediaType", "")
        artifact_type = body.get("artifactType") or config.get("mediaType", "")
        annotations = body.get("annotations") or {}
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise StoreError(400, "MANIFEST_INVALID", f"not a manifest: {error!r}") from error
    if not media_type:
        raise StoreError(400, "MANIFEST_INVALID", "neither Content-Type nor mediaType is given")
    if body.get("mediaType", media_type) != media_type:
        raise StoreError(400, "MANIFEST_INVALID", "Content-Type and mediaType differ")
    if body.get("manifests") is not None and not body.get("artifactType"):
        artifact_type = ""
    manifest = StoredManifest(digest, media_type, raw, subject, artifact_type, annotations)
    return manifest, [d for d in needed if d not in foreign]


class OciStore:
    """Repositories in memory, at most `max_bytes` of content. Thread-safe."""

    def __init__(self, max_bytes: int = 1 << 30) -> None:
        self._lock = threading.RLock()
        self._max_bytes = max_bytes
        self._bytes = 0
        self._content: dict[str, bytes] = {}
        self._repositories: dict[str, _Repository] = {}
        self._uploads: dict[str, tuple[str, bytearray]] = {}

    # -- repositories and tags

    def _repository(self, name: str) -> _Repository:
        try:
            return self._repositories[name]
        except KeyError:
            raise StoreError(404, "NAME_UNKNOWN", f"no repository {name}") from None

    def _made(self, name: str) -> _Repository:
        if not NAME.match(name):
            raise StoreError(400, "NAME_INVALID", f"not a repository name: {name!r}")
        return self._repositories.setdefault(name, _Repository())

    def repositories(self) -> list[str]:
        with self._lock:
            return sorted(self._repositories)

    def tags(self, name: str, last: str = "", count: int | None = None) -> tuple[list[str], bool]:
        """Tags in byte order after `last`, at most `count`; and whether more follow."""
        with self._lock:
            repository = self._repository(name)
            if repository.sorted_tags is None:
                repository.sorted_tags = sorted(repository.tags)
            names = repository.sorted_tags
            begin = bisect.bisect_right(names, last) if last else 0
            end = len(names) if count is None else min(len(names), begin + count)
            return names[begin:end], end < len(names)

    def tags_of(self, name: str, digest: str) -> list[str]:
        """All tags that point to `digest`."""
        with self._lock:
            return sorted(t for t, d in self._repository(name).tags.items() if d == digest)

    # -- manifests

    def manifest(self, name: str, reference: str) -> StoredManifest:
        with self._lock:
            repository = self._repository(name)
            digest = reference if ":" in reference else repository.tags.get(reference, "")
            if digest not in repository.manifests:
                raise StoreError(404, "MANIFEST_UNKNOWN", f"no manifest {reference} in {name}")
            return repository.manifests[digest]

    def put_manifest(
        self, name: str, reference: str, raw: bytes, media_type: str = ""
    ) -> StoredManifest:
        """Store `raw` under a tag or its digest. Raises StoreError."""
        by_digest = ":" in reference
        if by_digest:
            _check_digest(raw, reference)
        elif not TAG.match(reference):
            raise StoreError(400, "TAG_INVALID", f"not a tag: {reference!r}")
        manifest, needed = read_manifest(
            raw, reference if by_digest else digest_of(raw), media_type
        )
        with self._lock:
            missing = [digest for digest in needed if not self.has_blob(name, digest)]
            if missing and NAME.match(name):
                raise StoreError(400, "MANIFEST_BLOB_UNKNOWN", f"no blob {missing[0]} in {name}")
            repository = self._made(name)
            if manifest.digest not in repository.manifests:
                self._take(len(raw))
                repository.manifests[manifest.digest] = manifest
            if manifest.subject:
                repository.referrers.setdefault(manifest.subject, {})[manifest.digest] = None
            if not by_digest:
                if reference not in repository.tags and repository.sorted_tags is not None:
                    bisect.insort(repository.sorted_tags, reference)
                repository.tags[reference] = manifest.digest
        return manifest

    def put_tags(self, name: str, tags: Iterable[str], digest: str) -> None:
        """Let many tags point to a manifest that is there. Raises StoreError."""
        with self._lock:
            self.manifest(name, digest)
            repository = self._repository(name)
            for tag in tags:
                if not TAG.match(tag):
                    raise StoreError(400, "TAG_INVALID", f"not a tag: {tag!r}")
                repository.tags[tag] = digest
            repository.sorted_tags = None

    def delete_tag(self, name: str, tag: str) -> None:
        with self._lock:
            repository = self._repository(name)
            if repository.tags.pop(tag, None) is None:
                raise StoreError(404, "MANIFEST_UNKNOWN", f"no tag {tag} in {name}")
            repository.sorted_tags = None

    def delete_manifest(self, name: str, digest: str) -> None:
        """Remove a manifest and every tag that points to it."""
        with self._lock:
            manifest = self.manifest(name, digest)
            repository = self._repository(name)
            del repository.manifests[digest]
            self._bytes -= len(manifest.raw)
            repository.tags = {t: d for t, d in repository.tags.items() if d != digest}
            repository.sorted_tags = None
            repository.referrers.get(manifest.subject, {}).pop(digest, None)

    def referrers(self, name: str, digest: str, artifact_type: str = "") -> list[dict[str, object]]:
        """Descriptors of the manifests whose subject is `digest`; empty when there are none."""
        if not DIGEST.match(digest):
            raise StoreError(400, "DIGEST_INVALID", f"not a digest: {digest!r}")
        with self._lock:
            repository = self._repositories.get(name) or _Repository()
            items = [repository.manifests[d] for d in repository.referrers.get(digest, {})]
        return [
            m.descriptor() for m in items if not artifact_type or m.artifact_type == artifact_type
        ]

    # -- blobs and uploads

    def _take(self, size: int) -> None:
        if self._bytes + size > self._max_bytes:
            raise StoreError(413, "SIZE_INVALID", f"the registry holds {self._max_bytes} bytes")
        self._bytes += size

    def has_blob(self, name: str, digest: str) -> bool:
        with self._lock:
            repository = self._repositories.get(name)
            return repository is not None and digest in repository.blobs

    def blob(self, name: str, digest: str) -> bytes:
        with self._lock:
            if digest not in self._repository(name).blobs:
                raise StoreError(404, "BLOB_UNKNOWN", f"no blob {digest} in {name}")
            return self._content[digest]

    def content(self, digest: str) -> bytes:
        """A blob by digest alone, as an object store behind a registry knows it."""
        with self._lock:
            if digest not in self._content:
                raise StoreError(404, "BLOB_UNKNOWN", f"no blob {digest}")
            return self._content[digest]

    def put_blob(self, name: str, data: bytes, digest: str = "") -> str:
        digest = digest or digest_of(data)
        _check_digest(data, digest)
        with self._lock:
            repository = self._made(name)
            if digest not in self._content:
                self._take(len(data))
                self._content[digest] = data
            repository.blobs.add(digest)
        return digest

    def mount(self, name: str, digest: str, source: str) -> bool:
        """Make a blob of `source` (empty: of any repository) one of `name` too; False when it is
        not there.
        """
        with self._lock:
            exists = self.has_blob(source, digest) if source else digest in self._content
            if not exists:
                return False
            self._made(name).blobs.add(digest)
            return True

    def delete_blob(self, name: str, digest: str) -> None:
        with self._lock:
            self.blob(name, digest)
            self._repository(name).blobs.remove(digest)
            if not any(digest in r.blobs for r in self._repositories.values()):
                self._bytes -= len(self._content.pop(digest))

    def begin_upload(self, name: str) -> str:
        """The id of a new upload. At most 1,000 are open at once; the oldest gives way."""
        with self._lock:
            self._made(name)
            while len(self._uploads) >= 1000:
                self._drop_upload(next(iter(self._uploads)))
            upload = secrets.token_hex(16)
            self._uploads[upload] = (name, bytearray())
            return upload

    def _upload(self, name: str, upload: str) -> bytearray:
        owner, data = self._uploads.get(upload, ("", bytearray()))
        if owner != name:
            raise StoreError(404, "BLOB_UPLOAD_UNKNOWN", f"no upload {upload} in {name}")
        return data

    def upload_size(self, name: str, upload: str) -> int:
        with self._lock:
            return len(self._upload(name, upload))

    def append(self, name: str, upload: str, chunk: bytes, start: int | None = None) -> int:
        """Add a chunk; returns the size so far. StoreError 416 when `start` is not the end."""
        with self._lock:
            data = self._upload(name, upload)
            if start is not None and start != len(data):
                raise StoreError(416, "BLOB_UPLOAD_INVALID", f"expected byte {len(data)} next")
            self._take(len(chunk))
            data.extend(chunk)
            return len(data)

    def _drop_upload(self, upload: str) -> bytes:
        data = self._uploads.pop(upload)[1]
        self._bytes -= len(data)
        return bytes(data)

    def finish_upload(self, name: str, upload: str, digest: str) -> str:
        with self._lock:
            self._upload(name, upload)
            return self.put_blob(name, self._drop_upload(upload), digest)

    def cancel_upload(self, name: str, upload: str) -> None:
        with self._lock:
            self._upload(name, upload)
            self._drop_upload(upload)
