"""Server-side apply: who owns which field, what conflicts, how configurations merge.

Pure functions over objects and their Shapes; when a write happens is the business of write.
"""
