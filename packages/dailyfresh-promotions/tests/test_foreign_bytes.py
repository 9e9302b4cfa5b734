"""What the rows of offers and batches hold may come from anybody: what cannot be read is left out, and a basket has its price."""

import pytest
from dailyfresh_core.testing.garbage import json_values
from dailyfresh_promotions.models import Batch, Rule
from dailyfresh_promotions.stored_rules import CouponKind, Kind
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from minisite.shop import offers

NAMES = ("tiers", "by", "off", "reach", "cap", "every", "few", "rate", "price", "prices")
drawn = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
some = json_values.filter(lambda value: value is not None)  # a NULL no column takes
numbers = st.one_of(
    some,
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(NAMES, st.one_of(json_values, st.sampled_from(["NaN", "9.90", 3])))
    ),
)
goods = st.one_of(some, st.fixed_dictionaries({}, optional=dict.fromkeys(("skus", "groups", "but_skus"), json_values)))


@pytest.fixture
def good(rule):
    return rule(params={"tiers": [["1.00", "1.00"]]}, stackable=True, priority=9)


def assert_good(staff, basket, good, foreign):
    """A basket has what the good offer gives, or one that could be read and left it nothing; staff can open what is foreign."""
    model = foreign._meta.model_name
    taken = {share.source for share in offers(None, basket).shares}
    assert {f"promotions:rule:{good.pk}", f"promotions:{model}:{foreign.pk}"} & taken
    for page in (f"{model}_changelist", f"{model}_change"):
        asked = reverse(f"admin:dailyfresh_promotions_{page}", args=[foreign.pk] if page.endswith("change") else [])
        assert staff.get(asked).status_code == 200


@drawn
@given(kind=st.sampled_from([*Kind.values, "none"]), params=numbers, scope=goods)
@example(kind="price", params={"rate": 3}, scope={})
@example(kind="freight", params=[""], scope={})
@example(kind="cheapest", params={"every": "1e999999999", "few": 1, "rate": "NaN"}, scope={})
@example(kind="off", params={"tiers": [["1e99999", "1e-999999999"]]}, scope={})
@example(kind="off", params={"by": "pieces", "tiers": [["-1e999999999", "1e999999999"]]}, scope={})
@example(kind="off", params=[["by", "amount"], ["tiers", [["50.00", "5.00"]]]], scope={})
def test_any_json_in_an_offer_leaves_the_others_good(admin_client, book, rule, good, kind, params, scope):
    Rule.objects.filter(name="foreign").delete()
    assert_good(admin_client, {book(): 2}, good, rule(kind, params, scope=scope, name="foreign", stackable=True))


@drawn
@given(kind=st.sampled_from([*CouponKind.values, "none"]), params=numbers, scope=goods)
@example(kind="off", params={"tiers": {}}, scope={})
def test_any_json_in_a_batch_leaves_the_offers_good(admin_client, book, batch, good, kind, params, scope):
    Batch.objects.filter(name="foreign").delete()
    assert_good(admin_client, {book(): 2}, good, batch(kind, params, scope=scope, name="foreign"))
    for page in ("centre", "wallet"):
        assert admin_client.get(reverse(f"dailyfresh_promotions:{page}")).status_code == 200


@pytest.mark.parametrize("scope", [[], "all", 7, {"skus": "1001"}])
def test_goods_that_no_form_wrote_are_one_sentence_in_the_log(book, rule, caplog, scope):
    foreign = rule(scope=scope)
    assert not offers(None, {book("60.00"): 2}).shares
    (record,) = caplog.records
    assert record.getMessage() == f"The offer {foreign.pk} (m) is left out: scope: This is no list of goods."
    assert not record.exc_info
