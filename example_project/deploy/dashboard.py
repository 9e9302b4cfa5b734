"""The shop's dashboard for Grafana: what is watched, as rows of titles and queries."""

import json
from collections.abc import Iterator
from typing import Any

Panel = tuple[str, str, dict[str, str]]
"""Title, unit of Grafana's, legend -> query."""

BUCKETS = "histogram_quantile({}, sum by (le) (rate({}_bucket[5m])))"
PANELS: list[Panel] = [
    ("Orders a minute", "short", {"{{payment_method}}": "60 * sum by (payment_method) (rate(dailyfresh_orders_total[5m]))"}),
    ("Orders refused a minute, by reason", "short", {"{{reason}}": "60 * sum by (reason) (rate(dailyfresh_orders_refused_total[5m]))"}),
    ("Orders that are not ended", "short", {"{{state}}": "dailyfresh_orders_by_state"}),
    ("Payments that somebody waits for", "short", {"{{state}}": "dailyfresh_payments_open"}),
    (
        "From paid to in the books",
        "s",
        {f"{q}": BUCKETS.format(q, "dailyfresh_settlement_lag_seconds") for q in (0.5, 0.99)},
    ),
    ("What gateways said", "short", {"{{step}}": "60 * sum by (step) (rate(dailyfresh_settlements_total[5m]))"}),
    ("How long the oldest row is due", "s", {"{{part}}": 'dailyfresh_part_seconds{part!~"database|carts|cache|broker|worker|background|storage"}'}),
    ("Rows that wait for a drain", "short", {"{{part}}": "dailyfresh_waiting_rows > 0"}),
    ("Parts", "short", {"{{part}}": "dailyfresh_part_up"}),
    ("How long a part takes to answer", "s", {"{{part}}": 'dailyfresh_part_seconds{part=~"database|carts|cache|broker|storage"}'}),
    (
        "Pages out of the cache",
        "percentunit",
        {"hits": 'sum(rate(dailyfresh_goods_cache_total{outcome="hit"}[5m])) / sum(rate(dailyfresh_goods_cache_total[5m]))'},
    ),
    (
        "From a change to its page",
        "s",
        {f"{q}": BUCKETS.format(q, "dailyfresh_goods_rebuild_lag_seconds") for q in (0.5, 0.99)},
    ),
    ("Visitors slowed down, a minute", "short", {"{{name}}": "60 * sum by (name) (rate(dailyfresh_throttled_total[5m]))"}),
    ("Pages that could not be made", "short", {"pages": "dailyfresh_pages_refused"}),
]  # fmt: skip


def dashboard() -> str:
    """As JSON, to be imported in Grafana or put into its folder of dashboards."""
    data = {
        "title": "DailyFresh",
        "uid": "dailyfresh",
        "schemaVersion": 38,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"}]},
        "panels": list(panels()),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def panels() -> Iterator[dict[str, Any]]:
    """Two beside each other."""
    for number, (title, unit, queries) in enumerate(PANELS):
        yield {
            "id": number + 1,
            "type": "timeseries",
            "title": title,
            "datasource": {"type": "prometheus", "uid": "${source}"},
            "gridPos": {"h": 8, "w": 12, "x": 12 * (number % 2), "y": 8 * (number // 2)},
            "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
            "targets": [
                {"refId": chr(ord("A") + n), "expr": query, "legendFormat": legend}
                for n, (legend, query) in enumerate(queries.items())
            ],
        }
