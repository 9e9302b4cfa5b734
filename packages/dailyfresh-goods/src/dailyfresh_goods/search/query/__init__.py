"""What a search means: words understood, corrected, parted, and relaxed until something is found."""
