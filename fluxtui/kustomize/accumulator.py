"""What a kustomization has gathered so far: objects, field specs, variables.

Merged upwards when a base is done. Nothing here reads files or transforms.
Rule source: kustomize's ResAccumulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fluxtui.domain.errors import BuildError
from fluxtui.kustomize.config import TransformerConfig
from fluxtui.kustomize.resmap import ResourceMap
from fluxtui.kustomize.transformers.variables import Var


@dataclass(slots=True)
class Accumulator:
    """Objects, where transformers look for fields in them, and variables by name."""

    resources: ResourceMap = field(default_factory=ResourceMap)
    config: TransformerConfig = field(default_factory=TransformerConfig)
    variables: dict[str, Var] = field(default_factory=dict)

    def merge_config(self, config: TransformerConfig) -> None:
        """Adds field specs. BuildError when they contradict."""
        self.config = config if self.config == TransformerConfig() else self.config.merged(config)

    def merge_variables(self, variables: list[Var]) -> None:
        """Adds variables. BuildError when a name is taken."""
        for variable in variables:
            if variable.name in self.variables:
                raise BuildError(f"variable {variable.name} is defined twice", field="vars")
            self.variables[variable.name] = variable

    def merge(self, base: Accumulator) -> None:
        """Takes over what a base has gathered."""
        self.resources.extend(base.resources)
        self.merge_config(base.config)
        self.merge_variables(list(base.variables.values()))
