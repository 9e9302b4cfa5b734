"""Addresses: pages, AJAX, and what a checkout sees."""

import pytest
from conftest import ADDRESS, ajax, make_user, text, url
from dailyfresh_users import areas
from dailyfresh_users.addresses import AddressBook
from dailyfresh_users.models import Address
from dailyfresh_users.services import add_address, delete_address, edit_address, set_default_address
from dailyfresh_users.signals import address_changed
from django.test import Client

pytestmark = pytest.mark.django_db


def add(user, *, street="科育南路 2 号院", default=False, district="110108"):
    values = {
        "receiver": "林晓禾",
        "phone": "13800136021",
        "district_code": district,
        "street": street,
        "postcode": "",
    }
    return add_address(user=user, values=values, make_default=default)


@pytest.fixture
def foreign(db):
    return add(make_user("otherone", "other@example.com"), street="somebody else's street")


def defaults(user):
    return list(Address.objects.filter(user=user, default_slot=1).values_list("street", flat=True))


def test_an_address_is_kept_with_the_names_of_its_areas(signed_in, user):
    assert signed_in.post(url("address_add"), ADDRESS).url == url("addresses")
    address = Address.objects.get()
    assert address.user.pk == user.pk
    assert (address.province, address.city, address.district) == ("北京市", "北京市", "海淀区")
    assert (address.province_code, address.city_code, address.district_code) == ("11", "1101", "110108")
    page = text(signed_in.get(url("addresses")))
    assert "北京市 海淀区 科育南路 2 号院 5 号楼 · 100190" in page
    assert "138 **** 6021" in page
    assert "13800136021" not in page


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("receiver", "", "required"),
        ("receiver", " \u3000 ", "required"),
        ("receiver", "x" * 31, "at most 30"),
        ("receiver", "a\x00b", "Null characters"),
        ("phone", "", "required"),
        ("phone", "1380013602", "11 digits"),
        ("phone", "07700900123", "of mainland China"),
        ("phone", "138001360210", "11 digits"),
        ("phone", "12800136021", "11 digits"),
        ("phone", "23800136021", "11 digits"),
        ("phone", "138001360२१", "11 digits"),
        ("phone", "13800136021\n", None),
        ("phone", "+1 3800136021", "11 digits"),
        ("phone", "call me", "11 digits"),
        ("province", "", "required"),
        ("province", "99", "not one of the available choices"),
        ("city", "3301", "not one of the available choices"),
        ("district_code", "330106", "not one of the available choices"),
        ("district_code", "1101", "not one of the available choices"),
        ("district_code", "x" * 5000, "not one of the available choices"),
        ("street", "", "required"),
        ("street", "x" * 121, "at most 120"),
        ("postcode", "12345", "6 digits"),
        ("postcode", "1234567", "6 digits"),
        ("postcode", "abcdef", "6 digits"),
        ("postcode", "", None),
    ],
)
def test_a_field_is_checked_and_named(signed_in, field, value, message):
    response = signed_in.post(url("address_add"), {**ADDRESS, field: value})
    if message is None:
        assert response.status_code == 302
    else:
        assert message in str(response.context["form"].errors[field])
        assert not Address.objects.exists()
        status, body = ajax(signed_in, "post", url("address_add"), {**ADDRESS, field: value})
        assert (status, body["code"]) == (400, "invalid")
        assert message in body["data"]["errors"][field][0]


@pytest.mark.parametrize(
    "typed", ["138 0013 6021", "138-0013-6021", "+86 13800136021", "8613800136021", "１３８００１３６０２１"]
)
def test_a_mobile_number_is_taken_however_it_is_typed(signed_in, typed):
    signed_in.post(url("address_add"), {**ADDRESS, "phone": typed})
    assert Address.objects.get().phone == "13800136021"


def test_a_street_becomes_one_line(signed_in):
    signed_in.post(url("address_add"), {**ADDRESS, "street": " 科育南路\r\n２号院\t 5  号楼 "})
    assert Address.objects.get().street == "科育南路 2号院 5 号楼"


def test_the_first_address_is_the_default_and_a_later_one_by_wish(signed_in, user):
    add(user, street="first")
    add(user, street="second")
    assert defaults(user) == ["first"]
    signed_in.post(url("address_add"), {**ADDRESS, "street": "third", "make_default": "on"})
    assert defaults(user) == ["third"]


