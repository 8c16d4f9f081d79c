"""The JSONPath of printer columns: `.status.conditions[?(@.type=="Ready")].status`, `.tags[0]`.

Needed by `kubectl get ks` and `get ocirepo`, whose columns their CRDs give. Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1024)
def _compiled(path: str) -> Any:
    """The path in the library's words; None where it is no path."""
    import jsonpath  # here: the server should stand before the first Table is asked for

    text = path.strip().removeprefix("{").removesuffix("}").removeprefix("$")
    if not text.startswith((".", "[")):
        text = f".{text}"
    # Kubernetes escapes dots in a name, JSONPath quotes the name.
    text = re.sub(
        r"\.([\w-]*(?:\\\.[\w-]*)+)", lambda name: f"['{name[1]}']".replace("\\.", "."), text
    )
    try:
        return jsonpath.compile(f"${text}")
    except jsonpath.JSONPathError:
        return None


def find(path: str, document: Any) -> list[Any]:
    """Every value the path leads to; empty where it leads nowhere."""
    compiled = _compiled(path)
    return [] if compiled is None else list(compiled.findall(document))
