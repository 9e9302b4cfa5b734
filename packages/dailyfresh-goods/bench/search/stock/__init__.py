"""What one writes with haystack and whoosh alone: the baseline."""
