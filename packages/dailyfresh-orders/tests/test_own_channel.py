"""A site's own channel in twenty lines, as the documentation asks for one, and its own words in place of a message of ours."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest
from dailyfresh_core.background.outbox import Undeliverable
from dailyfresh_core.channels import Channel
from dailyfresh_core.testing.channels import ChannelContract
from dailyfresh_orders.services import address_messages, send_letters, ship
from django.urls import reverse


class WeChat(Channel):
    """A service that keeps templates of its own: it is given their names and what they are filled with."""

    label = "WeChat"

    def __init__(self, *, server, templates):
        self.server, self.templates = server, templates

    def address_of(self, user):
        return user.last_name

    def send(self, written):
        values = {name: {"value": value} for name, value in written.values.items()}
        kind = self.templates.get(written.kind, "")
        said = {"touser": written.to, "template_id": kind, "url": written.link, "data": values}
        with urlopen(Request(self.server, json.dumps(said).encode()), timeout=10) as answer:
            code = json.load(answer)["errcode"]
        if code == 40003:
            raise Undeliverable("invalid openid")
        if code:
            raise OSError(f"WeChat says {code}")


@pytest.fixture
def wechat():
    """A stand-in for the service."""
    said, answers = [], []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"errcode": answers[-1] if answers else 0}).encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/", said=said, answers=answers)
        server.shutdown()


class TestWeChat(ChannelContract):
    @pytest.fixture
    def channel(self, wechat):
        return WeChat(server=wechat.url, templates={"shipped": "T7"})

    @pytest.fixture
    def reachable(self):
        return SimpleNamespace(last_name="openid-lin")

    @pytest.fixture
    def unreachable(self):
        return SimpleNamespace(last_name="")

    @pytest.fixture
    def arrived(self, wechat):
        return lambda: [(each["touser"], each["data"]["number"]["value"]) for each in wechat.said]

    @pytest.fixture
    def away(self, wechat):
        wechat.answers.append(-1)

    @pytest.fixture
    def refusing(self, wechat):
        wechat.answers.append(40003)


@pytest.mark.django_db
def test_a_site_says_it_in_words_and_by_a_channel_of_its_own(
    settings, tmp_path, wechat, make_order, apple, buyer, admin_client
):
    words = tmp_path / "dailyfresh_orders" / "messages" / "shipped.txt"
    words.parent.mkdir(parents=True)
    words.write_text("{{ number }} left us\nCarrier: {{ carrier }} & Co\n")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [str(tmp_path)]}]
    own = {"BACKEND": f"{__name__}.WeChat", "OPTIONS": {"server": wechat.url, "templates": {"shipped": "T7"}}}
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {
        "CHANNELS": {"wechat": own},
        "PUBLIC_URL": "https://shop.example",
    }
    buyer.last_name = "openid-lin"
    buyer.save()
    order = make_order({apple: 2})
    ship(order.pk, carrier="sf", tracking_number="SF1", by="staff")
    address_messages()
    send_letters()

    assert [each["template_id"] for each in wechat.said] == ["", "T7"]
    told = wechat.said[1]
    assert (told["touser"], told["url"]) == ("openid-lin", f"https://shop.example{order.get_absolute_url()}")
    assert told["data"]["subject"]["value"] == f"{order.number} left us"
    assert told["data"]["tracking_number"]["value"] == "SF1"

    page = admin_client.get(reverse("admin:dailyfresh_orders_preview"), {"event": "shipped", "language": "en"})
    assert f"{order.number} left us" in page.content.decode()
    html = admin_client.get(reverse("admin:dailyfresh_orders_preview_page"), {"event": "shipped", "language": "en"})
    assert "&amp; Co" in html.content.decode()
