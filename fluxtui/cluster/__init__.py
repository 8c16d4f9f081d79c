"""One small door to a Kubernetes API.

`port` says what a cluster can be asked; `client` is its one real implementation, on the transport
of the kubernetes package. The Engine, the Reconciler and the workload simulator all come through
here. `kubeconfig.contexts` lists what can be connected to, `client.connect` connects.
This room must not know Flux, Snapshots or the screen.
"""
