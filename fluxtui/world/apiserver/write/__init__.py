"""What changes objects: the writes and what is checked and filled in before them, deletion and what
it sets off.

Knows bodies and options of requests, but no sockets, and nothing of how objects are shown.
"""