def test_the_default_moves_and_passes_on(signed_in, user):
    first, second, third = (add(user, street=street) for street in ("first", "second", "third"))
    signed_in.post(url("address_default", second.pk))
    assert defaults(user) == ["second"]
    signed_in.post(url("address_delete", second.pk))
    assert defaults(user) == ["third"]
    signed_in.post(url("address_delete", third.pk))
    signed_in.post(url("address_delete", first.pk))
    assert defaults(user) == []


def test_an_address_is_edited_and_stays_the_default(signed_in, user):
    address = add(user)
    page = signed_in.get(url("address_edit", address.pk))
    form = page.context["form"]
    assert [form[name].value() for name in ("province", "city", "district_code")] == ["11", "1101", "110108"]
    changed = {**ADDRESS, "province": "33", "city": "3301", "district_code": "330106", "street": "文三路 88 号"}
    assert signed_in.post(url("address_edit", address.pk), changed).url == url("addresses")
    address.refresh_from_db()
    assert (address.province, address.city, address.district) == ("浙江省", "杭州市", "西湖区")
    assert address.is_default


@pytest.mark.parametrize("name", ["address_edit", "address_delete", "address_default"])
def test_somebody_elses_address_is_not_there(signed_in, foreign, name):
    method = signed_in.post
    assert method(url(name, foreign.pk), ADDRESS).status_code == 404
    assert method(url(name, 999999), ADDRESS).status_code == 404
    assert signed_in.get(url("address_edit", foreign.pk)).status_code == 404
    status, body = ajax(signed_in, "post", url(name, foreign.pk), ADDRESS)
    assert (status, body["code"]) == (404, "not_found")
    foreign.refresh_from_db()
    assert foreign.street == "somebody else's street"


def test_an_id_beyond_every_column_is_not_there(signed_in):
    assert signed_in.post(f"{url('addresses')}{9**40}/delete/").status_code == 404


@pytest.mark.parametrize("name", ["address_delete", "address_default"])
def test_nothing_changes_by_get(signed_in, user, name):
    address = add(user)
    assert signed_in.get(url(name, address.pk)).status_code == 405
    assert Address.objects.exists()


def test_only_so_many_addresses_are_kept(signed_in, user, settings):
    settings.DAILYFRESH_USERS = {"ADDRESS_LIMIT": 2}
    add(user)
    add(user)
    response = signed_in.post(url("address_add"), ADDRESS)
    assert response.status_code == 409
    assert "You can keep 2 addresses." in text(response)
    status, body = ajax(signed_in, "post", url("address_add"), ADDRESS)
    assert (status, body["code"]) == (409, "too_many")
    assert Address.objects.count() == 2
    assert "Delete one to add another" in text(signed_in.get(url("addresses")))


def test_a_deleted_address_comes_back_with_one_more_request(signed_in, user):
    add(user, street="first")
    second = add(user, street="second", default=True)
    _, body = ajax(signed_in, "post", url("address_delete", second.pk))
    assert defaults(user) == ["first"]
    status, _ = ajax(signed_in, "post", url("address_add"), body["data"]["restore"])
    assert status == 200
    assert defaults(user) == ["second"]


def test_the_form_is_complete_without_javascript(signed_in):
    page = signed_in.get(url("address_add"))
    assert page.content.decode().count("<option") == 3 + 31
    draft = {**ADDRESS, "province": "33", "city": "", "district_code": "", "phone": "", "refresh": "1"}
    page = signed_in.post(url("address_add"), draft)
    assert "杭州市" in page.content.decode()
    assert "required" not in text(page)
    page = signed_in.post(url("address_add"), {**draft, "city": "3301"})
    assert "西湖区" in page.content.decode()
    assert page.context["form"]["receiver"].value() == "林晓禾"
    assert not Address.objects.exists()


def test_the_city_of_a_municipality_need_not_be_chosen(signed_in):
    page = signed_in.post(url("address_add"), {"province": "11", "refresh": "1"})
    assert "海淀区" in page.content.decode()
    signed_in.post(url("address_add"), {**ADDRESS, "city": ""})
    assert Address.objects.get().city_code == "1101"


def test_editing_can_refresh_the_selects_too(signed_in, user):
    address = add(user)
    page = signed_in.post(url("address_edit", address.pk), {**ADDRESS, "province": "33", "refresh": "1"})
    assert "杭州市" in page.content.decode()
    address.refresh_from_db()
    assert address.province == "北京市"


