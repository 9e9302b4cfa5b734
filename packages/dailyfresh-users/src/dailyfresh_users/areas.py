"""Provinces, cities and districts of mainland China (data/pca-code.json, from china-division)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

STEPS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
"""Levels that exist in the register only; nobody writes them on a parcel."""


@dataclass(frozen=True, slots=True)
class Area:
    """A district with all that lies above it."""

    province_code: str
    city_code: str
    district_code: str
    province: str
    city: str
    district: str


@cache
def _read() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Area]]:
    """children: parent code ("" = the country) -> {code: name}, and districts: code -> Area."""
    tree: list[dict[str, Any]] = json.loads(
        files(__package__).joinpath("data/pca-code.json").read_text(encoding="utf-8")
    )
    children: dict[str, dict[str, str]] = {"": {}}
    districts: dict[str, Area] = {}
    for province in tree:
        children[""][province["code"]] = province["name"]
        for city in province["children"]:
            # 北京市 > 市辖区 > 东城区 reads 北京市 > 北京市 > 东城区
            name = province["name"] if city["name"] == "市辖区" else city["name"]
            children.setdefault(province["code"], {})[city["code"]] = name
            for district in city["children"]:
                children.setdefault(city["code"], {})[district["code"]] = district["name"]
                districts[district["code"]] = Area(
                    province["code"], city["code"], district["code"], province["name"], name, district["name"]
                )
    return children, districts


def children_of(code: str) -> Mapping[str, str] | None:
    """What lies directly below an area ("" = the country): code -> name; None when it has nothing below."""
    return _read()[0].get(code)


def district(code: str) -> Area | None:
    """The district with this code, or None."""
    return _read()[1].get(code)


def spoken(province: str, city: str, district: str) -> str:
    """The three names as written on a parcel: 北京市 海淀区, not 北京市 北京市 海淀区."""
    return " ".join(name for name in dict.fromkeys((province, city, district)) if name and name not in STEPS)
