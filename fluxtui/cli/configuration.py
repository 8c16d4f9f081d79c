"""From files, flags and the environment to one Config, saying what was read from where.

A file in the working directory may set only service mapping and theme: contexts, protection,
registries, keys and paths count only from the user's folder, `--config` or flags
(docs/safety.md#configuration). An unknown field is an error with its place, never ignored.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fluxtui.cli import noted, places
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config, Environment, Overrides, Registries, ServiceConfig
from fluxtui.domain.errors import ConfigError

LOCAL_FILE = "fluxtui.yaml"
_LOCAL = ("services", "theme")
_LOCAL_SERVICE = ("urls",)


def load(
    options: Options,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
    *,
    looks: bool = False,
) -> Config:
    """Read everything. `looks`: also ask whether theme and keys are some (see `looks`).

    Raises ConfigError with file, line and field.
    """
    config = load_registries(options, environ, cwd, looks=looks)
    _check_contexts(config, options, environ)
    if not config.environments:
        config = replace(config, environments=_current(options, environ))
    everywhere = tuple(_asked(environment, options) for environment in config.environments)
    slow = options.slow or bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    return replace(config, environments=everywhere, slow=slow)


def _asked(environment: Environment, options: Options) -> Environment:
    """As the flags want every Environment, a file's, a flag's or the current context's alike: what
    is applied before all are known is lost on those that come later."""
    if options.all_namespaces:
        environment = replace(environment, namespaces=())
    elif options.namespaces:
        environment = replace(environment, namespaces=options.namespaces)
    if options.overrides != Overrides():
        environment = replace(environment, overrides=options.overrides)
    return environment


def load_if_any(
    options: Options,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
    *,
    looks: bool = False,
) -> Config:
    """As `load`, but no environment and no current context at all is an answer too."""
    config = load_registries(options, environ, cwd, looks=looks)
    if not (config.environments or options.kubeconfig or _any_context(environ)):
        return config
    return load(options, environ, cwd)


def _any_context(environ: Mapping[str, str]) -> bool:
    """Whether a kubeconfig of the conventions is there and names a current context."""
    from fluxtui.cluster.kubeconfig import contexts, kubeconfig_files

    try:
        kubeconfig_files(None, environ)
    except ConfigError:
        return False  # no file at all, which is how a build machine looks
    return any(context.current for context in contexts(None, environ=environ))


def load_registries(
    options: Options,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
    *,
    looks: bool = False,
) -> Config:
    """The same without falling back to a kubeconfig: for what needs no cluster."""
    config = Config(
        journal=str(places.journal_file(environ)),
        cache=str(places.cache_folder(environ)),
        user=_user(environ),
    )
    local = (cwd or Path.cwd()) / LOCAL_FILE
    path = Path(options.config) if options.config else places.config_file(environ)
    if options.config and not path.is_file():
        what = "it is no file" if path.exists() else "there is no such file"
        raise ConfigError(what, where=options.config)
    if local.is_file() and local.resolve() != path.resolve():
        config = _merge(config, _checked(local, looks=looks), local, local=True)
    if path.is_file():
        config = _merge(config, _read(path, environ, looks=looks), path)
    if looks and options.theme:
        from fluxtui.cli.looks import check_theme

        check_theme(options.theme, "--theme")
    return _flags(config, options)


def _user(environ: Mapping[str, str]) -> str:
    name = environ.get("USER") or environ.get("LOGNAME")
    if not name:
        from getpass import getuser

        name = getuser()
    return f"{name}@{socket.gethostname()}"


def _read(path: Path, environ: Mapping[str, str], *, looks: bool) -> Mapping[str, Any]:
    """The person's own file: what was noted of it, where its looks need no line to be told with."""
    text = noted.text_of(path)
    data = None if looks else noted.recall(path, text, environ)
    if data is None:
        data = _checked(path, looks=looks)
        if noted.text_of(path) == text:  # nobody has written it meanwhile
            noted.keep(path, text, data, environ)
    return data


