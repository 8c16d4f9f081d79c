"""`make bench`: what fluxtui costs, each figure beside its budget or a peer of the same run.

Never a test: a busy machine must not fail a build. One idea a file: a module here with a function
`rows` is found by its name and yields its lines; measure.py says how a line is made.
"""