def test_areas_come_step_by_step(client):
    status, body = ajax(client, "get", url("areas"))
    assert len(body["data"]["areas"]) == 31
    _, body = ajax(client, "get", url("areas"), {"parent": "3301"})
    assert {"code": "330106", "name": "西湖区"} in body["data"]["areas"]
    for parent in ("99", "330106", "x" * 5000, "\x00"):
        status, body = ajax(client, "get", url("areas"), {"parent": parent})
        assert (status, body["code"]) == (404, "unknown_area")
    assert "max-age=86400" in client.get(url("areas")).headers["Cache-Control"]


def test_every_district_is_found_and_reads_as_on_a_parcel():
    districts = [
        area
        for province in areas.children_of("")
        for city in areas.children_of(province)
        for area in map(areas.district, areas.children_of(city))
    ]
    assert len(districts) == 3056
    spoken = {areas.spoken(a.province, a.city, a.district) for a in districts}
    assert {"北京市 海淀区", "浙江省 杭州市 西湖区", "湖北省 仙桃市", "广东省 东莞市 东城街道"} <= spoken
    assert not any(step in name for name in spoken for step in areas.STEPS if step != "县")


def test_the_way_back_to_the_checkout_is_kept(signed_in, user):
    address = add(user)
    manage = AddressBook().manage_url("/orders/confirm/?sku_id=1&sku_id=2")
    page = signed_in.get(manage).content.decode()
    assert 'href="/orders/confirm/?sku_id=1&amp;sku_id=2"' in page
    data = {**ADDRESS, "next": "/orders/confirm/?sku_id=1&sku_id=2"}
    assert signed_in.post(url("address_add"), data).url == "/orders/confirm/?sku_id=1&sku_id=2"
    assert signed_in.post(url("address_edit", address.pk), data).url == "/orders/confirm/?sku_id=1&sku_id=2"
    assert signed_in.post(url("address_add"), {**ADDRESS, "next": "//evil.example"}).url == url("addresses")
    page = signed_in.get(f"{url('addresses')}?next=https://evil.example/")
    assert "evil" not in page.content.decode()


def test_a_script_gets_the_form_in_a_dialog_and_keeps_what_was_typed(signed_in, user):
    address = add(user)
    back = "/orders/confirm/?buy=1:2"
    for path, action in (
        (AddressBook().manage_url(back), url("address_add")),
        (AddressBook().edit_url(str(address.pk), back), url("address_edit", address.pk)),
    ):
        status, body = ajax(signed_in, "get", path)
        assert status == 200
        assert f'action="{action}#new"' in body["data"]["dialog"]
        assert address.street in body["data"]["list"]
    status, body = ajax(signed_in, "post", url("address_add"), ADDRESS | {"phone": "12", "street": "科育南路 7 号"})
    assert (status, body["code"]) == (400, "invalid")
    assert "科育南路 7 号" in body["data"]["form"]
    assert 'id="id_phone_error"' in body["data"]["form"]
    status, body = ajax(signed_in, "post", url("address_add"), ADDRESS)
    assert AddressBook().get(user, body["data"]["id"]).street == ADDRESS["street"]


def test_without_a_script_an_address_is_edited_on_a_page_that_leads_back(signed_in, user, foreign):
    address = add(user)
    edit = AddressBook().edit_url(str(address.pk), "/orders/confirm/?buy=1:2")
    assert 'name="next" value="/orders/confirm/?buy=1:2"' in signed_in.get(edit).content.decode()
    assert signed_in.get(AddressBook().edit_url(str(foreign.pk), "/")).status_code == 404


@pytest.mark.parametrize(
    "name", ["addresses", "address_add", "profile", "security", "export", "erase", "password_change"]
)
def test_pages_of_an_account_need_one(client, name):
    assert client.get(url(name)).url == f"{url('login')}?next={url(name)}"


def test_a_script_without_a_session_is_told_where_to_sign_in(client, user):
    address = add(user)
    status, body = ajax(
        client, "post", url("address_delete", address.pk), Referer=f"http://testserver{url('addresses')}?a=b"
    )
    assert (status, body["code"]) == (401, "login_required")
    assert body["data"]["login_url"] == f"{url('login')}?next={url('addresses')}%3Fa%3Db"


