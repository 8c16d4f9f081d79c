"""kubectl's annotation of what it applied last, kept true when the same kubectl applies on the
server's side, so that going back to a client-side apply removes what it should.

After `lastappliedupdater.go` of k8s.io/apimachinery's field manager; only the manager called
"kubectl" gets this, and only on objects that carry the annotation already.
"""

from __future__ import annotations

import json

from fluxtui.world.apiserver.status import Json

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_MOST = 256 * 1024
"""Bytes that all annotations of an object may take together."""
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def synced(new: Json, config: Json, manager: str) -> Json:
    """`new`, the outcome of applying `config`, with the annotation saying so."""
    metadata: Json = new["metadata"]
    annotations: Json = metadata.get("annotations") or {}
    if manager != "kubectl" or not annotations.get(ANNOTATION):
        return new
    changed = annotations | {ANNOTATION: _text(config)}
    if sum(len(k.encode()) + len(v.encode()) for k, v in changed.items()) > _MOST:
        del changed[ANNOTATION]
    return new | {"metadata": metadata | {"annotations": changed}}


def _text(config: Json) -> str:
    """The configuration as Go writes it: sorted, without spaces, one line."""
    metadata = {k: v for k, v in config["metadata"].items() if k != "managedFields"}
    if isinstance(metadata.get("annotations"), dict):
        kept = {k: v for k, v in metadata["annotations"].items() if k != ANNOTATION}
        metadata["annotations"] = kept
    plain = config | {"metadata": metadata}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPED) + "\n"
