"""Words by themselves: how they are spelled, cut and heard, and what else a thing is called."""
