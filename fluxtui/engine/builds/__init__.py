"""Bundles built and compared, in a process of its own; no Secret value leaves it."""
