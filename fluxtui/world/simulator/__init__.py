"""What a controller manager, a scheduler and kubelets would do, as an ordinary API client.

Deployments, StatefulSets, DaemonSets, Jobs, CronJobs and claims come alive over the World's clock,
with pods, statuses and Events as Kubernetes writes them, so that health means something in the
demo. It knows no Flux: what makes a Kustomization healthy or not is told by the objects alone.
"""

from fluxtui.world.simulator.simulator import Simulator

__all__ = ["Simulator"]
