"""One file a revision. Its number is the version that `schema` holds; it says why it came into being."""
