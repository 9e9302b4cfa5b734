"""The store itself: theme, composed views, and the receivers that join the packages."""
