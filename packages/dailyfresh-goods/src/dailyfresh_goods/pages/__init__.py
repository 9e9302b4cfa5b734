"""Pages that are the same for every visitor: kept in the cache, and written where the web server finds them."""
