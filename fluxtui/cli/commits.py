"""What a platform team does with the demo's infra repository: change files, push the commit.

By an ordinary client over HTTP, as git does for a person who clones it. No cluster is reached.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import urllib3
from dulwich.client import Urllib3HttpGitClient
from dulwich.objects import ObjectID
from dulwich.refs import Ref
from dulwich.repo import MemoryRepo

from fluxtui.world.description import Description
from fluxtui.world.githost import BRANCH, commit

Edit = Callable[[dict[str, bytes]], None]


def push(about: Description, edit: Edit, message: str) -> str:
    """Push one commit to main; `edit` changes the files (path -> content). The 40 hex digits."""
    pool = urllib3.PoolManager()
    login = urlsplit(about.infra_credentials.read_text(encoding="utf-8").strip())
    client = Urllib3HttpGitClient(
        about.infra, pool_manager=pool, username=login.username, password=login.password
    )
    repo: Any = MemoryRepo()
    told = client.fetch("", repo)
    parent = ObjectID(told.refs[Ref(BRANCH)] or b"")
    store = repo.object_store
    files = {
        entry.path.decode(): store[entry.sha].as_raw_string()
        for entry in store.iter_tree_contents(repo[parent].tree)
    }
    edit(files)
    made = commit(store, files, message, time.time(), parent)
    client.send_pack("", lambda _refs: {Ref(BRANCH): made}, repo.generate_pack_data)
    pool.clear()
    return made.decode()
