"""The demo's delivery: an infra repository and four services as real files, and who publishes them.

Everything here is what a team would have in its repositories and pipelines; nothing knows that the
registry it publishes to is the embedded one.
"""