@pytest.mark.parametrize(
    "typed",
    [
        {"receiver": "\u200b"},
        {"receiver": "\u2060\ufeff"},
        {"receiver": "\u3164"},
        {"street": "\u200b \u200b"},
        {"street": "\u202e"},
    ],
)
def test_a_parcel_is_not_sent_to_somebody_invisible(signed_in, typed):
    response = signed_in.post(url("address_add"), ADDRESS | typed)
    assert response.status_code == 200
    assert "required" in response.context["form"].errors[next(iter(typed))][0]
    assert not Address.objects.exists()


def test_what_leaves_no_ink_or_turns_the_text_is_left_out_of_an_address(signed_in):
    signed_in.post(url("address_add"), ADDRESS | {"receiver": "林\u200b晓禾", "street": "\u202e1 Harbour Road\u2069"})
    kept = Address.objects.get()
    assert (kept.receiver, kept.street) == ("林晓禾", "1 Harbour Road")


def test_a_form_sent_without_a_session_comes_back_to_its_page(client, user):
    address = add(user)
    response = client.post(
        url("address_delete", address.pk), headers={"Referer": f"http://testserver{url('addresses')}"}
    )
    assert response.url == f"{url('login')}?next={url('addresses')}"
    response = client.post(url("address_delete", address.pk), headers={"Referer": "https://evil.example/x"})
    assert response.url == f"{url('login')}?next=/"


def test_forms_are_protected_against_forgery(user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    address = add(user)
    for name in ("address_edit", "address_delete", "address_default"):
        assert strict.post(url(name, address.pk), ADDRESS).status_code == 403
    assert strict.post(url("address_add"), ADDRESS).status_code == 403


def test_a_change_is_announced_with_the_address(user):
    heard = []
    address_changed.connect(lambda address_id, **kwargs: heard.append(address_id), weak=False, dispatch_uid="test")
    try:
        address = add(user)
        values = {"receiver": "x", "phone": "13800136021", "district_code": "110108", "street": "y", "postcode": ""}
        edit_address(address=address, values=values)
        set_default_address(address=address)
        delete_address(address=address)
        delete_address(address=Address(pk=address.pk or 1, user=user))
    finally:
        address_changed.disconnect(dispatch_uid="test")
    assert len(heard) == 4
    assert set(heard) == {heard[0]}
    assert isinstance(heard[0], str)


def test_a_district_that_is_none_is_never_written(user):
    with pytest.raises(ValueError, match="no district"):
        add(user, district="110000")


def test_an_address_deleted_meanwhile_is_not_there(signed_in, user, monkeypatch):
    address = add(user)

    def gone(**kwargs):
        raise Address.DoesNotExist

    monkeypatch.setattr("dailyfresh_users.views.addresses.edit_address", gone)
    assert signed_in.post(url("address_edit", address.pk), ADDRESS).status_code == 404


class TestAddressBook:
    def test_the_default_comes_first(self, user):
        add(user, street="first")
        add(user, street="second", default=True)
        add(user, street="third")
        choices = AddressBook().choices(user)
        assert [choice.street for choice in choices][0] == "second"
        assert [choice.is_default for choice in choices] == [True, False, False]

    def test_an_address_is_found_by_its_own_id_only(self, user, foreign):
        address = add(user)
        book = AddressBook()
        found = book.get(user, str(address.pk))
        assert (found.id, found.receiver, found.province_code) == (str(address.pk), "林晓禾", "11")
        assert (found.province, found.city, found.district) == ("北京市", "北京市", "海淀区")
        assert book.get(user, str(foreign.pk)) is None

    @pytest.mark.parametrize(
        "garbage", ["", "0", "x", "１", " 1", "01", "+1", "-1", "1.0", "9" * 19, "9" * 40, "²", "1\n"]
    )
    def test_what_is_no_id_finds_nothing(self, user, garbage):
        add(user)
        assert AddressBook().get(user, garbage) is None

    def test_a_found_address_cannot_be_changed_through_it(self, user):
        add(user)
        with pytest.raises(AttributeError):
            AddressBook().choices(user)[0].street = "elsewhere"

    def test_the_page_to_manage_knows_the_way_back(self):
        assert AddressBook().manage_url("/a/?b=c&d") == f"{url('addresses')}?next=%2Fa%2F%3Fb%3Dc%26d"
