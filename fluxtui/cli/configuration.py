"""From files, flags and the environment to one Config, saying what was read from where.

A file in the working directory may set only service mapping and theme: contexts, protection,
registries, keys and paths count only from the user's folder, `--config` or flags (design.md 7). An
unknown field is an error with its place, never ignored.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fluxtui.cli import places
from fluxtui.cli.options import Options
from fluxtui.domain.config import Config, Environment, Overrides, Registries, ServiceConfig
from fluxtui.domain.errors import ConfigError

LOCAL_FILE = "fluxtui.yaml"
_TOP = {"environments", "services", "registries", "keys", "theme", "journal", "cache", "readOnly"}
_LOCAL = {"services", "theme"}
_ENVIRONMENT = {"context", "kubeconfig", "namespaces", "stage", "protected", "readOnly"}
_SERVICE = {"urls", "folder", "images", "publish", "rehearsals"}
_LOCAL_SERVICE = {"urls"}
_SIZE_LIMIT = 1 << 20
_REGISTRIES = {"mirrors", "caFiles", "plainHttp", "credentialsFile", "usePullSecrets"}


def load(
    options: Options, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Config:
    """Read everything. Raises ConfigError with file and field."""
    config = load_registries(options, environ, cwd)
    _check_contexts(config, options, environ)
    if not config.environments:
        config = replace(config, environments=_current(options, environ))
    if options.overrides != Overrides():
        everywhere = (replace(e, overrides=options.overrides) for e in config.environments)
        config = replace(config, environments=tuple(everywhere))
    slow = options.slow or bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    return replace(config, slow=slow)


def load_if_any(
    options: Options, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Config:
    """As `load`, but no environment and no current context at all is an answer too."""
    config = load_registries(options, environ, cwd)
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
    options: Options, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Config:
    """The same without falling back to a kubeconfig: for what needs no cluster."""
    config = Config(
        journal=str(places.journal_file(environ)),
        cache=str(places.cache_folder(environ)),
        user=_user(environ),
    )
    local = (cwd or Path.cwd()) / LOCAL_FILE
    chosen = Path(options.config) if options.config else places.config_file(environ)
    if options.config and not chosen.is_file():
        raise ConfigError("there is no such file", where=options.config)
    if local.is_file() and local.resolve() != chosen.resolve():
        config = _merge(config, _read(local), local, allowed=_LOCAL)
    if chosen.is_file():
        config = _merge(config, _read(chosen), chosen, allowed=_TOP)
    config = _flags(config, options)
    return config


def _user(environ: Mapping[str, str]) -> str:
    name = environ.get("USER") or environ.get("LOGNAME") or getpass.getuser()
    return f"{name}@{socket.gethostname()}"


def _read(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise ConfigError("larger than 1 MiB: that is no configuration", where=str(path))
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(str(error).replace("\n", " "), where=str(path)) from error
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ConfigError("the file must be a mapping", where=str(path))
    return data


def _merge(config: Config, data: Mapping[str, Any], path: Path, *, allowed: set[str]) -> Config:
    at = str(path)
    _known(data, _TOP, at)
    used = sorted(set(data) & allowed)
    ignored = sorted(set(data) - allowed)
    note = f"{at}: {', '.join(used) or 'nothing'}"
    if ignored:
        note += f" (not from a working directory: {', '.join(ignored)})"
    config = replace(config, sources=(*config.sources, note))
    data = {key: data[key] for key in used}
    if "services" in data:
        mapping_only = allowed is _LOCAL
        services = _services(data["services"], at, path.parent, mapping_only=mapping_only)
        names = {s.name for s in services}
        # The file read last wins, entry by entry.
        kept = tuple(s for s in config.services if s.name not in names)
        config = replace(config, services=(*services, *kept))
    if "environments" in data:
        config = replace(config, environments=_environments(data["environments"], at, path.parent))
    if "registries" in data:
        config = replace(config, registries=_registries(data["registries"], at, path.parent))
    if "keys" in data:
        keys = _mapping(data["keys"], f"{at} keys")
        config = replace(config, keys={str(k): str(v) for k, v in keys.items()})
    return replace(
        config,
        theme=str(data.get("theme") or config.theme),
        journal=_path(data.get("journal"), path.parent) or config.journal,
        cache=_cache(data, path.parent, config.cache),
        read_only=_flag(data, "readOnly", at, config.read_only),
    )


def _cache(data: Mapping[str, Any], folder: Path, default: str) -> str:
    """Where blobs are kept; "" for `cache: off`, as bundles may hold secrets (design.md 7)."""
    value = data.get("cache")
    return "" if value is False else _path(value, folder) or default


def _environments(value: object, at: str, folder: Path) -> tuple[Environment, ...]:
    found = []
    for name, entry in _mapping(value, f"{at} environments").items():
        where = f"{at} environments.{name}"
        fields = _mapping({} if entry is None else entry, where)
        _known(fields, _ENVIRONMENT, where)
        found.append(
            Environment(
                name=str(name),
                context=str(fields.get("context", name)),
                kubeconfig=_path(fields.get("kubeconfig"), folder),
                namespaces=_texts(fields.get("namespaces"), f"{where}.namespaces"),
                stage=str(fields.get("stage", "")),
                protected=_flag(fields, "protected", where, True),
                read_only=_flag(fields, "readOnly", where, False),
            )
        )
    return tuple(found)


def _services(
    value: object, at: str, folder: Path, *, mapping_only: bool
) -> tuple[ServiceConfig, ...]:
    """`mapping_only`: what is packed and pushed where is not for a working directory to say."""
    found = []
    for name, entry in _mapping(value, f"{at} services").items():
        where = f"{at} services.{name}"
        fields = _mapping({} if entry is None else entry, where)
        _known(fields, _SERVICE, where)
        if mapping_only:
            fields = {k: v for k, v in fields.items() if k in _LOCAL_SERVICE}
        found.append(
            ServiceConfig(
                name=str(name),
                urls=_texts(fields.get("urls"), f"{where}.urls"),
                folder=_path(fields.get("folder"), folder),
                images=_texts(fields.get("images"), f"{where}.images"),
                publish_url=str(fields.get("publish") or ""),
                rehearsals=_rehearsals(fields.get("rehearsals"), f"{where}.rehearsals"),
            )
        )
    return tuple(found)


def _rehearsals(value: object, where: str) -> dict[str, dict[str, str]]:
    """What is known to break, by name: image name -> tag."""
    return {
        str(name): {str(k): str(v) for k, v in _mapping(images, f"{where}.{name}").items()}
        for name, images in _mapping(value or {}, where).items()
    }


def _registries(value: object, at: str, folder: Path) -> Registries:
    where = f"{at} registries"
    fields = _mapping(value, where)
    _known(fields, _REGISTRIES, where)
    mirrors = _mapping(fields.get("mirrors") or {}, f"{where}.mirrors")
    ca_files = _mapping(fields.get("caFiles") or {}, f"{where}.caFiles")
    return Registries(
        mirrors={str(k): str(v) for k, v in mirrors.items()},
        ca_files={str(k): _path(v, folder) for k, v in ca_files.items()},
        plain_http=frozenset(_texts(fields.get("plainHttp"), f"{where}.plainHttp")),
        credentials_file=_path(fields.get("credentialsFile"), folder),
        use_pull_secrets=_flag(fields, "usePullSecrets", where, False),
    )


def _flags(config: Config, options: Options) -> Config:
    """Flags win over files; contexts given by flag are protected Environments of their own."""
    if options.contexts:
        chosen: list[Environment] = []
        for name in options.contexts:
            named = [e for e in config.environments if e.context == name]
            chosen += named or [Environment(name, name, options.kubeconfig)]
        config = replace(
            config,
            environments=tuple(dict.fromkeys(chosen)),
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
    if options.all_namespaces:
        config = replace(
            config, environments=tuple(replace(e, namespaces=()) for e in config.environments)
        )
    elif options.namespaces:
        config = replace(
            config,
            environments=tuple(
                replace(e, namespaces=options.namespaces) for e in config.environments
            ),
        )
    if options.mirrors:
        mirrors = dict(config.registries.mirrors)
        for text in options.mirrors:
            host, equals, target = text.partition("=")
            if not (host and equals and target):
                raise ConfigError(
                    f"{text!r} is no mirror", next="write host=host[:port]", where="--mirror"
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
    """The current kubeconfig context as one protected Environment (design.md 9); a cluster named
    by flag needs no context.
    """
    from fluxtui.cluster.kubeconfig import contexts

    kubeconfig = options.kubeconfig
    found = contexts(kubeconfig or None, environ=environ)
    current = next((c for c in found if c.current), None)
    if current is None and options.overrides.cluster:
        return (Environment(options.overrides.cluster, "", kubeconfig),)
    if current is None:
        raise ConfigError(
            "no environment is configured and the kubeconfig has no current context",
            where=kubeconfig or environ.get("KUBECONFIG", "~/.kube/config"),
            next="name one with --context, write a fluxtui.yaml, or try `fluxtui demo`",
        )
    return (Environment(current.name, current.name, kubeconfig),)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError("must be a mapping", where=where)
    return value


def _known(fields: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(str(k) for k in fields if k not in allowed)
    if unknown:
        raise ConfigError(
            f"unknown field {unknown[0]!r}",
            where=where,
            next=f"known: {', '.join(sorted(allowed))}",
        )


def _texts(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(v, (str, int)) for v in value):
        raise ConfigError("must be a list of texts", where=where)
    return tuple(str(v) for v in value)


def _path(value: object, folder: Path) -> str:
    """A file or folder as the file in `folder` names it, absolute; "" when it names none."""
    return str((folder / Path(str(value)).expanduser()).resolve()) if value else ""


def _flag(fields: Mapping[str, Any], name: str, where: str, default: bool) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise ConfigError(f"{name} must be true or false", where=where)
    return value
