from django.db import connection

left = [name for name in connection.introspection.table_names() if name.startswith("dailyfresh_orders")]
assert left == [], left
assert "books_book" in connection.introspection.table_names()
