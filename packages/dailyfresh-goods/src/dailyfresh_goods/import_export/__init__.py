"""Files of goods: their columns and cells, archives with pictures, and files by their address."""
