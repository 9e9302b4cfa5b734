"""The shape of a stock strategy over any model that has a column for its stock."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from dailyfresh_core.db.rows import in_order
from dailyfresh_core.pricing.measures import measure_of, typed
from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.db import router
from django.db.models import Case, F, IntegerField, Model, QuerySet, Value, When

from ..exceptions import Shortage
from .sql import Column, OtherTable, Rows, column_of


class Stock(ABC):
    """Takes stock and gives it back, inside the caller's transaction.

    OPTIONS of every strategy: `model` ("app.Model"), `id_field`, `stock_field`, `sales_field` (or None),
    `available_filter` (what a row must match to be sold, {"on_sale": True}; lookups over its own columns: `sql.LOOKUPS`),
    `least_field` (the least that is sold of a row at once, or None for one: what is nearly sold out is counted by it).
    """

    needs_read_committed = False
    """Whether a retry in the same transaction must see what others committed meanwhile."""

    def __init__(
        self,
        *,
        model: str,
        id_field: str = "pk",
        stock_field: str = "stock",
        sales_field: str | None = None,
        available_filter: Mapping[str, Any] | None = None,
        least_field: str | None = None,
    ) -> None:
        self.model_name = model
        self.id_field = id_field
        self.stock_field = stock_field
        self.sales_field = sales_field
        self.available_filter: dict[str, Any] = dict(available_filter or {})
        self.least_field = least_field
        self._addressed: Rows | None = None

    @abstractmethod
    def take(self, quantities: Mapping[str, int], *, attempt: int = 0) -> None:
        """Take sku_id -> quantity, all of it, in a constant number of statements.

        Must be called in a transaction, as late as possible: the rows stay locked until its end. Raises `StockShort` or
        `StockMoved`, after which the caller must roll back; after `StockMoved` it tries again with `attempt` one higher.
        """

    def give_back(self, quantities: Mapping[str, int]) -> None:
        """Return sku_id -> quantity, in one statement; ids that are gone are passed over.

        Must be called in a transaction.
        """
        self._change(quantities, sold=True)

    def add(self, quantities: Mapping[str, int]) -> None:
        """Add sku_id -> quantity that came in anew, or take off what is thrown away (below 0, never below no stock); no sale is undone.

        Must be called in a transaction; in one statement, and ids that are gone are passed over.
        """
        self._change(quantities, sold=False)

    def _change(self, quantities: Mapping[str, int], *, sold: bool) -> None:
        keys = self.keys(quantities)
        if not keys:
            return
        whens = [When(**{self.id_field: key}, then=quantity) for key, quantity in keys.items()]
        amount = Case(*whens, output_field=IntegerField())
        changes: dict[str, Any] = {self.stock_field: F(self.stock_field) + amount}
        if min(keys.values()) < 0:  # an unsigned column knows nothing below 0
            there = When(**{f"{self.stock_field}__gte": -amount}, then=F(self.stock_field) + amount)
            changes = {self.stock_field: Case(there, default=Value(0), output_field=IntegerField())}
        if self.sales_field and sold:
            # Someone may have reset the sales meanwhile: an unsigned column must not stop a cancellation.
            enough = When(**{f"{self.sales_field}__gte": amount}, then=F(self.sales_field) - amount)
            changes[self.sales_field] = Case(enough, default=Value(0), output_field=IntegerField())
        in_order(self.rows(keys), by=self.id_field).update(**changes)

    def left(self, sku_ids: Iterable[str]) -> dict[str, int | None]:
        """sku_id -> what can be sold of it now (None: it is not counted), in one statement; ids that are gone or off sale are absent."""
        keys = self.keys(dict.fromkeys(sku_ids, 0))
        found = self.rows(keys, **self.available_filter).values_list(self.id_field, self.stock_field)
        return {str(key): stock for key, stock in found}

    def shortages(self, quantities: Mapping[str, int]) -> list[Shortage]:
        """The lines that cannot be had in this quantity now."""
        left = self.left(quantities)
        # None: it was counted when it was quoted, and is no more.
        have = {sku_id: left.get(sku_id, 0) for sku_id in quantities}
        return [
            Shortage(sku_id, quantities[sku_id], there)
            for sku_id, there in have.items()
            if there is not None and there < quantities[sku_id]
        ]

    def low(self, at_most: int, how_many: int) -> list[tuple[str, int]]:
        """(name, stock) of what is on sale with the least stock; `Grams` of what is sold by weight."""
        return [self._named(row) for row in self._low(at_most)[:how_many]]

    def low_by_id(self, at_most: int) -> dict[str, tuple[str, int]]:
        """sku_id -> (name, stock) of everything on sale of which no more than that is left, the least first."""
        return {str(getattr(row, self.id_field)): self._named(row) for row in self._low(at_most)}

    def _named(self, row: Any) -> tuple[str, int]:
        return str(row), typed(getattr(row, self.stock_field), measure_of(row))

    def _low(self, at_most: int) -> QuerySet[Model]:
        """What is on sale and can be sold so many times at most, the least stock first."""
        bound = at_most * F(self.least_field) if self.least_field else at_most
        rows = self.model._default_manager.filter(**self.available_filter, **{f"{self.stock_field}__lte": bound})
        return rows.order_by(self.stock_field, "pk")

    def some(self, how_many: int) -> list[str]:
        """Ids of rows that can be sold, the first by their keys."""
        keys = self.model._default_manager.filter(**self.available_filter).order_by(self.id_field)
        return [str(key) for key in keys.values_list(self.id_field, flat=True)[:how_many]]

    def check(self) -> list[checks.CheckMessage]:
        """What is wrong with the options or with the database they point to."""
        try:
            unique = self._rows().key.unique
            if self.least_field:
                self.model._meta.get_field(self.least_field)
        except OtherTable as error:
            hint = "One UPDATE must decide by itself: stock, sales and available_filter are columns of that model."
            return [checks.Error(str(error), hint=hint, id="dailyfresh_orders.E013")]
        except (ImproperlyConfigured, FieldDoesNotExist) as error:
            return [checks.Error(str(error), hint="See OPTIONS of STOCK.", id="dailyfresh_orders.E011")]
        if unique:
            return []
        hint = "STOCK needs a unique id_field."
        return [checks.Error(f"{self.key_field} is not unique.", hint=hint, id="dailyfresh_orders.E012")]

    # -- for the strategies --

    @property
    def model(self) -> type[Model]:
        try:
            return apps.get_model(self.model_name)
        except (LookupError, ValueError) as error:
            raise ImproperlyConfigured(f"STOCK: no model {self.model_name!r}: {error}") from error

    @property
    def key_field(self) -> Column:
        return column_of(self.model, self.id_field)

    def _rows(self) -> Rows:
        """The rows as the statements address them; made when they are used first, once the models are loaded."""
        if self._addressed is None:
            self._addressed = Rows(
                self.model,
                key=self.id_field,
                stock=self.stock_field,
                sales=self.sales_field,
                conditions=self.available_filter,
            )
        return self._addressed

    def keys(self, quantities: Mapping[str, int]) -> dict[Any, int]:
        """Key of the row -> quantity, in the order of the keys: every strategy locks in this order.

        '9' and '10' order otherwise as strings than as numbers; ids that the column cannot hold are left out. A text key is
        compared as its column's collation compares: it is the catalogue that answers exact ids only.
        """
        to_python = self.key_field.to_python
        found = {}
        for sku_id, quantity in quantities.items():
            try:
                key = to_python(sku_id)
            except (ValidationError, OverflowError, ValueError):
                continue
            if str(key) == sku_id and self._fits(key):
                found[key] = quantity
        return dict(sorted(found.items()))

    def _fits(self, key: object) -> bool:
        return not isinstance(key, int) or abs(key) < 2**63

    def rows(self, keys: Iterable[Any], **lookups: Any) -> "QuerySet[Model]":
        """The rows with these keys, in the database that stock is written to."""
        using = router.db_for_write(self.model)
        return self.model._base_manager.using(using).filter(**{f"{self.id_field}__in": list(keys)}, **lookups)

    def lock(self, quantities: Mapping[Any, int]) -> int:
        """Lock the rows (key -> quantity) that can be sold in this quantity, in the order of their keys; gives how many."""
        if not quantities:
            return 0  # no condition at all would mean every row
        return self._rows().lock(quantities, using=router.db_for_write(self.model))

    def write(self, quantities: Mapping[Any, int], lookup: str, compared: Mapping[Any, int]) -> int:
        """Take key -> quantity in one UPDATE where the stock still compares with its value by `lookup` ("gte", "exact")."""
        if not quantities:
            return 0
        return self._rows().take(quantities, lookup, compared, using=router.db_for_write(self.model))
