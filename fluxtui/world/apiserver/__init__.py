"""The embedded Kubernetes API server: one environment's API on 127.0.0.1, over TLS with a token.

It exists so that the demo, the tests and `kubectl` meet the protocol of a real control plane; where
the two differ, this one is wrong. Import `ApiServer` from `.server`; this package root stays free
of imports so that `python -m fluxtui.world.apiserver` starts fast.
"""
