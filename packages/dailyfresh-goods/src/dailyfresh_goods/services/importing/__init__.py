"""Taking goods in by the file and giving them out: uploads, rows, and the pictures that come with them."""
