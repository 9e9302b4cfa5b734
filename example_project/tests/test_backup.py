"""The drill: what `backup` saved of a shop that buyers bought in, restored into an empty stack, and the books are equal."""

import io
import json
import random
import shutil
import threading
from pathlib import Path

import pytest
from chaos.browser import Tally
from chaos.buyer import Buyer
from chaos.standing import Stack
from chaos.watcher import Watcher
from PIL import Image
from running.supervisor import free_port

# A proof: until all pictures of a first start are drawn, pages are written again and again, for minutes.
pytestmark = [pytest.mark.stack, pytest.mark.prove]
COUNTS = (
    "from dailyfresh_orders.models import *; from dailyfresh_goods.models import SKU; from django.db.models import *; "
    "print(Order.objects.count(), OrderLine.objects.aggregate(Sum('quantity')), Payment.objects.aggregate(Sum('received')), "
    "SKU.objects.aggregate(Sum('stock')), Review.objects.count())"
)


def test_an_empty_stack_restored_from_a_back_up_has_equal_books(stack: Stack, tmp_path: Path) -> None:
    told = bought(stack)
    saved = tmp_path / "saved"
    done = stack.python("manage.py", "backup", str(saved))
    assert done.returncode == 0, done.stderr
    assert saved.stat().st_mode & 0o077 == 0
    again = stack.python("manage.py", "backup", str(saved), "files")
    assert again.stdout == "files: 0 new\n"
    counted = stack.python("manage.py", "shell", "-v", "0", "-c", COUNTS).stdout
    restored = Stack(tmp_path / "restored" / "var")
    restored.var.mkdir(parents=True)
    shutil.copytree(stack.var / "alipay", restored.var / "alipay")  # the gateway is not ours to restore
    shutil.copy(saved / "keys" / "secret_key", restored.var / "secret_key")
    try:
        restored.start(free_port(), "--restore", str(saved))
        assert restored.python("manage.py", "shell", "-v", "0", "-c", COUNTS).stdout == counted
        (tmp_path / "told.json").write_text(json.dumps(told))
        proved = restored.python("-m", "chaos.books", str(tmp_path / "told.json"))
        assert proved.returncode == 0, proved.stdout + proved.stderr
        refused = restored.python("manage.py", "restore", str(saved), "database")
        assert "not empty" in refused.stderr
    finally:
        restored.stop()


def bought(stack: Stack) -> dict[str, object]:
    """Two buyers; what they were told, once every drain has come to an end."""
    shop = json.loads(stack.python("-m", "chaos.market", "prepare", "2").stdout)
    picture = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(picture, "JPEG")
    skus = random.sample(sorted(shop["stock"]), 6)
    common = {
        "site": stack.site,
        "tally": Tally(),
        "skus": skus,
        "picture": picture.getvalue(),
        "over": threading.Event(),
    }
    buyers = [Buyer(name, number, **common) for number, name in enumerate(shop["names"])]
    for buyer in buyers:
        assert buyer.sign_in()
        for step in [buyer.fill, buyer.buy] * 4:
            step()
        buyer.browser.close()
    watcher = Watcher(stack.site, Tally(), sku_id=skus[0])
    assert watcher.settled(1200) == []
    watcher.browser.close()
    ledgers = [buyer.ledger.as_dict() | {"registered": []} for buyer in buyers]  # mails are not saved
    assert any(ledger["ordered"] for ledger in ledgers)
    return {"stock": shop["stock"], "buyers": ledgers}
