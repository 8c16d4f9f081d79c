"""Finds where fields stand that a parent puts back: in which file, at which line.

Out of a checkout that the configuration names for the parent's Git repository; of the commit that
it has stored, where remotes may be asked; of the bundle that it applies, where it takes one. Each
parent is built once, by the worker. Nothing is written anywhere.
"""

from __future__ import annotations

from fluxtui.domain.ask import ReviewDeclared
from fluxtui.domain.config import Config
from fluxtui.domain.declared import Declaration, DeclaredField
from fluxtui.domain.errors import FluxtuiError
from fluxtui.domain.kinds import appliers, sources
from fluxtui.domain.resource import Key, Resource
from fluxtui.domain.revision import commit_of, commit_text, version_text
from fluxtui.domain.service import configured, service_of
from fluxtui.engine.builds.diffs import Diffs
from fluxtui.engine.builds.gathered import Gathered
from fluxtui.engine.builds.worker import Worker
from fluxtui.engine.publication.store import Store
from fluxtui.kit.asides import aside

_LOCATED = "fluxtui.engine.builds.locating:located"


class DeclarationReader:
    """Lives on the Engine's loop."""

    def __init__(self, config: Config, store: Store, diffs: Diffs, worker: Worker) -> None:
        self._config = config
        self._store = store
        self._diffs = diffs
        self._worker = worker

    async def answer(self, question: ReviewDeclared) -> tuple[Declaration, ...]:
        """One for each field, parent by parent. Never raises for what cannot be had."""
        by_parent: dict[Key, list[DeclaredField]] = {}
        for field in question.fields:
            by_parent.setdefault(field.parent, []).append(field)
        declarations: list[Declaration] = []
        for parent, fields in by_parent.items():
            try:
                declarations += await self._of(parent, tuple(fields))
            except FluxtuiError as error:
                declarations += [Declaration(field, error=str(error)) for field in fields]
        return tuple(declarations)

    async def _of(self, key: Key, fields: tuple[DeclaredField, ...]) -> tuple[Declaration, ...]:
        parent = self._store.snapshot.get(key)
        source_key = appliers.source(parent) if parent is not None else None
        source = self._store.snapshot.get(source_key) if source_key is not None else None
        if parent is None or source is None or not appliers.takes_bundles(key):
            return ()
        gathered = self._diffs.gathered()
        remark, where = "", ""
        if sources.is_of_git(source.key):
            folder = self._config.checkout(sources.url(source))
            if not folder and not self._config.ask_remotes:
                return ()  # nobody has said where it could be looked for
            if folder:
                where, remark = await self._checkout(folder, source, gathered)
            else:
                where = f"{sources.url(source)} at {commit_text(sources.revision(source))}"
        elif sources.is_tagged(source.key):
            where, remark = self._bundle(source)
        else:
            return ()
        pair = await gathered.pair(key, None, (source, "", parent, parent.spec))
        if pair.error or pair.right is None:
            raise FluxtuiError(pair.error or "its source has stored nothing yet")
        review = self._diffs.review(pair, gathered)
        located: tuple[Declaration, ...] = await self._worker.call(
            _LOCATED, review, fields, where, remark
        )
        return located

    async def _checkout(self, folder: str, source: Resource, gathered: Gathered) -> tuple[str, str]:
        """Has the checkout as it lies stand for what the source stored: (its root, what of it is
        not what is applied)."""
        from fluxtui.artifacts.worktree import WorkTree, work_tree

        tree: WorkTree = await aside(lambda _over: work_tree(folder), f"checkout {folder}")
        gathered.stand_in(source, tree.files, tree.root)
        applied = commit_of(sources.revision(source))
        if tree.commit and applied and tree.commit != applied:
            return tree.root, f"at {tree.commit[:7]}, and {applied[:7]} is applied"
        return tree.root, ""

    def _bundle(self, source: Resource) -> tuple[str, str]:
        """(the bundle, where it is packed from as far as that is configured)."""
        service = configured(service_of(source, self._config.services), self._config.services)
        version = version_text(sources.revision(source), self._diffs.names(source))
        packed = f"packed from {service.folder}" if service is not None and service.folder else ""
        return f"bundle {source.key.name} {version}", packed
