"""Post-build substitution: `${var}` in the YAML text of built objects, exactly as Flux expands it.

Split in three: `parse` turns a template into nodes, `functions` computes the string operations,
`glob` matches the patterns of `#` and `%`. Import from `fluxtui.domain.substitute`; nothing here
reads ConfigMaps or Secrets or knows YAML.
"""
