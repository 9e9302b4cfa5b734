"""Search over the catalogue: an app of its own, for the sites that install its extra."""
