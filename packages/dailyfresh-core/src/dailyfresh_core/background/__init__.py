"""Work that must happen after a change: outboxes of rows, and waking the drain that works them off."""
