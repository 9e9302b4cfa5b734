"""Pictures that come with a file of goods: out of a ZIP, or from an address that a task fetches, whoever stands there."""

import io
import socket
import threading
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.exchange import BadFile
from dailyfresh_goods import services
from dailyfresh_goods.import_export import fetching
from dailyfresh_goods.import_export.archives import content_in
from dailyfresh_goods.models import SKU, GoodsImport, PictureSource
from dailyfresh_goods.services.importing import arrivals
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

HEAD = "slug,type,name,price,unit,image\n"


def picture(colour: str = "red", kind: str = "png", side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, kind)
    return out.getvalue()


def packed(*members: tuple[str, str | bytes], table: str = "goods.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def taken_in(content: bytes, name: str = "goods.zip", *, dry_run: bool = False) -> GoodsImport:
    upload = services.keep_import(file=io.BytesIO(content), name=name, by=None)
    services.begin_import(upload=upload, dry_run=dry_run)
    GoodsImport.objects.filter(pk=upload.pk).update(due_at=timezone.now())
    services.run_imports()
    upload.refresh_from_db()
    return upload


def row(slug: str, image: str) -> str:
    return f"{slug},fruit,{slug},3.50,1kg,{image}\n"


def problems(upload: GoodsImport) -> list[tuple[str, str]]:
    return [(one["column"], one["message"]) for one in upload.report["problems"]]


@pytest.fixture(autouse=True)
def storage(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


# Out of a ZIP --------------------------------------------------------------------------------------------------------


def test_a_zip_brings_its_pictures_along_and_again_changes_nothing(shop: Shop) -> None:
    rows = HEAD + row("pear", "pear.png") + row("plum", "pictures\\plum.jpg") + row("both", "./pictures/plum.jpg")
    content = packed(
        ("goods.csv", rows), ("pictures/pear.png", picture()), ("pictures/plum.jpg", picture("blue", "jpeg")),
        ("__MACOSX/._pear.png", "x"), ("pictures/", ""),
    )  # fmt: skip
    assert taken_in(content).state == "done"
    pear, plum, both = (SKU.objects.get(slug=slug) for slug in ("pear", "plum", "both"))
    with default_storage.open(pear.image.name) as file:
        assert file.read() == picture()
    assert pear.image.name.startswith("skus/")
    assert pear.image.name.endswith(".png")
    assert plum.image.name == both.image.name  # stored once
    again = taken_in(content)
    assert (again.report["created"], again.report["changed"], again.report["unchanged"]) == (0, 0, 3)


def test_another_picture_under_the_same_name_is_a_change(shop: Shop) -> None:
    taken_in(packed(("goods.csv", HEAD + row("pear", "pear.png")), ("pear.png", picture())))
    was = SKU.objects.get().image.name
    report = taken_in(packed(("goods.csv", HEAD + row("pear", "pear.png")), ("pear.png", picture("green")))).report
    assert report["changed"] == 1
    assert SKU.objects.get().image.name != was


def test_names_in_chinese_are_read_however_they_were_packed(shop: Shop) -> None:
    content = packed(("商品.csv", HEAD + row("pear", "图片/梨.png")), ("图片/梨.png", picture()))
    assert taken_in(content).state == "done"
    out = io.BytesIO()  # as Windows in Chinese writes it: GBK, and no flag
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (("goods.csv", HEAD + row("plum", "梨.png")), ("梨.png", picture("blue"))):
            archive.writestr(zipfile.ZipInfo("x" * len(name.encode("gbk"))), data)
    raw = out.getvalue()
    for name in ("goods.csv", "梨.png"):
        raw = raw.replace(b"x" * len(name.encode("gbk")), name.encode("gbk"))
    assert taken_in(raw).state == "done"
    assert SKU.objects.get(slug="plum").image


def test_what_the_zip_lacks_or_cannot_show_is_a_bad_row_before_anything_is_written(shop: Shop) -> None:
    rows = HEAD + row("pear", "no.png") + row("plum", "text.png") + row("fig", "large.png") + row("kiwi", "good.png")
    content = packed(
        ("goods.csv", rows), ("text.png", "no picture"), ("large.png", bytes(21 * 2**20)), ("good.png", picture())
    )
    upload = taken_in(content)
    assert upload.state == "refused"
    assert [column for column, _message in problems(upload)] == ["image"] * 3
    assert "no such file in the ZIP" in problems(upload)[0][1]
    assert not SKU.objects.exists()


def test_a_picture_that_is_in_the_storage_stays_where_a_zip_names_it(shop: Shop) -> None:
    shop.sku(slug="pear", image="skus/old.webp")
    content = packed(("goods.csv", HEAD + row("pear", "skus/old.webp") + row("plum", "p.png")), ("p.png", picture()))
    assert taken_in(content).report["changed"] == 1
    assert SKU.objects.get(slug="pear").image.name == "skus/old.webp"


@pytest.mark.parametrize(
    "members", [[("a.png", b"x")], [("a.csv", HEAD), ("b.xlsx", b"x")], [(f"f{n}", b"") for n in range(20_001)]]
)
def test_a_zip_holds_one_table_and_so_many_files(shop: Shop, members: list[tuple[str, bytes]]) -> None:
    with pytest.raises(BadFile):
        services.keep_import(file=io.BytesIO(packed(*members)), name="goods.zip", by=None)


@pytest.mark.parametrize("damage", [lambda raw: raw[: len(raw) // 2], lambda raw: b"PK\x03\x04" + bytes(100)])
def test_a_damaged_zip_is_refused_in_words(shop: Shop, damage: Callable[[bytes], bytes]) -> None:
    raw = packed(("goods.csv", HEAD + row("pear", "pear.png")), ("pear.png", picture()))
    with pytest.raises(BadFile):
        services.keep_import(file=io.BytesIO(damage(raw)), name="goods.zip", by=None)


def test_a_picture_that_is_packed_wrongly_is_a_bad_row(shop: Shop) -> None:
    raw = bytearray(packed(("goods.csv", HEAD + row("pear", "pear.png")), ("pear.png", picture())))
    at = raw.index(b"pear.png", raw.index(b"PK\x03\x04", 10)) + len("pear.png") + 5
    raw[at] ^= 0xFF
    upload = taken_in(bytes(raw))
    assert upload.state == "refused"
    assert problems(upload)[0][0] == "image"


def test_names_that_lead_out_of_the_zip_lead_nowhere(shop: Shop) -> None:
    rows = HEAD + row("pear", "../../evil.png") + row("plum", "/etc/passwd.png")
    content = packed(("goods.csv", rows), ("../../evil.png", picture()), ("/etc/passwd.png", picture("blue")))
    upload = taken_in(content)
    names = set(SKU.objects.values_list("image", flat=True))
    assert upload.state == "refused" or all(name.startswith("skus/") for name in names)
    assert not any(".." in name or name.startswith("/") for name in names)


def test_each_picture_of_a_zip_is_judged_once_however_many_rows_name_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    monkeypatch.setattr(arrivals, "origin_of", lambda content: judged.append(content) or "zip:x")
    content = packed(("goods.csv", HEAD + "".join(row(f"p{n}", "p.png") for n in range(50))), ("p.png", picture()))
    taken_in(content, dry_run=True)
    assert len(judged) == 1


def test_a_bomb_that_calls_itself_a_table_is_left_packed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dailyfresh_goods.import_export.archives.TABLE", 1000)
    with pytest.raises(BadFile), content_in(io.BytesIO(packed(("goods.csv", bytes(2000)))), "x.zip"):
        pass


def test_a_bomb_that_calls_itself_small_is_left_packed(shop: Shop) -> None:
    """Of a picture that says it has a hundred bytes, fifty million came out."""
    bomb = bytes(50_000_000)
    raw = packed(("goods.csv", HEAD + row("pear", "pear.png")), ("pear.png", bomb))
    raw = raw.replace(len(bomb).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    tracemalloc.start()
    assert problems(taken_in(raw)) == [("image", "This is no picture that can be read (JPEG, PNG or WebP).")]
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_pictures_that_shrink_to_nothing_when_they_are_packed_are_none(shop: Shop) -> None:
    """Thirty megabytes had become thirty gigabytes in the storage."""
    empty = picture() + bytes(2**20)
    many = packed(("goods.csv", HEAD), *((f"{n}.png", empty) for n in range(17)))
    with pytest.raises(BadFile, match="pictures are too large"):
        services.keep_import(file=io.BytesIO(many), name="goods.zip", by=None)
    few = packed(("goods.csv", HEAD + row("pear", "1.png")), *((f"{n}.png", empty) for n in range(15)))
    assert taken_in(few).state == "done"


def test_a_zip_that_is_packed_in_another_way_is_refused_in_words(shop: Shop) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("goods.csv", HEAD)
    with pytest.raises(BadFile, match="packed in a way"):
        services.keep_import(file=out, name="goods.zip", by=None)


def test_a_zip_in_a_zip_and_a_link_lead_nowhere(shop: Shop) -> None:
    link = zipfile.ZipInfo("pear.png")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("goods.csv", HEAD + row("pear", "pear.png") + row("plum", "more.zip"))
        archive.writestr(link, "/etc/passwd")
        archive.writestr("more.zip", packed(("pear.png", picture())))
    upload = taken_in(out.getvalue())
    assert upload.state == "refused"
    assert [column for column, _message in problems(upload)] == ["image", "image"]


def test_pictures_of_rows_that_are_not_written_go_out_of_the_storage(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(good: Any) -> None:
        raise RuntimeError("the database is away")

    content = packed(("goods.csv", HEAD + row("pear", "pear.png")), ("pear.png", picture()))
    monkeypatch.setattr("dailyfresh_goods.services.importing.imports.write", broken)
    assert taken_in(content).state == "refused"
    assert default_storage.listdir("skus")[1] == []
    monkeypatch.undo()
    assert taken_in(content).state == "done"
    assert default_storage.exists(SKU.objects.get(slug="pear").image.name)


# By address ----------------------------------------------------------------------------------------------------------

PNG = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + picture()


class Host:
    """A host that answers every connection as it is told: bytes, or what a function does with the socket."""

    def __init__(self) -> None:
        self.answers: Any = PNG
        self.asked: list[str] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _who = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with connection:
            asked = connection.recv(65536).decode()
            self.asked.append(asked)
            answer = self.answers
            try:
                if callable(answer):
                    answer(connection, asked)
                else:
                    connection.sendall(answer)
            except OSError:
                pass


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Host]:
    """img.example.com and its like, whose name leads to a number of this machine that is taken for a public one."""
    found = Host()
    real = socket.getaddrinfo
    known = {"img.example.com": "127.0.0.1", "other.example.com": "127.0.0.1", "inside.example.com": "10.0.0.7"}

    def lookup(name: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        if name not in known:
            return real(name, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[name], port))]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", lookup)
    public = fetching.is_public
    monkeypatch.setattr(fetching, "is_public", lambda number: number == "127.0.0.1" or public(number))
    monkeypatch.setattr(fetching, "PORTS", {"http": found.port, "https": found.port})
    monkeypatch.setattr(fetching, "SECONDS", 1.0)
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PICTURE_HOSTS": [".example.com"]}
    yield found
    found.server.close()


AT = "http://img.example.com/pear.png"


def ordered(image: str = AT, slug: str = "pear") -> PictureSource:
    upload = taken_in((HEAD + row(slug, image)).encode(), "goods.csv")
    assert upload.state == "done", upload.report
    return PictureSource.objects.get(sku__slug=slug)


def test_a_picture_is_fetched_by_a_task_and_again_says_nothing_new(shop: Shop, host: Host) -> None:
    source = ordered()
    assert source.due_at
    assert not source.sku.image
    services.fetch_pictures()
    sku = SKU.objects.get()
    with default_storage.open(sku.image.name) as file:
        assert file.read() == picture()
    assert "Host: img.example.com" in host.asked[0]
    assert taken_in((HEAD + row("pear", AT)).encode(), "goods.csv").report["unchanged"] == 1
    exported = next(iter(services.export_goods(skus=SKU.objects.all())))
    assert exported["image"] == sku.image.name


def test_a_picture_that_somebody_chose_meanwhile_stays(shop: Shop, host: Host) -> None:
    ordered()
    SKU.objects.update(image="skus/by-hand.webp")
    services.fetch_pictures()
    assert SKU.objects.get().image.name == "skus/by-hand.webp"
    assert PictureSource.objects.get().due_at is None


def test_a_later_file_calls_an_order_off(shop: Shop, host: Host) -> None:
    ordered()
    taken_in((HEAD + row("pear", "[clear]")).encode(), "goods.csv")
    assert not PictureSource.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.com/a.png", "http://example.com.evil.com/a.png", "http://img.example.com@evil.com/a.png",
        "ftp://img.example.com/a.png", "file:///etc/passwd", "http://img.example.com:8000/a.png", "http://127.0.0.1/a.png",
        "http://[::1]/a.png", "http://2130706433/", "http://img.example.com\\@evil.com/", "http:///a.png", "http://",
        "https://img.example.com:99999/", "http://user:pw@img.example.com/a.png", "gopher://img.example.com/",
        "http://" + "a" * 300 + ".example.com/", "http://img.example.com/" + "a" * 500,
    ],
)  # fmt: skip
def test_addresses_of_other_hosts_and_kinds_are_bad_rows(shop: Shop, host: Host, address: str) -> None:
    upload = taken_in((HEAD + row("pear", f'"{address}"')).encode(), "goods.csv")
    assert upload.state == "refused"
    assert [column for column, _message in problems(upload)] == ["image"]
    assert not host.asked


def test_without_the_setting_no_address_is_taken(shop: Shop) -> None:
    upload = taken_in((HEAD + row("pear", AT)).encode(), "goods.csv")
    assert "PICTURE_HOSTS" in problems(upload)[0][1]


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2002:7f00:1::", "2001:0:7f00:1::",
        "2001:db8::1", "nonsense",
    ],
)  # fmt: skip
def test_numbers_that_are_not_public_are_known(number: str) -> None:
    assert not fetching.is_public(number)
    assert all(map(fetching.is_public, ("1.1.1.1", "93.184.216.34", "2606:4700::1111", "2400:3200::1")))


def test_a_name_that_leads_inside_is_refused_also_behind_a_redirect_or_a_public_one(
    shop: Shop, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ordered("http://inside.example.com/a.png")
    services.fetch_pictures()
    source.refresh_from_db()
    assert source.error == fetching.NOT_PUBLIC
    host.answers = b"HTTP/1.1 302 Found\r\nLocation: http://inside.example.com/latest/meta-data\r\n\r\n"
    source = ordered(slug="plum")
    services.fetch_pictures()
    source.refresh_from_db()
    assert source.error == fetching.NOT_PUBLIC
    both = [(2, 1, 6, "", ("127.0.0.1", 80)), (2, 1, 6, "", ("192.168.0.1", 80))]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **kwargs: both)
    with pytest.raises(fetching.Refused):
        fetching.fetch(AT, hosts=["*"])


def test_a_name_is_looked_up_once_so_that_it_cannot_become_another(
    shop: Shop, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup, asked = fetching.socket.getaddrinfo, []

    def turning(name: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(name)
        return lookup("inside.example.com" if asked.count("img.example.com") > 1 else name, *args, **kwargs)

    monkeypatch.setattr(fetching.socket, "getaddrinfo", turning)
    assert fetching.fetch(AT, hosts=["*"]) == picture()
    assert asked.count("img.example.com") == 1


@pytest.mark.parametrize(
    "there", ["http://evil.com/a.png", "file:///etc/passwd", "//10.0.0.1/", "http://127.0.0.1/", "", "http://[::1]/"]
)
def test_each_hop_is_judged_like_the_first(host: Host, there: str) -> None:
    host.answers = b"HTTP/1.1 301 Moved\r\nLocation: " + there.encode() + b"\r\n\r\n"
    with pytest.raises(fetching.Refused):
        fetching.fetch(AT, hosts=["img.example.com"])
    assert len(host.asked) <= fetching.HOPS + 1


def test_a_redirect_to_another_allowed_host_is_followed(host: Host) -> None:
    def answer(connection: socket.socket, asked: str) -> None:
        moved = b"HTTP/1.1 302 Found\r\nLocation: http://other.example.com/%E6%A2%A8 1.png?a=b\r\n\r\n"
        connection.sendall(PNG if "Host: other" in asked else moved)

    host.answers = answer
    assert fetching.fetch(AT, hosts=[".example.com"]) == picture()
    assert "GET /%E6%A2%A8%201.png?a=b " in host.asked[1]


def test_a_server_that_trickles_is_left_in_time(host: Host) -> None:
    def answer(connection: socket.socket, asked: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-A: b\r\n")
            time.sleep(0.05)

    def silent(connection: socket.socket, asked: str) -> None:
        time.sleep(5)

    def drops(connection: socket.socket, asked: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    for how in (answer, silent, drops):
        host.answers, began = how, time.monotonic()
        with pytest.raises(fetching.Unreachable):
            fetching.fetch(AT, hosts=["*"])
        assert time.monotonic() - began < 3


def test_a_body_without_end_is_not_read_to_it(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 100_000)
    sent = []

    def answer(connection: socket.socket, asked: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent.append(connection.send(bytes(65536)))

    host.answers = answer
    with pytest.raises(fetching.Refused):
        fetching.fetch(AT, hosts=["*"])
    host.answers = b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n"
    with pytest.raises(fetching.Refused):
        fetching.fetch(AT, hosts=["*"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n<html>not a picture", "no picture"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", fetching.NOT_THERE),
        (b"HTTP/1.1 302 Found\r\nLocation: http://img.example.com/\r\n\r\n", fetching.TOO_MANY_HOPS),
    ],
)
def test_what_is_no_picture_is_given_up_at_once_and_said(shop: Shop, host: Host, answer: bytes, words: str) -> None:
    host.answers = answer
    source = ordered()
    services.fetch_pictures()
    source.refresh_from_db()
    assert (source.due_at, words in source.error) == (None, True)
    assert taken_in((HEAD + row("pear", AT)).encode(), "goods.csv").report["changed"] == 1  # tried again


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 500 Oh\r\n\r\n", b"", b"nonsense\r\n\r\n", PNG.replace(b"\r\n\r\n", b"\r\nContent-Length: 9999\r\n\r\n", 1)],
)  # fmt: skip
def test_a_host_that_is_ill_is_asked_again_later_and_given_up_at_last(shop: Shop, host: Host, answer: bytes) -> None:
    host.answers = answer
    source = ordered()
    for _time in range(services.importing.fetching.TRIES):
        source.refresh_from_db()
        assert source.due_at
        PictureSource.objects.update(due_at=timezone.now())
        services.fetch_pictures()
    source.refresh_from_db()
    assert (source.due_at, source.error) == (None, fetching.UNREACHABLE)


def test_staff_see_what_failed_and_let_it_be_fetched_again(shop: Shop, host: Host, admin_client: Client) -> None:
    host.answers = b"HTTP/1.1 404 Not Found\r\n\r\n"
    source = ordered()
    services.fetch_pictures()
    here = "/admin/dailyfresh_goods/picturesource/"
    page = admin_client.get(here, {"became": "failed"}).content.decode()
    assert AT in page
    assert fetching.NOT_THERE in page
    host.answers = PNG
    admin_client.post(here, {"action": "fetch_again", "_selected_action": [source.pk]})
    services.fetch_pictures()
    assert SKU.objects.get().image
    assert AT not in admin_client.get(here, {"became": "failed"}).content.decode()
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_picturesource"))
    client = Client()
    client.force_login(clerk)
    assert "fetch_again" not in client.get(here).content.decode()


def test_a_worker_whose_claim_ran_out_leaves_no_file(shop: Shop, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    ordered()
    kept = []

    def slow(content: bytes) -> str:
        PictureSource.objects.update(due_at=timezone.now())  # another has it by now
        kept.append(default_storage.save("skus/slow.png", ContentFile(content)))
        return kept[0]

    monkeypatch.setattr(services.importing.fetching, "keep_picture", slow)
    services.fetch_pictures()
    assert not default_storage.exists(kept[0])
    assert not SKU.objects.get().image
