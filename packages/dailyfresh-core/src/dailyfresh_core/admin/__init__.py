"""What staff use in the admin of every package: lists, exports, who is held back, what waits to be done."""
