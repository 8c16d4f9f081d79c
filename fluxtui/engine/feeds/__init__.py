"""What is read of a cluster and kept: which feeds, one API, and what its objects become."""
