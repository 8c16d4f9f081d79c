"""What Kubernetes makes of HTTP: who asks, what a path names, and in which form an answer goes out.

Knows tokens, paths and media types, but no kinds and no objects; sockets are those of world/http.
"""
