"""What is shown of a search: the goods that were found, their words marked, and suggestions while one types."""
