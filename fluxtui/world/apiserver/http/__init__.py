"""HTTP/1.1 on a loopback socket: requests and answers as values, and in which form they go out.

Knows tokens, paths and media types, but no kinds and no objects.
"""
