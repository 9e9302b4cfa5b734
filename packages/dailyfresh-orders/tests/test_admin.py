"""Staff's work: the list, shipping, papers, CSV, moderation; and what they cannot do."""

import csv
import io
from datetime import UTC, datetime

import pytest
from dailyfresh_orders.admin import exports
from dailyfresh_orders.admin.orders import AT_ONCE
from dailyfresh_orders.models import Order, Review
from dailyfresh_orders.services import Words, review_order
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from minisite.shop.models import Product

CHANGELIST = "admin:dailyfresh_orders_order_changelist"


def act(staff, action, *orders, **more):
    data = {"action": action, "_selected_action": [order.pk for order in orders]} | more
    return staff.post(reverse(CHANGELIST) + "?state=all", data)


def ship_form(*orders):
    data = {"number": [order.number for order in orders]}
    for order in orders:
        data |= {f"{order.number}-carrier": "SF", f"{order.number}-tracking_number": f"T{order.number[-3:]}"}
    return data


@pytest.fixture
def clerk(client, django_user_model):
    """A member of staff who may look at orders and nothing else."""
    user = django_user_model.objects.create_user("clerk", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(user)
    return client


def test_the_work_list_shows_what_is_to_be_shipped(admin_client, make_order, apple):
    to_ship, unpaid = make_order({apple: 1}), make_order({apple: 1}, payment_method="voucher", source="buy")
    page = admin_client.get(reverse(CHANGELIST))
    assert [order.pk for order in page.context["cl"].result_list] == [to_ship.pk]
    everything = admin_client.get(reverse(CHANGELIST), {"state": "all"})
    assert {order.pk for order in everything.context["cl"].result_list} == {to_ship.pk, unpaid.pk}
    found = admin_client.get(reverse(CHANGELIST), {"q": unpaid.number})
    assert [order.pk for order in found.context["cl"].result_list] == [unpaid.pk]


def test_the_work_list_takes_the_same_statements_for_one_order_as_for_many(
    admin_client, make_order, apple, django_assert_num_queries
):
    make_order({apple: 1})
    admin_client.get(reverse(CHANGELIST))
    with django_assert_num_queries(8):  # two of them a savepoint, for filters that are none
        admin_client.get(reverse(CHANGELIST))
    for _ in range(3):
        make_order({apple: 1})
    with django_assert_num_queries(8):  # two of them a savepoint, for filters that are none
        admin_client.get(reverse(CHANGELIST))


def test_several_orders_are_shipped_at_once_each_with_its_parcel(admin_client, make_order, apple):
    orders = [make_order({apple: 1}) for _ in range(3)]
    form = act(admin_client, "ship_orders", *orders)
    Order.objects.filter(pk=orders[2].pk).update(state=Order.State.CLOSED)  # meanwhile refunded
    answer = admin_client.post(form.url, ship_form(*orders), follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["2 orders were shipped.", "1 order was not to be shipped any more."]
    assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == ["shipped", "shipped", "closed"]
    log = orders[0].log.get()
    assert (log.by, log.became) == ("admin", "shipped")


def test_a_parcel_needs_a_carrier(admin_client, make_order, apple):
    order = make_order({apple: 1})
    answer = admin_client.post(
        reverse("admin:dailyfresh_orders_ship"), {"number": order.number, f"{order.number}-carrier": " "}
    )
    assert answer.status_code == 200
    order.refresh_from_db()
    assert order.state == Order.State.TO_SHIP


def test_a_number_that_no_order_can_have_ships_nothing(admin_client, make_order, apple):
    order = make_order({apple: 1})
    page = admin_client.get(reverse("admin:dailyfresh_orders_ship"), {"number": [order.number, "26\x0011"]})
    assert [shown.number for shown, _form in page.context["rows"]] == [order.number]


def test_who_may_only_look_ships_nothing(clerk, make_order, apple):
    order = make_order({apple: 1})
    assert clerk.get(order_page(order)).status_code == 200
    act(clerk, "ship_orders", order)
    assert clerk.post(reverse("admin:dailyfresh_orders_ship"), ship_form(order)).status_code == 403
    order.refresh_from_db()
    assert order.state == Order.State.TO_SHIP


def order_page(order):
    return reverse("admin:dailyfresh_orders_order_change", args=[order.pk])


def test_nothing_can_be_typed_into_the_books(admin_client, make_order, apple):
    order = make_order({apple: 1})
    assert admin_client.get(order_page(order)).status_code == 200
    assert admin_client.post(order_page(order), {"state": "done", "total": "0"}).status_code == 403
    assert admin_client.get(reverse("admin:dailyfresh_orders_order_add")).status_code == 403
    assert (
        admin_client.post(reverse("admin:dailyfresh_orders_order_delete", args=[order.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert Order.objects.get().total == order.total


def test_the_picking_list_adds_up_what_is_to_be_fetched(admin_client, make_order, apple, pear):
    orders = [make_order({apple: 2, pear: 1}), make_order({apple: 3})]
    orders[0].lines.filter(name="Pear").update(refunded=1)
    orders[1].lines.update(name="苹果")  # ordered in another language: one row all the same
    answer = act(admin_client, "print_picking_list", *orders)
    assert [(pick["name"], pick["quantity"]) for pick in answer.context_data["picks"]] == [("Apple", 5)]
    assert orders[0].number in answer.content.decode()


def test_a_delivery_note_is_printed_for_each_order(admin_client, make_order, apple):
    orders = [make_order({apple: 2}, note="<b>door</b>"), make_order({apple: 1})]
    page = act(admin_client, "print_delivery_notes", *orders).content.decode()
    assert page.count("<article>") == 2
    assert "&lt;b&gt;door" in page
    assert "style=" not in page
    assert "<script" not in page


def test_the_csv_opens_in_a_spreadsheet_and_holds_no_formula(admin_client, make_order, apple):
    Product.objects.update(title="=HYPERLINK(1)")
    order = make_order({apple: 2})
    Order.objects.update(receiver="=cmd|' /C calc'!A0", street="+86")
    answer = act(admin_client, "export_csv", order)
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    head, row = list(csv.reader(io.StringIO(text[1:])))
    cells = dict(zip(head, row, strict=True))
    assert cells["Order number"] == f"'{order.number}"  # 20 digits, which it would round
    assert cells["Receiver"].startswith("'=")
    assert cells["Lines"].startswith("'=")
    assert cells["Total"] == str(order.total)
    assert cells["Payment"] == "Cash on delivery"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_the_csv_tells_the_time_of_the_shop(make_order, apple, settings):
    make_order({apple: 1})
    settings.USE_TZ = True
    Order.objects.update(
        placed_at=datetime(2026, 3, 1, 17, 30, tzinfo=UTC), paid_at=datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
    )
    _head, row = csv.reader(line.decode() for line in list(exports.orders_csv(Order.objects.all()))[1:])
    assert [row[1], row[3]] == ["2026-03-02 01:30:00", "2026-03-02 02:00:00"]


def test_the_csv_of_many_orders_takes_few_statements(admin_client, make_order, apple, django_assert_max_num_queries):
    orders = [make_order({apple: 1}) for _ in range(4)]
    answer = act(admin_client, "export_csv", *orders)
    with django_assert_max_num_queries(3):
        assert len(b"".join(answer.streaming_content).splitlines()) == 5


def test_the_csv_is_read_in_pieces_and_has_every_order_once(admin_client, make_order, apple, monkeypatch):
    orders = [make_order({apple: 1}) for _ in range(5)]
    monkeypatch.setattr(exports, "PIECE", 2)
    answer = act(admin_client, "export_csv", *orders)
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))[1:]
    assert [row[0] for row in rows] == [f"'{order.number}" for order in reversed(orders)]


def test_the_address_of_the_page_that_ships_the_most_fits_any_server(admin_client, make_order, apple):
    order = make_order({apple: 1})
    fields = {field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields}
    copies = [Order(**fields | {"id": None, "number": f"{n:020d}", "token": f"{n:032d}"}) for n in range(1, AT_ONCE)]
    Order.objects.bulk_create(copies)
    form = act(admin_client, "ship_orders", *Order.objects.all())
    assert form.url.count("number=") == AT_ONCE
    assert len(f"GET {form.url} HTTP/1.1\r\n") <= 4094
    assert len(admin_client.get(form.url).context["rows"]) == AT_ONCE


@pytest.mark.parametrize("action", ["ship_orders", "print_picking_list", "print_delivery_notes"])
def test_no_more_is_shipped_or_printed_at_once_than_a_page_holds(admin_client, make_order, apple, monkeypatch, action):
    monkeypatch.setattr("dailyfresh_orders.admin.orders.AT_ONCE", 1)
    orders = [make_order({apple: 1}) for _ in range(2)]
    answer = admin_client.get(act(admin_client, action, *orders).url)
    assert [str(said) for said in answer.context["messages"]] == ["Please choose at most 1 orders at once."]


def test_the_work_list_is_narrowed_by_the_ways_to_pay(admin_client, make_order, apple):
    on_delivery, online = make_order({apple: 1}), make_order({apple: 1}, payment_method="voucher", source="buy")
    for method, expected in (("cod", on_delivery), ("voucher", online)):
        page = admin_client.get(reverse(CHANGELIST), {"state": "all", "payment_method": method})
        assert [order.pk for order in page.context["cl"].result_list] == [expected.pk]
    assert "Cash on delivery" in page.content.decode()


def test_staff_publish_hide_and_answer_reviews_and_rewrite_none(admin_client, make_order, apple):
    order = make_order({apple: 1})
    Order.objects.update(state=Order.State.RECEIVED)
    (review,) = review_order(order=order, words={order.lines.get().pk: Words(stars=1, text="bad")}, anonymous=False)
    changelist = reverse("admin:dailyfresh_orders_review_changelist")
    admin_client.post(changelist, {"action": "hide", "_selected_action": [review.pk]})
    assert Review.objects.get().state == Review.State.HIDDEN
    admin_client.post(changelist, {"action": "publish", "_selected_action": [review.pk]})
    page = reverse("admin:dailyfresh_orders_review_change", args=[review.pk])
    assert admin_client.get(page).status_code == 200
    admin_client.post(page, {"reply": "Sorry!", "stars": "5", "text": "great", "state": "hidden"})
    review.refresh_from_db()
    assert (review.reply, review.stars, review.text, review.state) == ("Sorry!", 1, "bad", Review.State.PUBLISHED)


@pytest.mark.parametrize(
    "name", ["dailyfresh_orders_dashboard", "dailyfresh_orders_ship", "dailyfresh_orders_order_changelist"]
)
def test_staff_pages_are_for_staff(client, buyer, name):
    client.force_login(get_user_model().objects.get(pk=buyer.pk))
    assert client.get(reverse(f"admin:{name}")).status_code == 302
