from books.models import Book, Print
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import cancel_order
from visitors import ordered

CODE = "7d3cba5e-0d4c-4a55-9df5-9f2f0f7d1904"


Book.objects.filter(pk=1).update(copies=3)


def left():
    return Book.objects.get(pk=1).copies, Print.objects.get().sheets


assert "Your order is placed" in ordered("1:1", f"{CODE}:2")
assert left() == (2, 0)
assert "sold out" in ordered("1:1", f"{CODE}:1").lower()
assert left() == (2, 0)
order = Order.objects.get()
cancel_order(order, by=order.user)
assert left() == (3, 2)
