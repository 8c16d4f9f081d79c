"""The transformers of a build, one file each, in no order: the pipeline decides when each runs.

Every one changes the objects of a ResourceMap in place and knows nothing of files or of the others.
"""
