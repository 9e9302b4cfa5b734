from visitors import Client, text

for word in ("spud", "tater"):
    assert "Potatoes" in text(Client().get("/search/", {"q": word})), word
