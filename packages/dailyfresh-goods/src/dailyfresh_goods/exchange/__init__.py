"""Goods in files: CSV, XLSX and JSON, read row by row and written the same way."""
