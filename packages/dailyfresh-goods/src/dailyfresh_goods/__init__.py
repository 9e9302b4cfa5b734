"""A product catalogue for Django with cached and static pages, search and browsing history."""

__version__ = "0.1.0"
