"""The screen: Textual only, and the only room that imports it.

Shows a Snapshot and turns keys into Plans; it must not import cluster, artifacts, world or any
client library. `bridge` is the one file that touches both threads.
"""
