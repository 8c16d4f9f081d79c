"""The native controllers for OCIRepository and Kustomization: a process of its own.

Where no Flux runs, this room does what Flux does, to the same objects, through the same API, as an
ordinary client of it. It must not be started beside a live Flux, must not know the Engine or the
screen, and never deletes what is not in an inventory.
"""
