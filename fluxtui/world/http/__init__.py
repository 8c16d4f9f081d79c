"""HTTP/1.1 on loopback sockets, faults included, for the embedded API and the registry alike.

It knows requests, answers and what can go wrong on a network; no kinds, no blobs, no credentials.
"""
