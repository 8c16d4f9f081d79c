"""The command line and the one composition root.

Here flags, files and the environment become a Config, and the rooms are put together: Engine,
screen, World, Reconciler. No other room may know this one; verbs derive from the registry of
Commands.
"""
