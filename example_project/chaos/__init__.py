"""Buyers who go on buying while the parts of the running stack are killed, cut off and filled up; then the books."""
