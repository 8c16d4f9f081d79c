"""fluxtui: see, explain, change and follow deliveries of Kustomize bundles across environments.

This package root exists to carry the version and nothing else: importing it must stay free of
every other module, so that `fluxtui --version` costs no more than the interpreter.
"""

__version__ = "0.1.0"
