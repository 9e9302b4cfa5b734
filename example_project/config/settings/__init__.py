"""Settings of the store: `base` is the composition, `demo` and `tests` say where it runs."""
