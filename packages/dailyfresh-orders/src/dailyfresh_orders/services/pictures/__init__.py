"""Pictures that buyers send with reviews and refunds: stored as they are, then drawn anew."""
