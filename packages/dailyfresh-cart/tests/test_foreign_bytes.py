"""What a store holds may come from anybody: what cannot be read is left out, and the cart goes on."""

import json
import re
from collections.abc import Callable
from typing import Any

from conftest import ask
from dailyfresh_cart.models import StoredCart
from dailyfresh_cart.stores.base import Change, Kind, Owner, Terms
from dailyfresh_cart.stores.database import DatabaseStore
from dailyfresh_cart.stores.redis import RedisStore
from dailyfresh_core.testing.garbage import json_values, words
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

GUEST, USER = Owner("g:stray"), Owner("u:1")
stored = st.one_of(
    words.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=20),
    st.sampled_from([b"1", b"1:1:9.90", b"0"]),
)
drawn = settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def use(store: Any, owner: Owner) -> None:
    """Everything that a visitor, a sign-in and an administrator do to a cart."""
    store.read(owner), store.count(owner)
    room = store.quantities(owner).get("7", 0) + 2
    outcome = store.change(
        owner, [Change(Kind.ADD, "7", 2, room), Change(Kind.MARK, "8", selected=False)], Terms(most=200, read=True)
    )
    assert outcome.applied
    assert store.read(owner)["7"].quantity == outcome.after["7"] >= 2
    assert all(held.pieces >= 0 for held in store.survey())
    claim = store.claim(owner, USER, reference="merge:1", lifetime=60)
    assert claim is None or claim.lines["7"].quantity >= 2
    store.release(owner, USER)
    store.drop(owner)
    assert store.read(owner) == {}


def test_one_foreign_value_does_not_close_the_cart(
    in_redis: RedisStore, shopper: Client, buyer: User, book: Callable[..., Any]
) -> None:
    sku_id = str(book().pk)
    ask(shopper, "add", sku_id=sku_id, quantity=2)
    in_redis.client.hset(f"{in_redis.prefix}:{{u:{buyer.pk}}}", mapping={"9": "many", "\xff": "1", "": "1"})

    assert ask(shopper, "visitor")["data"]["cart"] == {"available": True, "count": 1, "lines": {sku_id: 2}}
    assert ask(shopper, "add", sku_id=sku_id)["data"]["quantity"] == 3
    assert shopper.get("/shop/basket/").status_code == 200


def test_a_key_of_another_type_is_removed_and_the_next_request_goes_on(
    in_redis: RedisStore, shopper: Client, buyer: User, book: Callable[..., Any]
) -> None:
    in_redis.client.set(f"{in_redis.prefix}:{{u:{buyer.pk}}}", "text")

    assert ask(shopper, "visitor")["data"]["cart"]["available"] is False
    assert ask(shopper, "add", sku_id=str(book().pk))["status"] == 200


@drawn
@given(
    quantities=st.dictionaries(stored, stored, max_size=4),
    notes=st.dictionaries(stored, stored, max_size=4),
    references=st.dictionaries(stored, st.floats(allow_nan=False), max_size=2),
    claim=st.one_of(stored, json_values.map(lambda value: json.dumps(value).encode())),
)
def test_any_bytes_in_redis_are_a_cart(
    in_redis: RedisStore, quantities: Any, notes: Any, references: Any, claim: bytes
) -> None:
    for part, values in zip(in_redis._keys(GUEST), (quantities, notes, references, {b"u:1": claim}), strict=True):
        if values:
            (
                in_redis.client.zadd
                if part.endswith("references")
                else lambda key, held: in_redis.client.hset(key, mapping=held)
            )(part, values)
    use(in_redis, GUEST)


UNSTORABLE = re.compile(r"\\u0000|\\ud[89a-f]")
"""PostgreSQL's JSON keeps neither a NUL nor half a character, so that nobody can have put one there."""

documents = st.one_of(
    json_values,
    st.fixed_dictionaries({}, optional=dict.fromkeys(("lines", "references", "changed", "claims"), json_values)),
    st.fixed_dictionaries({"lines": st.dictionaries(words, st.lists(json_values, min_size=4, max_size=4), max_size=3)}),
)


@drawn
@given(document=documents.filter(lambda document: document is not None))
@example(document={"references": {"": 10**16}})
@example(document={"lines": {"7": [8, None, None, None]}})
def test_any_json_in_the_database_is_a_cart(db: None, document: Any) -> None:
    text = json.dumps(document)
    assume(connection.vendor != "postgresql" or not UNSTORABLE.search(text))
    StoredCart.objects.update_or_create(owner=GUEST.key, defaults={"document": json.loads(text)})
    use(DatabaseStore(), GUEST)


@drawn
@given(document=documents)
def test_any_session_holds_a_cart(client: Client, book: Callable[..., Any], settings: Any, document: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
        "STORE": {"BACKEND": "dailyfresh_cart.stores.session.SessionStore"}
    }
    session = client.session
    session["dailyfresh_cart"] = document
    session.save()

    assert ask(client, "visitor")["status"] == 200
    added = ask(client, "add", sku_id=str(book().pk))
    # What was drawn may name this very book, and more of it than there is.
    assert added["code"] == "out_of_stock" or added["data"]["quantity"] >= 1