def _checked(path: Path, *, looks: bool) -> Mapping[str, Any]:
    from fluxtui.cli import linedyaml
    from fluxtui.cli.fields import FieldPlace, check

    data = linedyaml.read(path)
    place = FieldPlace(str(path))
    check(data, place)
    if not isinstance(data, Mapping):
        return {}
    if looks:
        from fluxtui.cli.looks import check_looks

        check_looks(data, place)
    return data


def _merge(config: Config, data: Mapping[str, Any], path: Path, *, local: bool = False) -> Config:
    allowed = _LOCAL if local else tuple(data)
    used = sorted(set(data) & set(allowed))
    ignored = sorted(set(data) - set(allowed))
    note = f"{path}: {', '.join(used) or 'nothing'}"
    if ignored:
        note += f" (not from a working directory: {', '.join(ignored)})"
    config = replace(config, sources=(*config.sources, note))
    # A field without a value is one that is not given.
    data = {key: data[key] for key in used if data[key] is not None}
    folder = path.parent
    if "services" in data:
        services = _services(data["services"], folder, mapping_only=local)
        names = {s.name for s in services}
        # The file read last wins, entry by entry.
        older = tuple(s for s in config.services if s.name not in names)
        config = replace(config, services=(*services, *older))
    if "environments" in data:
        config = replace(config, environments=_environments(data["environments"], folder))
    if "git" in data:
        config = replace(config, **_git(data["git"] or {}, folder))
    if "audit" in data:
        config = replace(config, audit_events=(data["audit"] or {}).get("events", False))
    if "registries" in data:
        config = replace(config, registries=_registries(data["registries"], folder))
    if "keys" in data:
        config = replace(config, keys=_text_values(data["keys"]))
    return replace(
        config,
        theme=str(data.get("theme") or config.theme),
        journal=_path(data.get("journal"), folder) or config.journal,
        cache=_cache(data, folder, config.cache),
        read_only=data.get("readOnly", config.read_only),
        ageing=_seconds(data.get("ageing"), config.ageing),
    )


def _seconds(text: Any, default: float) -> float:
    """A duration as people write it; that of the default where none is given."""
    if text is None:
        return default
    from fluxtui.domain.deadlines import length
    from fluxtui.domain.errors import UsageError

    try:
        return length(str(text))
    except UsageError as error:
        raise ConfigError(error.what, where=str(text), next=error.next) from error


def _cache(data: Mapping[str, Any], folder: Path, default: str) -> str:
    """Where blobs, which may hold secrets (docs/safety.md#secrets), are kept; "": nowhere."""
    value = data.get("cache")
    return "" if value is False else _path(value, folder) or default


def _environments(entries: Mapping[str, Any], folder: Path) -> tuple[Environment, ...]:
    return tuple(
        Environment(
            name=name,
            context=str(fields.get("context") or name),
            kubeconfig=_path(fields.get("kubeconfig"), folder),
            namespaces=_texts(fields.get("namespaces")),
            stage=str(fields.get("stage") or ""),
            protected=fields.get("protected", True),
            read_only=fields.get("readOnly", False),
            soak=_seconds(fields.get("soak"), 0.0),
        )
        for name, fields in _records(entries)
    )


def _services(
    entries: Mapping[str, Any], folder: Path, *, mapping_only: bool
) -> tuple[ServiceConfig, ...]:
    """`mapping_only`: what is packed and pushed where is not for a working directory to say."""
    services = []
    for name, fields in _records(entries):
        if mapping_only:
            fields = {k: v for k, v in fields.items() if k in _LOCAL_SERVICE}
        rehearsals = {n: _text_values(i) for n, i in _records(fields.get("rehearsals") or {})}
        services.append(
            ServiceConfig(
                name=name,
                urls=_texts(fields.get("urls")),
                folder=_path(fields.get("folder"), folder),
                images=_texts(fields.get("images")),
                publish_url=str(fields.get("publish") or ""),
                rehearsals=rehearsals,
            )
        )
    return tuple(services)


