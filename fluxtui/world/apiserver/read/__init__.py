"""What changes nothing: objects, lists, watches, logs, discovery, OpenAPI.

It may ask write for a Scale; it must never put anything into the store.
"""
