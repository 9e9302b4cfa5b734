"""Files that not everybody may have: tokens, signed URLs, the site's policy, and nginx in front."""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from django_fdfs_storage.devserver import DevServer
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.storage import FastDFSStorage

CONTENT = bytes(range(256)) * 100


@pytest.fixture
def browser() -> Client:
    return Client()


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def options(settings):
    def options(**more) -> None:
        settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, **more}

    return options


def saved() -> str:
    return default_storage.save("bill.pdf", ContentFile(CONTENT))


# -- tokens --


def test_the_view_asks_for_the_token_that_the_web_server_would_ask_for(browser, options):
    options(TOKEN_SECRET="key")
    name = saved()
    url = default_storage.url(name)
    assert body(browser.get(url)) == CONTENT
    assert browser.get(url.partition("?")[0]).status_code == 400
    assert browser.get(url.replace("token=", "token=0")).status_code == 403
    assert browser.get(f"{url}&ts=soon").status_code == 400
    other = saved()
    assert browser.get(url.replace(name, other)).status_code == 403
    assert browser.get(default_storage.url(name, expires_in=-1)).status_code == 403


def test_a_browser_with_the_file_but_without_a_token_does_not_learn_that_it_is_right(browser, options):
    name = saved()
    etag = browser.head(default_storage.url(name))["ETag"]
    options(TOKEN_SECRET="key")
    condition = {"If-None-Match": etag}
    assert browser.get(default_storage.url(name).partition("?")[0], headers=condition).status_code == 400
    response = browser.get(default_storage.url(name), headers=condition)
    assert response.status_code == 304
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
def test_a_name_has_a_token_too(browser, options, settings):
    named = "django_fdfs_storage.named.storage.NamedFastDFSStorage"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": named, "OPTIONS": {"url_by_name": True}}}
    options(TOKEN_SECRET="key")
    url = default_storage.url(saved())
    assert body(browser.get(url)) == CONTENT
    assert browser.get(url.partition("?")[0]).status_code == 400
    assert browser.get(url.replace("bill.pdf", saved())).status_code == 403
    elsewhere = storages.create_storage({"BACKEND": named, "OPTIONS": {"url_by_name": True, "location": "x"}})
    assert browser.get(elsewhere.url("bill.pdf")).status_code == 403


# -- signed URLs --


def test_a_signed_url_ends(browser, options, monkeypatch):
    options(PRIVATE=True)
    url = default_storage.url(saved(), expires_in=3 * 24 * 3600)
    response = browser.get(url)
    assert body(response) == CONTENT
    assert response["Cache-Control"] == "private, no-cache"
    later = time.time() + 3 * 24 * 3600 + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert browser.get(url).status_code == 403


def test_nothing_in_a_signed_url_can_be_changed(browser, options, settings):
    options(PRIVATE=True)
    name, other = saved(), saved()
    url = default_storage.url(name, filename="bill.pdf")
    assert browser.get(url)["Content-Disposition"] == 'attachment; filename="bill.pdf"'
    assert browser.get(url.replace(name, other)).status_code == 403
    assert browser.get(url.replace("expires=", "expires=9")).status_code == 403
    assert browser.get(url.replace("signature=", "signature=0")).status_code == 403
    assert browser.get(url.partition("?")[0]).status_code == 400
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert browser.get(url).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get(url).status_code == 403


def test_ranges_and_conditions_of_a_private_file_are_kept(browser, options):
    options(PRIVATE=True)
    url = default_storage.url(saved())
    part = browser.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, body(part)) == (206, CONTENT[10:20])
    etag = part["ETag"]
    assert browser.get(url, headers={"If-None-Match": etag}).status_code == 304
    assert browser.get(url, headers={"Range": "bytes=0-1", "If-Range": '"old"'}).status_code == 200
    assert browser.get(url, headers={"Range": "bytes=99999-"}).status_code == 416


@pytest.mark.django_db
def test_the_signature_of_one_storage_opens_no_file_of_that_name_in_another(browser, settings, options):
    named = "django_fdfs_storage.named.storage.NamedFastDFSStorage"
    by_name = {"url_by_name": True, "private": True}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": named, "OPTIONS": {**by_name, "location": "bills"}},
    }
    assert saved() == "bill.pdf"
    mine = storages.create_storage({"BACKEND": named, "OPTIONS": {**by_name, "location": "uploads"}})
    mine.save("bill.pdf", ContentFile(b"mine"))
    assert browser.get(default_storage.url("bill.pdf")).status_code == 200
    assert browser.get(mine.url("bill.pdf")).status_code == 403


# -- the site's policy --


def test_the_policy_of_the_site_decides_about_each_file(browser, options):
    name = saved()
    options(PRIVATE=True, POLICY="minisite.policies.members_only")
    bare = default_storage.url(name).partition("?")[0]
    assert browser.get(bare, headers={"X-Member": "1"}).status_code == 200
    assert browser.get(bare).status_code == 400
    assert browser.get(default_storage.url(name)).status_code == 200
    assert browser.get("/site/media/secret.txt", headers={"X-Member": "1"}).status_code == 403


