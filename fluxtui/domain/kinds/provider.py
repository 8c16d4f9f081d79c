"""Provider: where Alerts are sent (docs/flux.md#notifications). It has no status.

Its address may hold a token: it is shown nowhere.
"""

from __future__ import annotations

from fluxtui.domain.kinds.kind import Kind, KindColumn
from fluxtui.domain.kinds.reading import text_at

KIND = Kind(
    "notification.toolkit.fluxcd.io",
    "v1beta3",
    "Provider",
    "providers",
    "provider",
    words=("alert-provider",),
    reconciles=False,
    is_static=lambda _resource: True,
    stopped=("nothing is sent to it by any Alert, and nothing is sent later either",),
    columns=(
        KindColumn("TYPE", lambda r: text_at(r.spec, "type")),
        KindColumn("CHANNEL", lambda r: text_at(r.spec, "channel")),
    ),
)
