"""Programs that are started and stopped together: the demo and the stack run on it."""
