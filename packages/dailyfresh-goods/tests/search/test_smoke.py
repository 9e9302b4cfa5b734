import pytest


@pytest.mark.parametrize("q", ["草莓", "caomei", "cm", "虾", "大 虾", "牛排 200g", "西红柿", "tomato", "紅顏草莓", "草梅", "大扎蟹", "水果", "樱桃"])
def test_smoke(shop, client, q):
    response = client.get("/goods-shop/search/", {"q": q})
    assert response.status_code == 200
    found = response.context["found"]
    print(q, found.number, found.query.corrected, [h.card.name for h in found.hits][:8])
