"""A fleet in every state, told by Flux's own controllers on a real control plane."""
