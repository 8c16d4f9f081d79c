"""What a controller manager, a scheduler and kubelets would do, as an ordinary API client.

Deployments, StatefulSets, Jobs and claims come alive over the World's clock,
with pods, statuses and Events as Kubernetes writes them, so that health means something in the
demo. It knows no Flux: what makes a Kustomization healthy or not is told by the objects alone.
Nothing is imported here: the API reads a Pod's fate (fates.py) and should not wait for the rest.
"""
