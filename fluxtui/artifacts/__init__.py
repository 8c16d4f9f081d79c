"""Artifacts: bundles in OCI registries, from reference to files and back.

The one room that speaks to registries. Importing it is cheap: oras and requests are loaded when a
client first connects. It must know nothing of clusters, of the Engine, or of the screen.
"""
