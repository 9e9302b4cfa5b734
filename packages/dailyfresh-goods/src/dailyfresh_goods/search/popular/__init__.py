"""Where searches are counted: one file per backend."""
