"""Structured data for search engines (schema.org, as JSON-LD)."""

from collections.abc import Callable
from typing import Any

from dailyfresh_core.pricing.measures import WEIGHT
from dailyfresh_core.pricing.money import currency

from .models import Band
from .selectors import Detail

AVAILABILITY = {
    Band.SOLD_OUT: "https://schema.org/OutOfStock",
    Band.LOW: "https://schema.org/LimitedAvailability",
    Band.IN_STOCK: "https://schema.org/InStock",
}


def website(url: str) -> dict[str, Any]:
    """The site itself."""
    return {"@context": "https://schema.org", "@type": "WebSite", "url": url}


def breadcrumbs(trail: list[tuple[str, str]]) -> dict[str, Any]:
    """The way from the home page: (name, absolute address) each."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": url}
        for position, (name, url) in enumerate(trail, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def product(goods: Detail, url: str, absolute: Callable[[str], str]) -> dict[str, Any]:
    """The SKU with its offer, and its rating where there is one."""
    card = goods.card
    images = [url if "://" in url else absolute(url) for url in (view.whole.largest for view in goods.views)]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": f"{card.name} {card.unit}",
        "description": goods.description or card.name,
        "sku": card.sku_id,
        "category": goods.type_name,
        "url": url,
        "image": images,
        "offers": {
            "@type": "Offer",
            "price": str(card.price),
            "priceCurrency": currency(),
            "availability": AVAILABILITY[card.band],
            "url": url,
        },
    }
    if card.measure.priced_by == WEIGHT:
        found["offers"]["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": str(card.price),
            "priceCurrency": currency(),
            "referenceQuantity": {"@type": "QuantitativeValue", "value": card.measure.price_grams, "unitCode": "GRM"},
        }
    if card.rating is not None and card.rating_count:
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(card.rating),
            "reviewCount": card.rating_count,
        }
    return found