def _registries(fields: Mapping[str, Any], folder: Path) -> Registries:
    ca_files = _text_values(fields.get("caFiles") or {})
    return Registries(
        mirrors=_text_values(fields.get("mirrors") or {}),
        ca_files={host: _path(file, folder) for host, file in ca_files.items()},
        plain_http=frozenset(_texts(fields.get("plainHttp"))),
        credentials_file=_path(fields.get("credentialsFile"), folder),
        use_pull_secrets=fields.get("usePullSecrets", False),
        ask_images=fields.get("askImages", False),
    )


def _git(fields: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    named = _text_values(fields.get("checkouts") or {})
    return {
        "ask_remotes": fields.get("askRemotes", False),
        "checkouts": {url: _path(name, folder) for url, name in named.items()},
    }


def _records(entries: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((str(name), fields or {}) for name, fields in entries.items())


def _text_values(fields: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in fields.items() if value is not None}


def _flags(config: Config, options: Options) -> Config:
    """Flags win over files; contexts given by flag are protected Environments of their own."""
    if options.contexts:
        environments: list[Environment] = []
        for name in options.contexts:
            matches = [e for e in config.environments if e.context == name]
            environments += matches or [Environment(name, name, options.kubeconfig)]
        config = replace(
            config,
            environments=tuple(dict.fromkeys(environments)),
            sources=(*config.sources, f"--context {' '.join(options.contexts)}"),
        )
    if options.kubeconfig:
        config = replace(
            config,
            environments=tuple(
                replace(e, kubeconfig=options.kubeconfig) for e in config.environments
            ),
            sources=(*config.sources, f"--kubeconfig {options.kubeconfig}"),
        )
    if options.mirrors:
        from fluxtui.cli.fields import HOST

        mirrors = dict(config.registries.mirrors)
        for text in options.mirrors:
            host, equals, target = text.partition("=")
            if not (equals and all(re.search(HOST.pattern, address) for address in (host, target))):
                raise ConfigError(
                    f"{text!r} is no mirror: each side is {HOST.says}",
                    next="write host=host[:port]",
                    where="--mirror",
                )
            mirrors[host] = target
        config = replace(config, registries=replace(config.registries, mirrors=mirrors))
    return replace(
        config,
        read_only=config.read_only or options.read_only,
        theme=options.theme or config.theme,
    )


def _check_contexts(config: Config, options: Options, environ: Mapping[str, str]) -> None:
    """A context named by flag must be there; one named by a file is a row that says why not."""
    from fluxtui.cluster.kubeconfig import contexts

    for environment in config.environments if options.contexts else ():
        names = [c.name for c in contexts(environment.kubeconfig or None, environ=environ)]
        if environment.context not in names:
            raise ConfigError(
                f"there is no context {environment.context!r}",
                where=environment.kubeconfig or environ.get("KUBECONFIG", "~/.kube/config"),
                next=f"known: {', '.join(names) or 'none'}",
            )


def _current(options: Options, environ: Mapping[str, str]) -> tuple[Environment, ...]:
    """The current kubeconfig context as one protected Environment; a cluster named
    by flag needs no context.
    """
    from fluxtui.cluster.kubeconfig import contexts

    kubeconfig = options.kubeconfig
    available = contexts(kubeconfig or None, environ=environ)
    current = next((c for c in available if c.current), None)
    if current is None and options.overrides.cluster:
        return (Environment(options.overrides.cluster, "", kubeconfig),)
    if current is None:
        raise ConfigError(
            "no environment is configured and the kubeconfig has no current context",
            where=kubeconfig or environ.get("KUBECONFIG", "~/.kube/config"),
            next="name one with --context, write a fluxtui.yaml, or try `fluxtui demo`",
        )
    return (Environment(current.name, current.name, kubeconfig),)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _path(value: object, folder: Path) -> str:
    """A file or folder as the file in `folder` names it, absolute; "" when it names none."""
    return str((folder / Path(str(value)).expanduser()).resolve()) if value else ""
