"""What a basket costs, once more: written from the rules alone, before its author had seen the engine.

Slow and plain on purpose: every piece is an entry of a list, every share a `Fraction`, every order of things a sort; nothing is shared with
the engine, not even the rounding. Amounts are whole fen, rates basis points of what is paid. Two rules were not written down anywhere and
are the engine's: in a bundle a piece is worth its part of what its line comes to by then; of pieces of the same worth the earlier line's
come first.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass
class Row:
    """A line of the basket; `price` is for a piece, or for `per` grams when it is weighed."""

    sku: str
    groups: tuple
    price: int
    quantity: int
    per: int | None = None
    amount: int = 0
    closed: bool = False
    discounted: bool = False

    def worth(self, price):
        return up(Fraction(price * self.quantity, self.per)) if self.per else price * self.quantity

    def units(self):
        """What each piece is worth, as even as whole fen allow."""
        return [(self.amount + n) // self.quantity for n in range(self.quantity)]


@dataclass(frozen=True)
class Deal:
    """An offer or a coupon. `kind` says which of `numbers` it has."""

    name: str
    kind: str
    numbers: dict
    everything: bool = True
    skus: frozenset = frozenset()
    groups: frozenset = frozenset()
    but: frozenset = frozenset()
    priority: int = 0
    stackable: bool = False
    alone: bool = False
    with_activity: bool = True
    ends: int = 0

    def means(self, row):
        if row.sku in self.but or set(row.groups) & self.but:
            return False
        return self.everything or row.sku in self.skus or bool(set(row.groups) & self.groups)


def up(amount):
    """Half a fen goes up."""
    return int(amount + Fraction(1, 2))


def shared_out(off, weights):
    """By the largest remainder; the larger weight, then the earlier line, where remainders are the same."""
    whole = sum(weights)
    exact = [Fraction(off * weight, whole) if whole else Fraction(0) for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda n: (-(exact[n] - parts[n]), -weights[n], n))
    for n in order[: off - sum(parts)]:
        parts[n] += 1
    return parts


def reached(deal, rows):
    """What a threshold takes off these lines as they are."""
    by_pieces = deal.numbers.get("pieces", False)
    rows = [row for row in rows if not (by_pieces and row.per)]
    base = sum(row.amount for row in rows)
    have = sum(row.quantity for row in rows) if by_pieces else base
    off = 0
    if deal.kind == "each":
        off = have // deal.numbers["reach"] * deal.numbers["off"]
    else:
        steps = [value for reach, value in deal.numbers["tiers"] if rows and have >= reach]
        if steps:
            off = steps[-1] if deal.kind == "off" else base - up(Fraction(base * steps[-1], 10_000))
    cap = deal.numbers.get("cap")
    return rows, min(off, base, base if cap is None else cap)


def bundled(deal, rows):
    """What a bundle takes off, and the lines that have to do with it."""
    rows = [row for row in rows if not row.per]
    every = deal.numbers["every"]
    pieces = [(unit, row.sku) for row in rows for unit in row.units()]
    pieces.sort(key=lambda piece: -piece[0])  # of the same worth, those of the earlier line first
    sets = len(pieces) // every
    if deal.kind == "cheapest":
        count = sets * deal.numbers["cheapest"]
        base = sum(unit for unit, _ in pieces[len(pieces) - count :])
        return rows, base - up(Fraction(base * deal.numbers["rate"], 10_000))
    off, within = 0, set()
    for n in range(sets):
        one = pieces[n * every : (n + 1) * every]
        if sum(unit for unit, _ in one) > deal.numbers["price"]:
            off += sum(unit for unit, _ in one) - deal.numbers["price"]
            within |= {sku for _, sku in one}
    return [row for row in rows if row.sku in within], off


class Till:
    """One basket under the offers and at most one coupon."""

    def __init__(self, rows, deals, left):
        self.rows, self.deals, self.left = rows, deals, left
        self.taken = {}

    def price_tags(self):
        """Stage 1: each piece at the lowest price that still has pieces."""
        for row in self.rows:
            self.tag(row)

    def tag(self, row):
        tags = []
        for n, deal in enumerate(self.deals):
            if deal.kind in ("prices", "flash") and deal.means(row) and row.sku in deal.numbers["prices"]:
                price = deal.numbers["prices"][row.sku]
                if price < row.price:
                    tags.append((price, n, deal))
        tags.sort(key=lambda tag: tag[:2])
        whole = row.worth(row.price)
        row.amount = whole
        if row.per:
            for price, _, deal in tags:
                if deal.kind == "prices" and row.worth(price) < whole:
                    self.cut(deal, [row], [whole - row.worth(price)])
                    row.closed = deal.alone
                    break
            return
        rest = row.quantity
        for price, _, deal in tags:
            count = min(rest, self.left[deal.name]) if deal.kind == "flash" else rest
            if not count:
                continue
            rest -= count
            self.cut(deal, [row], [(row.price - price) * count])
            row.closed = row.closed or deal.alone

    def cut(self, deal, rows, parts):
        for row, part in zip(rows, parts, strict=True):
            row.amount -= part
            if part:
                self.taken.setdefault(deal.name, {})[row.sku] = self.taken.get(deal.name, {}).get(row.sku, 0) + part

    def activities(self, kinds, work):
        """Stages 2 and 3: by priority, then by what each would take off at first, then by age."""
        meant = [
            (n, deal, [row for row in self.rows if deal.means(row) and not row.closed])
            for n, deal in enumerate(self.deals)
            if deal.kind in kinds
        ]
        meant.sort(key=lambda one: (-one[1].priority, -work(one[1], one[2])[1], one[0]))
        gone = set()
        for _, deal, mine in meant:
            seen = mine if deal.stackable else [row for row in mine if row.sku not in gone]
            rows, off = work(deal, seen)
            if not off:
                continue
            parts = shared_out(off, [row.amount for row in rows])
            self.cut(deal, rows, parts)
            for row, part in zip(rows, parts, strict=True):
                row.discounted = row.discounted or bool(part)
            if not deal.stackable:
                gone |= {row.sku for row in seen}

    def coupon(self, deal):
        rows = [row for row in self.rows if deal.means(row) and not row.closed]
        if not deal.with_activity:
            rows = [row for row in rows if not row.discounted]
        rows, off = reached(deal, rows)
        if off:
            self.cut(deal, rows, shared_out(off, [row.amount for row in rows]))

    def sending(self, freight, coupon):
        goods = sum(row.amount for row in self.rows)
        cost = freight(goods)
        best, by = 0, None
        free = [deal for deal in self.deals if deal.kind == "free"]
        for deal in [*sorted(free, key=lambda deal: -deal.priority), *([coupon] if coupon else [])]:
            rows = [row for row in self.rows if deal.means(row)]
            if not deal.with_activity:
                rows = [row for row in rows if not row.discounted]
            off = min(cost, cost if deal.numbers["cap"] is None else deal.numbers["cap"])
            if rows and sum(row.amount for row in rows) >= deal.numbers["reach"] and off > best:
                best, by = off, deal
        if by:
            self.taken[by.name] = {"": best}
        return goods + cost - best


def under(make_rows, deals, left, coupon, ticket, freight):
    """(total, {offer: {sku_id: off}}, amounts) with this coupon for goods and this one for sending, or with none (None)."""
    till = Till(make_rows(), deals, left)
    till.price_tags()
    till.activities(("cheapest", "bundle"), bundled)
    till.activities(("off", "each", "percent"), reached)
    if coupon:
        till.coupon(coupon)
    total = till.sending(freight, ticket)
    return total, till.taken, [row.amount for row in till.rows]


def cheapest(make_rows, deals, left, coupons, freight):
    """The coupons of the lowest total; none before one, then the one that ends first, then the lowest number."""
    order = sorted(coupons, key=lambda coupon: (coupon.ends, coupon.name))
    goods = [None, *(coupon for coupon in order if coupon.kind != "free")]
    tickets = [None, *(coupon for coupon in order if coupon.kind == "free")]
    tried = [under(make_rows, deals, left, coupon, ticket, freight) for coupon in goods for ticket in tickets]
    return min(tried, key=lambda one: one[0])
