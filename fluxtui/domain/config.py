"""What the user configured, as values.

Reading files, flags and the environment is the composition root's work (`cli`); every other room
gets this frozen result. *An Environment that the config does not name is protected*
(docs/safety.md#protection).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from fluxtui.kit.values import frozen

AGEING = 7 * 86_400.0


def _empty() -> Mapping[str, str]:
    return MappingProxyType({})


@frozen
class Overrides:
    """What kubectl's flags of the same names put in place of what a kubeconfig context says.

    Empty means "as the kubeconfig". `request_timeout`: seconds for one request, 0 for no limit,
    None for fluxtui's own limits.
    """

    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    as_uid: str = ""
    cluster: str = ""
    user: str = ""
    request_timeout: float | None = None


@frozen
class Environment:
    """A name for a kubeconfig context, and how careful to be with it.

    `namespaces` empty means all. `stage` orders promotion; it is the Environment's own name unless
    configured. `protected`: the name is typed to confirm a write. `read_only`: no write at all.
    `soak`: seconds that a build should have been well there before it goes to the next Stage.
    """

    name: str
    context: str
    kubeconfig: str = ""
    namespaces: tuple[str, ...] = ()
    stage: str = ""
    protected: bool = True
    read_only: bool = False
    overrides: Overrides = Overrides()
    soak: float = 0.0

    @property
    def stage_name(self) -> str:
        """The Stage it belongs to."""
        return self.stage or self.name


@frozen
class ServiceConfig:
    """Joins repositories (mirrors) into one Service, and says from where it is published.

    `urls` are `oci://` urls or repository paths. `folder` (absolute) is what `publish` packs,
    `images` the image names that it sets inside the bundle, `publish_url` where it pushes.
    `rehearsals`: what is known to break, by name, as image name -> tag; `{version}` in a tag stands
    for that of the build.
    """

    name: str
    urls: tuple[str, ...] = ()
    folder: str = ""
    images: tuple[str, ...] = ()
    publish_url: str = ""
    rehearsals: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@frozen
class Registries:
    """How to reach OCI registries.

    `mirrors`: host -> host[:port]. `plain_http`: hosts that may get credentials without TLS.
    `credentials_file`: a docker config.json to use besides the user's own. `ask_images`: reviews
    ask any registry for images, not only those that bundles come from.
    """

    mirrors: Mapping[str, str] = field(default_factory=_empty)
    ca_files: Mapping[str, str] = field(default_factory=_empty)
    plain_http: frozenset[str] = frozenset()
    credentials_file: str = ""
    use_pull_secrets: bool = False
    ask_images: bool = False


@frozen
class Config:
    """Everything configured. `sources` says what was read from where, for `config check`.

    `ask_remotes`: Git remotes are asked what they hold now, with the user's own credentials.
    `checkouts`: the URL of a Git repository -> the folder (absolute) that has a checkout of it.
    `audit_events`: an act leaves a Kubernetes Event on each object that it writes.
    `ageing`: seconds from which a suspension or pin is called ageing.
    """

    environments: tuple[Environment, ...] = ()
    services: tuple[ServiceConfig, ...] = ()
    registries: Registries = Registries()
    keys: Mapping[str, str] = field(default_factory=_empty)
    ask_remotes: bool = False
    checkouts: Mapping[str, str] = field(default_factory=_empty)
    audit_events: bool = False
    ageing: float = AGEING
    theme: str = ""
    slow: bool = False
    read_only: bool = False
    journal: str = ""
    cache: str = ""
    user: str = ""
    sources: tuple[str, ...] = ()

    def environment(self, name: str) -> Environment | None:
        """The Environment of that name."""
        return next((e for e in self.environments if e.name == name), None)

    def service(self, name: str) -> ServiceConfig | None:
        """The configured Service of that name."""
        return next((s for s in self.services if s.name == name), None)

    def checkout(self, url: str) -> str:
        """The folder with a checkout of a Git repository, "" where none is named."""
        from fluxtui.domain.giturl import repository_of

        wanted = repository_of(url)
        named = (f for other, f in self.checkouts.items() if repository_of(other) == wanted)
        return next(named, "") if wanted else ""

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages in promotion order: as the Environments name them, first mention first."""
        return tuple(dict.fromkeys(e.stage_name for e in self.environments))
