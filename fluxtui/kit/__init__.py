"""Shared mechanisms with no idea of Flux or registries: values, clock, queues, moments, short HTTP.

Below all other rooms: it imports the standard library and nothing of ours, and holds nothing that
decides what a delivery means.
"""
