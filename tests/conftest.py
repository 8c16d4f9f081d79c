"""What holds for all rooms' tests: hypothesis draws the same examples everywhere, at any speed.

A busy machine must not fail a build, and neither must an example that no other run has seen; to
look for new ones, run with `--hypothesis-profile default`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fluxtui",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fluxtui")
