"""Invoice titles: kept by an account, checked, chosen at the checkout, copied to the order and its papers."""

import pytest
from dailyfresh_orders.admin.exports import orders_csv
from dailyfresh_orders.models import Invoice, InvoiceTitle, Order, check_tax_number
from dailyfresh_orders.services import anonymise
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
NUMBER = "91330100799655058B"
PAGE = reverse("dailyfresh_orders:invoices")


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"INVOICE_TITLES": 2}


def add(client, headers=None, **fields):
    data = {"kind": "company", "title": "Corner Kitchen Ltd", "tax_number": NUMBER, **fields}
    return client.post(PAGE, data, headers=headers)


@pytest.mark.parametrize("number", [NUMBER, "9144030071526726XG"])
def test_a_credit_code_that_adds_up_is_a_tax_number(number):
    check_tax_number(number)


@pytest.mark.parametrize(
    "number", ["", NUMBER[:-1], f"{NUMBER}0", "91330100799655058A", "91330100799655085B", "I1330100799655058B"]
)
def test_one_wrong_or_swapped_character_is_noticed(number):
    with pytest.raises(ValidationError):
        check_tax_number(number)


def test_a_company_is_kept_however_its_number_was_typed(shop, buyer):
    assert add(shop, tax_number=" 9133 0100 7996 5505 8b").url == PAGE

    assert InvoiceTitle.objects.get(user=buyer).tax_number == NUMBER
    assert NUMBER in shop.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tax_number": "91330100799655058A"}, "This is no tax number"),
        ({"tax_number": ""}, "A company has a tax number."),
        ({"title": " "}, "This field is required."),
        ({"kind": "club"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_not_kept(shop, fields, said):
    refused = add(shop, **fields)

    assert refused.status_code == 400
    assert said in str(refused.context["form"].errors)
    assert not InvoiceTitle.objects.exists()


def test_a_person_has_no_tax_number(shop):
    add(shop, kind="personal", title="Lin Xiaohe", tax_number="whatever")

    assert InvoiceTitle.objects.get().tax_number == ""


def test_an_account_keeps_only_so_many(shop):
    for title in ("A", "B", "C"):
        last = add(shop, title=title)

    assert last.status_code == 400
    assert InvoiceTitle.objects.count() == 2


def test_somebody_elses_title_is_neither_seen_nor_removed_nor_ordered_with(shop, apple, quoted):
    other = Client()
    other.force_login(get_user_model().objects.create_user("other"))
    add(other)
    title = InvoiceTitle.objects.get()

    assert "Corner Kitchen" not in shop.get(PAGE).content.decode()
    assert shop.post(reverse("dailyfresh_orders:invoice_remove", args=[title.pk])).status_code == 404
    refused = shop.post(reverse("dailyfresh_orders:place"), {**quoted(apple), "invoice": title.pk})
    assert refused.status_code == 400
    assert not Order.objects.exists()


@pytest.fixture
def quoted(shop):
    """What the form of the confirm page sends for one of something."""

    def ask(product):
        page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": f"{product.pk}:1"})
        return {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}

    return ask


@pytest.fixture
def boss(db):
    """The browser of somebody who works here."""
    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser("boss"))
    return browser


def test_adding_one_at_the_checkout_leads_back_there_with_it_chosen(shop, apple):
    back = f"{reverse('dailyfresh_orders:confirm')}?buy={apple.pk}%3A1"
    assert f"next={back.replace('?', '%3F').replace('=', '%3D').replace('%3A', '%253A')}" in (
        shop.get(back).content.decode()
    )

    added = add(shop, next=back)

    title = InvoiceTitle.objects.get()
    assert added.url == f"{back}&invoice={title.pk}"
    assert f'value="{title.pk}" selected' in shop.get(added.url).content.decode()


def test_a_title_is_added_over_the_checkout_which_takes_it_or_shows_what_is_wrong(shop, apple):
    ajax = {"X-Requested-With": "XMLHttpRequest"}
    page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": f"{apple.pk}:1"}).content.decode()
    assert page.count("data-invoice-dialog") == page.count("data-invoice-form") == 1
    wrong = add(shop, headers=ajax, tax_number="1")
    assert wrong.status_code == 400
    assert 'aria-invalid="true" aria-describedby="df-e-tax"' in wrong.json()["data"]["html"]
    assert not InvoiceTitle.objects.exists()
    kept, title = add(shop, headers=ajax).json()["data"], InvoiceTitle.objects.get()
    assert kept == {"id": title.pk, "title": str(title)}


def test_the_order_keeps_its_invoice_whatever_becomes_of_the_title(shop, buyer, apple, quoted, boss):
    add(shop)
    title = InvoiceTitle.objects.get()
    shop.post(reverse("dailyfresh_orders:place"), {**quoted(apple), "invoice": title.pk})
    shop.post(reverse("dailyfresh_orders:invoice_remove", args=[title.pk]))

    order = Order.objects.get()
    assert not InvoiceTitle.objects.exists()
    assert NUMBER in shop.get(order.get_absolute_url()).content.decode()
    assert NUMBER in b"".join(orders_csv(Order.objects.all())).decode()
    notes = boss.post(
        reverse("admin:dailyfresh_orders_order_changelist"),
        {"action": "print_delivery_notes", "_selected_action": [order.pk]},
        follow=True,
    )
    assert NUMBER in notes.content.decode()


def test_an_order_without_an_invoice_says_nothing_of_one(shop, apple, quoted):
    shop.post(reverse("dailyfresh_orders:place"), {**quoted(apple), "invoice": ""})

    assert not Invoice.objects.exists()
    assert "<dt>Invoice</dt>" not in shop.get(Order.objects.get().get_absolute_url()).content.decode()


def test_whoever_leaves_takes_their_name_along_and_companies_stay_in_the_books(shop, buyer, apple, quoted):
    add(shop, kind="personal", title="Lin Xiaohe")
    shop.post(reverse("dailyfresh_orders:place"), {**quoted(apple), "invoice": InvoiceTitle.objects.get().pk})

    anonymise(user=buyer)

    assert Invoice.objects.get().title != "Lin Xiaohe"
    assert not InvoiceTitle.objects.exists()


def test_a_shop_that_writes_no_invoices_asks_for_none(shop, apple, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"INVOICE_TITLES": 0}

    assert shop.get(PAGE).status_code == 404
    page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": f"{apple.pk}:1"})
    assert 'name="invoice"' not in page.content.decode()
