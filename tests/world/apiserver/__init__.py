"""Stories about the embedded Kubernetes API server, told over real HTTP and TLS."""
