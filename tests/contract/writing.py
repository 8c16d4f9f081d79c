"""Writing as the contract tests do: fresh names, custom objects, and what a refusal names.

Only shortcuts over raw requests; nothing here knows which server answers.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from tests.world.apiserver.client import MERGE, Answer, Client, Json

Refusal = tuple[str, str, str]
"""(reason, field, message) of one cause."""


def fresh(prefix: str = "w") -> str:
    """A name nobody else uses."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def group_name() -> str:
    """An API group nobody else uses, for fixtures that outlive a test."""
    return f"g{uuid.uuid4().hex[:10]}.example.com"


def causes_of(answer: Answer) -> list[Refusal]:
    """The causes of a refusal, in order; empty for an answer that names none."""
    causes = (answer.json.get("details") or {}).get("causes") or ()
    return [(c["reason"], c.get("field", ""), c["message"]) for c in causes]


def warnings_of(answer: Answer) -> list[str]:
    """The texts of the Warning headers, one or several to a header, unquoted."""
    headers = ", ".join(answer.headers.get_all("Warning") or [])
    return [text.replace('\\"', '"') for text in re.findall(r'299 - "((?:[^"\\]|\\.)*)"', headers)]


def managers_of(obj: Json) -> dict[str, Json]:
    """Manager name -> the fields it owns, as managedFields write them."""
    return {m["manager"]: m["fieldsV1"] for m in obj["metadata"].get("managedFields") or ()}


@dataclass
class Writer:
    """Writes custom objects of `define`d kinds into one namespace."""

    api: Client
    namespace: str = "default"

    def place(self, group: str, kind: str, name: str = "", version: str = "v1") -> str:
        folder = f"/apis/{group}/{version}/namespaces/{self.namespace}/{kind.lower()}s"
        return f"{folder}/{name}" if name else folder

    def custom(self, group: str, kind: str, name: str, spec: Any, **more: Any) -> Json:
        head = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": name}}
        return head | ({} if spec is None else {"spec": spec}) | more

    def create(self, group: str, kind: str, spec: Any, **query: Any) -> Answer:
        body = self.custom(group, kind, fresh(), spec)
        return self.api.post(self.place(group, kind), body, **query)

    def merge(self, obj: Json, change: Json, **query: Any) -> Answer:
        """Merge-patch an object one of these made."""
        group, _, version = obj["apiVersion"].rpartition("/")
        path = self.place(group, obj["kind"], obj["metadata"]["name"], version)
        return self.api.patch(path, change, MERGE, **query)
