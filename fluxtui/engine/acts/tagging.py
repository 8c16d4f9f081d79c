"""Carries out the Steps that write to a registry: put a tag, push a bundle, delete either.

Tags have no compare-and-swap (docs/safety.md#registry-writes): what stands there is read just
before, and read back after. A write without an answer is judged by what is read back. Which
Environments it concerns is the Plan's.
"""

from __future__ import annotations

from fluxtui.domain.errors import ArtifactMissing, RegistryError, RegistryUnreachable
from fluxtui.domain.plan import DeleteStep, Outcome, PushStep, TagStep
from fluxtui.domain.pushcontent import content_of
from fluxtui.domain.revision import short_digest
from fluxtui.engine.registries import RegistryDoor
from fluxtui.kit.clock import Clock

Result = tuple[Outcome, str]


class Tagging:
    """Registry writes on behalf of one Plan."""

    def __init__(self, registries: RegistryDoor, clock: Clock) -> None:
        self._registries = registries
        self._clock = clock

    async def tag(self, step: TagStep) -> Result:
        """Put the tag on the digest when it is still where the Plan saw it."""
        present = await self._registries.digest(step.repository, step.tag)
        if present == step.digest:
            return Outcome.UNCHANGED, f"{step.tag} is on {short_digest(step.digest)} already"
        if present != step.expect:
            now = short_digest(present) or "not there"
            then = short_digest(step.expect) or "not there"
            return Outcome.REFUSED, f"the tag {step.tag} is {now}, the Plan saw it {then}"
        unheard: RegistryUnreachable | None = None
        try:
            await self._registries.tag(step.repository, step.digest, step.tag)
        except RegistryUnreachable as error:
            unheard = error
        return await self._tagged(step, present, unheard)

    async def push(self, step: PushStep) -> Result:
        """Pack the folder and push it; nothing is sent when the tag holds the same content."""
        created = self._clock.stamp()[:19] + "Z"
        try:
            pushed = await self._registries.push(step, created)
        except RegistryUnreachable as error:
            return await self._pushed_unheard(step, error)
        present = await self._registries.digest(step.repository, step.tag)
        if present != pushed.digest:
            text = f"pushed {pushed.digest}, but the tag {step.tag} is on {present or 'nothing'}"
            return Outcome.FAILED, text
        if pushed.unchanged:
            return Outcome.UNCHANGED, f"{step.tag} holds the same content already"
        return Outcome.DONE, f"{step.tag}@{pushed.digest}"

    async def delete(self, step: DeleteStep) -> Result:
        """Remove the tag alone where the registry can, else the manifest when nobody shares it."""
        name = step.tag or step.digest
        present = await self._registries.digest(step.repository, name)
        if not present:
            return Outcome.UNCHANGED, f"{name} is not there"
        if present != step.digest:
            now, then = short_digest(present), short_digest(step.digest)
            return Outcome.REFUSED, f"the tag {step.tag} is on {now}, the Plan saw it on {then}"
        unheard: RegistryUnreachable | None = None
        try:
            alone = await self._delete(step)
        except RegistryUnreachable as error:
            unheard, alone = error, True
        except ArtifactMissing:
            alone = True  # somebody was quicker; what is read back decides
        if not alone:
            text = "this registry deletes by digest only, and other tags are on it: "
            return Outcome.REFUSED, f"{text}{', '.join(step.shared)}; nothing was deleted"
        return await self._deleted(step, name, unheard)

    async def _delete(self, step: DeleteStep) -> bool:
        """False when only the whole manifest could be deleted and other tags need it."""
        if step.tag and await self._registries.delete_tag(step.repository, step.tag):
            return True
        if step.tag and step.shared:
            return False
        await self._registries.delete(step.repository, step.digest)
        return True

    async def _deleted(
        self, step: DeleteStep, name: str, unheard: RegistryUnreachable | None
    ) -> Result:
        try:
            present = await self._registries.digest(step.repository, name)
        except RegistryError as error:
            text = f"not readable after deleting ({error})"
            return Outcome.UNKNOWN, f"no answer ({unheard}), and {text}" if unheard else text
        if not present:
            prefix = "read back: " if unheard is None else "no answer came, but read back: "
            return Outcome.DONE, f"{prefix}{name} is gone"
        if unheard is not None:
            return Outcome.FAILED, f"no answer came, and {name} is still there ({unheard})"
        return Outcome.FAILED, f"read back, {name} is still there"

    async def _tagged(
        self, step: TagStep, before: str, unheard: RegistryUnreachable | None
    ) -> Result:
        try:
            present = await self._registries.digest(step.repository, step.tag)
        except RegistryError as error:
            text = f"not readable after writing ({error})"
            return Outcome.UNKNOWN, f"no answer ({unheard}), and {text}" if unheard else text
        if present == step.digest:
            prefix = "read back: " if unheard is None else "no answer came, but read back: "
            return Outcome.DONE, f"{prefix}{step.tag} is on {short_digest(step.digest)}"
        if unheard is not None and present == before:
            return Outcome.FAILED, f"no answer came, and nothing was written ({unheard})"
        return Outcome.FAILED, f"read back, the tag {step.tag} is on {present or 'nothing'}"

    async def _pushed_unheard(self, step: PushStep, error: RegistryUnreachable) -> Result:
        try:
            landed = await self._registries.holds(content_of(step))
        except RegistryError as second:
            return Outcome.UNKNOWN, f"no answer ({error}), and not readable either ({second})"
        if landed:
            return Outcome.DONE, f"no answer came, but read back {step.tag} holds the content"
        return Outcome.FAILED, f"no answer came, and {step.tag} does not hold the content ({error})"
