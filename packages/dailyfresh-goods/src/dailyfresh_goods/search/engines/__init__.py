"""Where documents are kept and found: one file per engine over what all share, `base` and `conditions`."""
