"""Objects as `kubectl get` prints them: Tables, columns and cells. Pure."""
