"""The one small tree of errors that fluxtui raises.

Third-party exceptions are wrapped into these at the edge where they arise, so that every room above
can show an error as a value: what went wrong, where, and what to do next. Nothing here may format
for a terminal or know a library.

    FluxtuiError
    ├── UsageError            the person's words cannot be carried out (exit 2)
    ├── ConfigError           a configuration file or flag is wrong (exit 2)
    ├── RefusedError          a Plan may not run: protected, read-only, inputs changed (exit 3)
    ├── ClusterError          a Kubernetes API said no, or could not be reached
    │   ├── Unreachable           no connection, time-out, TLS
    │   ├── Unauthorized          401
    │   ├── Forbidden             403
    │   ├── NotFound              404
    │   ├── Conflict              409 (optimistic lock, field managers, already exists)
    │   ├── Expired               410 (a resourceVersion or continue token too old)
    │   ├── Invalid               422 / 400
    │   └── Throttled             429
    ├── RegistryError         an OCI registry said no, or could not be reached
    │   ├── RegistryUnreachable
    │   ├── RegistryDenied        401 / 403 after authentication was tried
    │   └── ArtifactMissing       repository, tag, digest or blob not there
    ├── GitError              a Git remote said no, could not be reached, or has no such commit
    ├── ArtifactError         the content of an artifact is refused (hostile entry, wrong digest)
    ├── BuildError            a bundle does not build (file, field, line)
    ├── SubstitutionError     post-build substitution failed
    └── VersionError          a version or a range does not parse
"""

from __future__ import annotations


class FluxtuiError(Exception):
    """Base of every error fluxtui raises.

    `what` says what went wrong, `where` names the object, file or host, `next` says what the person
    can do about it. `str()` joins them in one line, below a list of several.
    """

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        self.what = what
        self.where = where
        self.next = next
        super().__init__(what)

    def __str__(self) -> str:
        between = "\n" if "\n" in self.what else " "
        return f"{self.sentence}{between}({self.next})" if self.next else self.sentence

    @property
    def sentence(self) -> str:
        """Where and what, for a place that says elsewhere what is next; what begins with where it
        is says that itself."""
        told = not self.where or self.what.startswith(f"{self.where} ")
        return self.what if told else f"{self.where}: {self.what}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross a process border (worker to Engine); keyword arguments would be lost.
        return (_rebuild, (type(self), self.what, self.__dict__))


def _rebuild(kind: type[FluxtuiError], what: str, state: dict[str, object]) -> FluxtuiError:
    error = kind.__new__(kind)
    Exception.__init__(error, what)
    error.__dict__.update(state)
    return error


class UsageError(FluxtuiError):
    """The person's words cannot be carried out as they stand."""


class ConfigError(FluxtuiError):
    """A configuration file, a flag or a kubeconfig is wrong."""


class RefusedError(FluxtuiError):
    """A Plan may not run: read-only, not confirmed, or its inputs changed."""


class ClusterError(FluxtuiError):
    """A Kubernetes API answered with an error Status, or could not be reached.

    `status` is the HTTP status (0 when there was none), `reason` the Status reason as Kubernetes
    names it (`NotFound`, `Conflict`, ...), `causes` the Status details' causes as (field, message).
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        next: str = "",
        status: int = 0,
        reason: str = "",
        causes: tuple[tuple[str, str], ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, where=where, next=next)
        self.status = status
        self.reason = reason
        self.causes = causes
        self.retry_after = retry_after


class Unreachable(ClusterError):
    """No connection, a time-out, a TLS failure."""


class Unauthorized(ClusterError):
    """401: the credentials were not accepted."""


class Forbidden(ClusterError):
    """403: the user may not do that."""


class NotFound(ClusterError):
    """404: the object or the kind is not there."""


class Conflict(ClusterError):
    """409: stale resourceVersion, field managers in conflict, or already exists."""


class Expired(ClusterError):
    """410: a resourceVersion or continue token is too old; list again."""


class Invalid(ClusterError):
    """400 or 422: the API refuses the object."""


class Throttled(ClusterError):
    """429: asked to come back later (`retry_after` seconds)."""


class RegistryError(FluxtuiError):
    """An OCI registry answered with an error, or could not be reached. `status` 0: no answer."""

    def __init__(self, what: str, *, where: str = "", next: str = "", status: int = 0) -> None:
        super().__init__(what, where=where, next=next)
        self.status = status


class RegistryUnreachable(RegistryError):
    """No connection, a time-out, a TLS failure."""


class RegistryDenied(RegistryError):
    """401 or 403 although authentication was tried."""


class ArtifactMissing(RegistryError):
    """Repository, tag, digest or blob is not there."""


class GitError(FluxtuiError):
    """A Git remote answered with an error, could not be reached, or has not what is asked for."""


class ArtifactError(FluxtuiError):
    """The content of an artifact is refused; `entry` names the offending archive entry."""

    def __init__(self, what: str, *, where: str = "", next: str = "", entry: str = "") -> None:
        super().__init__(what, where=where, next=next)
        self.entry = entry


class BuildError(FluxtuiError):
    """A bundle does not build. `file`, `field` and `line` (1-based, 0 unknown) say where."""

    def __init__(
        self, what: str, *, file: str = "", field: str = "", line: int = 0, next: str = ""
    ) -> None:
        at = f"{file}:{line}" if file and line else file
        super().__init__(what, where=" ".join(x for x in (at, field) if x), next=next)
        self.file = file
        self.field = field
        self.line = line


class SubstitutionError(FluxtuiError):
    """Post-build substitution failed; `variable` names the variable when one is to blame."""

    def __init__(self, what: str, *, where: str = "", next: str = "", variable: str = "") -> None:
        super().__init__(what, where=where, next=next)
        self.variable = variable


class VersionError(FluxtuiError):
    """A version or a semver range does not parse."""
