"""The embedded World: Kubernetes APIs, an OCI registry and a workload simulator on 127.0.0.1.

It exists so that the demo, the tests and the screenshots walk the production path on real
protocols. Only `fluxtui.cli` may know it; nothing here may be imported by a room below, and nothing
listens on anything but loopback.
"""
