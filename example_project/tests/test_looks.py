"""Pages look as they did: a coarse picture of each is compared with the kept one, and so is where its parts stand.

The pictures are of 12 by 20 squares, for other fonts draw other letters and no other page. KEEP_LOOKS=1 keeps how they look now.
"""

import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
KEPT = Path(__file__).with_name("looks.json")
SQUARES = (12, 20)
PARTS = {
    "/": [".df-head", ".df-hero", ".df-rail", ".df-vows", ".df-floors .df-card", ".df-tabbar"],
    "/list/veg/": [
        ".df-crumb",
        ".df-sortbar",
        ".df-kinds",
        ".df-filters",
        ".df-card",
        ".df-card .df-media",
        ".df-tabbar",
    ],
    "/goods/3/": [".df-gal figure", ".df-thumbs", ".df-pinfo h1", ".df-pbox", ".df-attrs", ".df-bar", ".df-pdetail"],
    "/user/login/": [".df-head", ".df-auth", "[name=username]", "[name=password]", "main form [type=submit]"],
}
BOXES = """selectors => selectors.map(selector => {
  const found = [...document.querySelectorAll(selector)].find(each => each.checkVisibility());
  const box = found && found.getBoundingClientRect();
  return box ? [box.x, box.y, box.width, box.height].map(Math.round) : null;
})"""


def look(visitor: Visitor, path: str, width: int, scheme: str) -> tuple[list[list[int] | None], Image.Image]:
    """Where the parts of a page stand, and its coarse picture."""
    visitor.page.set_viewport_size({"width": width, "height": 844})
    visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visitor.go(path)
    visitor.page.wait_for_load_state("networkidle")
    drawn = Image.open(io.BytesIO(visitor.page.screenshot())).convert("RGB")
    return visitor.page.evaluate(BOXES, PARTS[path]), drawn.resize(SQUARES, Image.Resampling.BOX)


def moved(now: list[int] | None, was: list[int] | None) -> bool:
    """Whether a part came, went, or stands elsewhere than other letters would put it."""
    if now is None or was is None:
        return now != was
    near = (6, 40, 6, 40) if was[1] < 844 else (6, 200, 6, 200)
    return any(
        abs(a - b) > max(most, b // 8 if n % 2 else 0)
        for n, (a, b, most) in enumerate(zip(now, was, near, strict=True))
    )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (390, "dark")])
@pytest.mark.parametrize("path", PARTS)
def test_a_page_looks_as_it_did(browser: "playwright.Browser", shop: str, path: str, width: int, scheme: str) -> None:
    visitor = Visitor(browser, shop)
    boxes, picture = look(visitor, path, width, scheme)
    visitor.context.close()
    kept, name = json.loads(KEPT.read_text() if KEPT.exists() else "{}"), f"{path} {width} {scheme}"
    if os.environ.get("KEEP_LOOKS"):
        kept[name] = {"boxes": boxes, "picture": picture.tobytes().hex()}
        KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
        return
    was = kept[name]
    found = {
        part: (now, box) for part, now, box in zip(PARTS[path], boxes, was["boxes"], strict=True) if moved(now, box)
    }
    assert found == {}, "part: (now, kept)"
    differ = ImageChops.difference(picture, Image.frombytes("RGB", SQUARES, bytes.fromhex(was["picture"]))).convert("L")
    assert ImageStat.Stat(differ).mean[0] < 8, "it is drawn otherwise"
    assert sum(level > 60 for level in differ.tobytes()) < 6, "a part of it is drawn otherwise"
