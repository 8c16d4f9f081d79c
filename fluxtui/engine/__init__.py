"""The sync engine thread: one thread, one asyncio loop, all I/O of the app.

It is the only writer of Snapshots, runs Plans into Receipts and keeps the Journal. It must not know
the screen: what it has to say outward is "look again".
"""
