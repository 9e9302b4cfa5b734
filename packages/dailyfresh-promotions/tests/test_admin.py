"""What staff do: offers by a form for each kind, a preview, budgets, coupons, exports."""

import html
import re
from decimal import Decimal

import pytest
from dailyfresh_core.pricing.measures import Measured
from dailyfresh_promotions.models import Batch, Coupon, Issue, Limit, Redemption, Rule
from dailyfresh_promotions.stored_rules import CouponKind, Kind
from django.urls import reverse
from minisite.shop import Purchasable, buy, move, offers


def url(model, name, *args):
    return reverse(f"admin:dailyfresh_promotions_{model}_{name}", args=args)


INLINES = {f"{prefix}-{key}": "0" for prefix in ("limits", "limits-2") for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
RULE = {"name": "x", "active": "on", "days": list("0123456"), "priority": "0", "audience": "all", **INLINES}
BATCH = {"name": "x", "active": "on", "per_user": "1", "returns": "never", "grace_days": "3"}
NUMBERS = [
    ("off", {"by": "amount", "step_1_0": "100", "step_1_1": "10", "step_2_0": "200", "step_2_1": "25"},
     "¥10 off from ¥100 · ¥25 off from ¥200"),
    ("off", {"by": "pieces", "step_1_0": "2", "step_1_1": "5"}, "¥5 off from 2 pieces"),
    ("each", {"by": "amount", "reach": "50", "off": "8", "cap": "30"}, "¥8 off for every ¥50"),
    ("percent", {"by": "amount", "step_1_0": "0", "step_1_1": "88"}, "12% off"),
    ("percent", {"by": "pieces", "step_1_0": "3", "step_1_1": "80", "cap": "5"}, "20% off from 3 pieces"),
    ("cheapest", {"every": "3", "few": "1", "rate": "0"}, "Buy 2, get 1 free"),
    ("bundle", {"every": "3", "price": "12.90"}, "Any 3 for ¥12.90"),
    ("price", {"prices": "1001 12.90\n1002 3"}, "Special price"),
    ("price", {"rate": "95"}, "5% off"),
    ("freight", {"reach": "59"}, "Free delivery from ¥59"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "numbers", "said"), NUMBERS)
def test_an_offer_of_each_kind_is_made_and_edited_by_its_form(admin_client, kind, numbers, said):
    answer = admin_client.post(url("rule", "add") + f"?kind={kind}", RULE | numbers)
    assert answer.status_code == 302, re.findall(r"errorlist[^>]*>(.*?)</ul>", answer.content.decode(), re.S)
    made = Rule.objects.get()
    assert said in admin_client.get(url("rule", "changelist")).content.decode()
    page = admin_client.get(url("rule", "change", made.pk)).content.decode()
    assert f"x · {html.escape(Kind(kind).label)}" in page
    assert "params" not in page
    filled = dict(re.findall(r'name="([\w-]+)"[^>]*? value="([^"]*)"', page))
    again = {name: filled.get(name, value) for name, value in numbers.items() if name != "by"}
    again = {name: value for name, value in numbers.items() if name in ("by", "prices")} | {
        k: v for k, v in again.items() if k != "prices"
    }
    assert admin_client.post(url("rule", "change", made.pk), RULE | again).status_code == 302
    before = made.params
    made.refresh_from_db()
    assert made.benefit() == Rule(kind=kind, params=before).benefit()


def test_a_new_offer_is_asked_for_its_kind_first(admin_client):
    page = admin_client.get(url("rule", "add")).content.decode()
    assert re.findall(r"\?kind=(\w+)", page) == Kind.values
    page = admin_client.get(url("batch", "add")).content.decode()
    assert re.findall(r"\?kind=(\w+)", page) == CouponKind.values


@pytest.mark.parametrize(
    ("kind", "numbers", "said"),
    [
        ("off", {"step_1_0": "100", "step_1_1": ""}, "Fill in both numbers"),
        ("off", {"by": "amount", "step_1_0": "200", "step_1_1": "10", "step_2_0": "100", "step_2_1": "5"}, "begins above"),
        ("off", {"by": "pieces", "step_1_0": "2.5", "step_1_1": "10"}, "whole number"),
        ("cheapest", {"every": "2", "few": "3", "rate": "0"}, "whole number from 1 to 2"),
        ("price", {"prices": "1001 cheap"}, "no amount of money"),
        ("price", {}, "either prices or a percentage"),
        ("freight", {"reach": "59", "starts_0": "2026-12-02", "starts_1": "00:00", "ends_0": "2026-12-01", "ends_1": "00:00"},
         "ends before it begins"),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_said_beside_their_field(admin_client, kind, numbers, said):
    page = admin_client.post(url("rule", "add") + f"?kind={kind}", RULE | {"by": "amount"} | numbers).content.decode()
    assert said in page
    assert not Rule.objects.exists()


def test_goods_days_a_budget_and_flash_prices_are_kept(admin_client):
    more = {
        "days": ["0", "6"],
        "alone": "on",
        "limits-TOTAL_FORMS": "1",
        "limits-0-sku_id": "1001",
        "limits-0-price": "9.90",
        "limits-0-quantity": "100",
        "limits-0-per_buyer": "2",
        "limits-2-TOTAL_FORMS": "1",
        "limits-2-0-quantity": "50",
    }
    assert admin_client.post(url("rule", "add") + "?kind=flash", RULE | more).status_code == 302
    made = Rule.objects.get()
    assert (made.weekdays, made.alone) == (0b1000001, True)
    assert set(made.limits.values_list("sku_id", "quantity")) == {("1001", 100), ("", 50)}
    numbers = {"by": "amount", "step_1_0": "0", "step_1_1": "1", "groups": "type:3  type:4", "but_skus": "7\n8"}
    assert admin_client.post(url("rule", "add") + "?kind=off", RULE | numbers).status_code == 302
    assert Rule.objects.first().scope == {"groups": ["type:3", "type:4"], "but_skus": ["7", "8"]}


@pytest.mark.parametrize(
    ("kind", "numbers", "said"),
    [
        ("off", {"by": "amount", "step_1_0": "100", "step_1_1": "10"}, {"neither an end nor a budget"}),
        (
            "off",
            {"by": "amount", "step_1_0": "100", "step_1_1": "60"},
            {"neither an end nor a budget", "more than half"},
        ),
        ("price", {"prices": "nothing 5", "ends_0": "2030-01-01", "ends_1": "00:00"}, {"does not know: nothing"}),
        ("flash", {"ends_0": "2030-01-01", "ends_1": "00:00"}, {"sells nothing"}),
        ("off", {"by": "amount", "step_1_0": "100", "step_1_1": "60", "active": ""}, set()),
    ],
)
def test_what_staff_may_not_have_meant_is_said_and_saved(admin_client, kind, numbers, said):
    answer = admin_client.post(url("rule", "add") + f"?kind={kind}", RULE | numbers, follow=True)
    told = [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]
    assert len(told) == len(said)
    assert all(any(words in sentence for sentence in told) for words in said)
    assert Rule.objects.exists()


def test_an_offer_is_stopped_at_once_and_orders_keep_theirs(admin_client, rule, book, buyer):
    sku_id, made = book("60.00"), rule()
    sale = buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    admin_client.post(url("rule", "changelist"), {"action": "stop", "_selected_action": [made.pk]})
    assert offers(buyer, {sku_id: 2}).shares == ()
    move(sale, "paid")
    assert Redemption.objects.get().state == "used"


def test_the_list_says_how_often_an_offer_was_used_and_what_it_took_off(admin_client, rule, book, buyer, other):
    sku_id, _made = book("60.00"), rule(budget={"quantity": 5, "max_spent": "90.00"})
    for user in (buyer, other):
        sale = buy(user, {sku_id: 2}, offers(user, {sku_id: 2}))
    move(sale, "over", why="unpaid")
    row = admin_client.get(url("rule", "changelist")).content.decode()
    assert 'class="field-times">1<' in row
    assert 'class="field-sold">¥120.00' in row
    assert 'class="field-cost">¥10.00' in row
    assert "1/5, 10.00/90.00" in row


def test_a_preview_says_what_a_basket_would_cost_at_a_time_and_why(admin_client, rule, book, buyer):
    sku_id = book("60.00")
    rule()
    rule(label="Tomorrow", starts="2030-01-01T00:00Z", priority=5)
    asked = {"basket": f"{sku_id} 2\nnothing 1", "username": "molly", "freight": "6"}
    page = admin_client.get(url("rule", "preview"), asked).content.decode()
    assert "¥116.00" in page
    assert "Tomorrow" not in page
    assert "nothing" in page
    page = admin_client.get(url("rule", "preview"), asked | {"at_0": "2031-01-01", "at_1": "12:00"}).content.decode()
    assert "Tomorrow" in page
    assert "Not together with" in page
    assert not Redemption.objects.exists()


def test_the_calendar_of_the_preview_finds_what_it_builds_on(admin_client):
    page = admin_client.get(url("rule", "preview")).content.decode()
    assert 0 < page.index("admin/js/core.js") < page.index("DateTimeShortcuts.js")


def test_a_preview_weighs_what_is_sold_by_weight(admin_client, book, monkeypatch):
    monkeypatch.setattr(Purchasable, "measure", Measured("weight", "weight"), raising=False)
    page = admin_client.get(url("rule", "preview"), {"basket": f"{book('60.00')} 750"}).content.decode()
    assert "<td>750\N{NO-BREAK SPACE}g</td><td>¥90.00</td>" in page


@pytest.mark.parametrize("basket", ["1 x", "1 0", "1 -3", "1 99999999999", "1 000000001" + "1" * 4400])
def test_a_basket_that_is_none_is_said(admin_client, basket):
    assert "is no SKU and a number" in admin_client.get(url("rule", "preview"), {"basket": basket}).content.decode()


def test_a_batch_is_made_handed_out_counted_and_ended(
    admin_client, buyer, other, book, django_capture_on_commit_callbacks
):
    numbers = {
        "by": "amount",
        "step_1_0": "0",
        "step_1_1": "20",
        "total": "10",
        "code": "Spring 26",
        "with_activity": "on",
    }
    assert admin_client.post(url("batch", "add") + "?kind=off", BATCH | numbers).status_code == 302
    made = Batch.objects.get()
    assert (made.code, made.with_activity, made.benefit().tiers) == ("spring26", True, ((0, 2000),))
    people = {"batch": made.pk, "usernames": "molly\nleopold\nstephen"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(url("issue", "add"), people, follow=True)
    assert "There is nobody of these names: stephen" in answer.content.decode()
    assert (Coupon.objects.count(), Issue.objects.get().issued) == (2, 2)
    sku_id = book("60.00")
    move(buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1})), "paid")
    row = admin_client.get(url("batch", "changelist")).content.decode()
    assert [re.search(rf'class="field-{name}">([^<]+)<', row)[1] for name in ("issued", "in_orders", "used", "sold", "cost")] == [
        "2", "0", "1", "¥60.00", "¥20.00",
    ]  # fmt: skip
    admin_client.post(url("batch", "changelist"), {"action": "make_void", "_selected_action": [made.pk]})
    assert sorted(Coupon.objects.values_list("state", flat=True)) == ["used", "void"]


def test_a_code_that_another_batch_has_is_refused(admin_client, batch):
    batch(code="spring")
    page = admin_client.post(
        url("batch", "add") + "?kind=freight", BATCH | {"reach": "0", "code": "SPRING"}
    ).content.decode()
    assert "already exists" in page


@pytest.mark.parametrize(("model", "words"), [("coupon", "ULYSSES"), ("redemption", "sale-")])
def test_coupons_and_uses_are_exported_and_never_edited(admin_client, model, words, coupon, buyer, book):
    made = coupon(buyer, name="ULYSSES")
    buy(buyer, {(sku_id := book("60.00")): 1}, offers(buyer, {sku_id: 1}))
    row = made if model == "coupon" else Redemption.objects.get()
    answer = admin_client.post(url(model, "changelist"), {"action": "export", "_selected_action": [row.pk]})
    assert words in b"".join(answer.streaming_content).decode()
    assert admin_client.post(url(model, "change", row.pk), {"state": "void"}).status_code == 403
    assert admin_client.get(url(model, "add")).status_code == 403


def test_what_the_lists_of_offers_and_batches_say_is_exported(admin_client, rule, coupon, buyer, book):
    made, given = (
        [
            rule(name="BLOOM", budget={"quantity": 5}, ends="2030-06-16T00:30+00:00"),
            rule(name="unlimited", active=False),
        ],
        coupon(buyer),
    )
    buy(buyer, {(sku_id := book("60.00")): 2}, offers(buyer, {sku_id: 2}))
    for model, keys, words in [
        (
            "rule",
            [row.pk for row in made],
            ['BLOOM,¥10 off from ¥100,yes,1,¥120.00,¥10.00,"1/5, 10.00/∞",,2030-06-16 08:30:00,0', "unlimited"],
        ),
        ("batch", [given.batch_id], ["¥20 off", "¥120.00,¥20.00"]),
    ]:
        answer = admin_client.post(url(model, "changelist"), {"action": "export", "_selected_action": keys})
        said = b"".join(answer.streaming_content).decode()
        assert all(part in said for part in words), said


@pytest.mark.parametrize(
    ("budget", "used"),
    [({"quantity": 4}, 25), ({"quantity": 50, "max_spent": "12.50"}, 80), ({"quantity": None, "max_spent": None}, 0)],
)
def test_the_list_draws_what_of_a_budget_is_gone_first(admin_client, rule, buyer, book, budget, used):
    rule(budget=budget)
    buy(buyer, {(sku_id := book("60.00")): 2}, offers(buyer, {sku_id: 2}))
    assert f'value="{used}" aria-hidden="true"></meter>' in admin_client.get(url("rule", "changelist")).content.decode()


def test_staff_without_the_permission_see_nothing(client, buyer):
    buyer.is_staff = True
    buyer.save()
    client.force_login(buyer)
    for model in ("rule", "batch", "coupon", "redemption", "issue"):
        assert client.get(url(model, "changelist")).status_code == 403
    assert client.get(url("rule", "preview"), {"basket": "1 1"}).status_code == 403


def test_a_budget_and_a_flash_price_that_is_edited_is_seen_at_once(rule, book, buyer):
    sku_id = book("60.00")
    made = rule("flash", {}, items=[{"sku_id": sku_id, "price": "9.90", "quantity": 3}])
    assert offers(buyer, {sku_id: 1}).shares
    item = Limit.objects.get()
    item.price = Decimal("5.00")
    item.save()
    assert offers(buyer, {sku_id: 1}).shares[0].amounts == {sku_id: Decimal("-55.00")}
    Limit.objects.create(rule=made, quantity=0)
    assert offers(buyer, {sku_id: 1}).shares == ()


def test_a_flash_price_is_not_made_for_fewer_pieces_than_are_taken(admin_client, rule, book, buyer):
    sku_id = book("60.00")
    made = rule("flash", {}, items=[{"sku_id": sku_id, "price": "9.90", "quantity": 3, "per_buyer": 2}])
    buy(buyer, {sku_id: 2}, offers(buyer, {sku_id: 2}))
    row = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "1", "0-id": str(made.limits.get().pk), "0-rule": str(made.pk)}
    row |= {"0-sku_id": sku_id, "0-price": "9.90", "0-quantity": "1", "0-per_buyer": "2"}
    items = {f"limits-{name}": value for name, value in row.items()}
    answer = admin_client.post(url("rule", "change", made.pk), RULE | items)
    assert "Not fewer than are taken already: 2." in answer.content.decode()
    answer = admin_client.post(url("rule", "change", made.pk), RULE | items | {"limits-0-quantity": "2"})
    assert (answer.status_code, made.limits.get().quantity) == (302, 2)


def test_an_edit_leaves_what_orders_counted_while_it_was_made(rule, book, buyer):
    sku_id = book("60.00")
    rule("flash", {}, items=[{"sku_id": sku_id, "price": "9.90", "quantity": 3}], budget={"quantity": 5})
    item, budget = Limit.objects.get(sku_id=sku_id), Limit.objects.get(sku_id="")
    buy(buyer, {sku_id: 1}, offers(buyer, {sku_id: 1}))
    item.price, budget.quantity = Decimal("5.00"), 9
    item.save()
    budget.save()
    item, budget = Limit.objects.get(sku_id=sku_id), Limit.objects.get(sku_id="")
    assert (item.price, item.taken) == (Decimal("5.00"), 1)
    assert (budget.quantity, budget.taken, budget.spent) == (9, 1, Decimal("50.10"))