def test_a_policy_that_awaits_is_waited_for(browser, options):
    name = saved()
    options(POLICY="minisite.policies.nobody_yet")
    assert browser.get(default_storage.url(name)).status_code == 403
    assert browser.get(default_storage.url(name) + "?free").status_code == 200


def test_a_policy_that_fails_lets_nobody_have_the_file_and_is_logged(browser, options, caplog):
    options(POLICY="minisite.policies.broken")
    url = default_storage.url(saved())
    response = browser.get(url)
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    assert "ZeroDivisionError" in caplog.text
    assert browser.get(url + "?denied").status_code == 403
    assert browser.get(url + "?hidden").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["./bills/a.txt", "x/./../bills/a.txt", "/bills/a.txt", "bills//a.txt", ".\\bills\\a.txt"]
)
def test_a_name_is_known_to_the_policy_by_one_spelling(browser, settings, options, name):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage",
            "OPTIONS": {"url_by_name": True},
        },
    }
    default_storage.save("bills/a.txt", ContentFile(CONTENT))
    options(POLICY="minisite.policies.all_but_bills")
    assert browser.get("/site/media/bills/a.txt").status_code == 403
    assert browser.get("/site/media/" + name).status_code == 404
    assert default_storage.url("bills//a.txt") == "/site/media/bills/a.txt"


# -- names --


@pytest.mark.django_db
def test_a_file_is_served_under_its_own_name(browser, settings, options):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage",
            "OPTIONS": {"url_by_name": True, "allow_overwrite": True},
        },
    }
    url = default_storage.url(default_storage.save("账单/a.pdf", ContentFile(CONTENT)))
    response = browser.get(url)
    assert (body(response), response["Content-Type"]) == (CONTENT, "application/pdf")
    assert response["Cache-Control"] == "no-cache"
    assert browser.get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304
    default_storage.save("账单/a.pdf", ContentFile(b"new"))
    assert body(browser.get(url, headers={"If-None-Match": response["ETag"]})) == b"new"
    hashed = default_storage.save("css/a.0123456789ab.css", ContentFile(b"p {}"))
    assert "immutable" in browser.get(default_storage.url(hashed))["Cache-Control"]
    claimed = ContentFile(CONTENT)
    for claim, kind in (("text/csv", "text/csv"), ("text/html\r\nX-Evil: 1", "application/octet-stream")):
        claimed.content_type = claim
        assert browser.get(default_storage.url(default_storage.save("extensionless", claimed)))["Content-Type"] == kind
    StoredFile.objects.update(content_type="text/html\r\nX-Evil: 1")
    assert browser.get("/site/media/extensionless")["Content-Type"] == "application/octet-stream"
    assert default_storage.file_id("账单/a.pdf").rpartition("/")[2] not in browser.get(url)["ETag"]
    assert browser.get("/site/media/nothing.txt").status_code == 404
    assert browser.get("/site/media/a/..%5C..%5Cb.txt").status_code == 404
    options(PRIVATE=True)
    assert browser.get(url).status_code == 400
    assert browser.get(default_storage.url("账单/a.pdf")).status_code == 200


# -- nginx --


@pytest.fixture
def nginx(tmp_path, live_server, settings):
    """nginx in front of the site; files come from the HTTP of a development server that wants tokens."""
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx")
    (tmp_path / "logs").mkdir()
    with (
        DevServer(tmp_path / "own", tracker_port=0, storage_port=0, http_port=0, secret="key") as server,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        port = free.getsockname()[1]
        free.close()
        (tmp_path / "nginx.conf").write_text(f"""
            daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}
            http {{
                access_log off; client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy;
                fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
                server {{
                    listen 127.0.0.1:{port};
                    location / {{ proxy_pass {live_server.url}; }}
                    location /protected/ {{ internal; proxy_pass {server.url}; }}
                }}
            }}""")
        settings.FDFS_STORAGE = {
            "TRACKERS": [server.tracker],
            "PRIVATE": True,
            "TOKEN_SECRET": "key",
            "ACCEL_REDIRECT": "/protected/",
        }
        with subprocess.Popen(["nginx", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]) as process:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
            process.terminate()


@pytest.mark.django_db(transaction=True)
def test_nginx_sends_a_private_file_with_its_ranges(nginx):
    def get(url: str, **headers):
        request = urllib.request.Request(nginx + url, headers=headers)
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            return error

    url = default_storage.url(saved(), filename="bill.pdf")
    with get(url) as answer:
        assert (answer.status, answer.read()) == (200, CONTENT)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="bill.pdf"'
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "X-Accel-Redirect" not in answer.headers
    with get(url, Range="bytes=5-9") as answer:
        assert (answer.status, answer.read()) == (206, CONTENT[5:10])
    with get(url.replace("signature=", "signature=0")) as answer:
        assert answer.status == 403
    with get(url.replace("/site/media/", "/protected/")) as answer:
        assert answer.status == 404


def test_a_storage_of_its_own_may_be_private(settings, tracker):
    settings.STORAGES = {
        **settings.STORAGES,
        "bills": {"BACKEND": "django_fdfs_storage.storage.FastDFSStorage", "OPTIONS": {"private": True}},
    }
    name = storages["bills"].save("a.pdf", ContentFile(b"x"))
    assert "signature=" in storages["bills"].url(name)
    assert "?" not in FastDFSStorage().url(name)
