from django.urls import reverse

from dailyfresh_orders.models import Order


def confirm(shop, *products):
    return shop.get(reverse("dailyfresh_orders:confirm"), {"sku_id": [str(p.pk) for p in products]})


def place(shop, page, **changes):
    data = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod", "note": ""}
    return shop.post(reverse("dailyfresh_orders:place"), data | changes)


def test_chosen_goods_become_an_order_with_snapshots_and_leave_the_basket(shop, buyer, apple, pear, in_basket, django_capture_on_commit_callbacks):
    in_basket({apple: 2, pear: 1})
    page = confirm(shop, apple)
    assert page.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = place(shop, page, note="at the door")
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()
    line = order.lines.get()
    assert (line.name, line.unit, line.unit_price, line.quantity) == ("Apple", "500g", apple.yuan, 2)
    assert (order.receiver, order.note, str(order.total), order.state) == ("林晓禾", "at the door", "21.00", "to_ship")
    apple.refresh_from_db()
    assert (apple.pieces, apple.sold) == (8, 2)
    from minisite.shop.joins import Basket

    assert Basket().lines(buyer) == {str(pear.pk): 1}
