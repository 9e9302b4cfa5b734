"""Texts of a shop in several languages: the language a text is in, and translations kept in the row."""
