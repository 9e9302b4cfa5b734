"""The view that serves files from the site's own origin, which no test here gives a database."""

import asyncio
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncClient, Client

CONTENT = bytes(range(256)) * 8000


@pytest.fixture
def url() -> str:
    return default_storage.url(default_storage.save("photo.jpg", ContentFile(CONTENT)))


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def browser() -> Client:
    return Client()


def test_anybody_gets_the_file_with_its_type_and_a_long_life(browser, url):
    response = browser.get(url)
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Length"] == str(len(CONTENT))
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Last-Modified"]
    assert not response.cookies


def test_a_browser_that_has_the_file_gets_304(browser, url):
    etag = browser.head(url)["ETag"]
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        response = browser.get(url, headers={"If-None-Match": condition})
        assert response.status_code == 304, condition
        assert response["ETag"] == etag
        assert "Content-Type" not in response
    assert browser.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_head_request_has_no_body(browser, url):
    response = browser.head(url)
    assert (response.status_code, response["Content-Length"], body(response)) == (200, str(len(CONTENT)), b"")


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        ("bytes=0-9", "bytes 0-9/2048000", CONTENT[:10]),
        ("bytes=1048570-1048590", "bytes 1048570-1048590/2048000", CONTENT[1048570:1048591]),
        ("bytes=2047999-", "bytes 2047999-2047999/2048000", CONTENT[-1:]),
        ("bytes=2047990-9999999", "bytes 2047990-2047999/2048000", CONTENT[-10:]),
        ("bytes=-5", "bytes 2047995-2047999/2048000", CONTENT[-5:]),
        ("bytes=-9999999", "bytes 0-2047999/2048000", CONTENT),
        ("bytes=0-", "bytes 0-2047999/2048000", CONTENT),
    ],
)
def test_a_range_is_sent_alone(browser, url, asked, given, expected):
    response = browser.get(url, headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == given
    assert body(response) == expected


@pytest.mark.parametrize("asked", ["bytes=2048000-", "bytes=5-4", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(browser, url, asked):
    response = browser.get(url, headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */2048000"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=0-٣", "bytes=0-" + "9" * 4400]
)
def test_a_range_that_is_not_understood_is_ignored(browser, url, asked):
    assert browser.get(url, headers={"Range": asked}).status_code == 200


def test_a_range_of_another_version_gets_the_whole_file(browser, url):
    assert browser.get(url, headers={"Range": "bytes=0-1", "If-Range": '"old"'}).status_code == 200
    etag = browser.head(url)["ETag"]
    assert browser.get(url, headers={"Range": "bytes=0-1", "If-Range": etag}).status_code == 206


def test_an_empty_file_is_served(browser):
    url = default_storage.url(default_storage.save("a.txt", ContentFile(b"")))
    response = browser.get(url)
    assert (response.status_code, body(response), response["Content-Length"]) == (200, b"", "0")
    assert browser.get(url, headers={"Range": "bytes=0-"}).status_code == 416


def test_a_missing_file_and_a_strange_name_are_404(browser, url):
    assert browser.get(url, headers={"If-None-Match": "*"}).status_code == 304
    default_storage.delete(url.removeprefix("/site/media/"))
    assert browser.get(url).status_code == 404
    assert browser.get(url, headers={"If-None-Match": "*"}).status_code == 404
    assert browser.get("/site/media/avatars/me.jpg").status_code == 404
    assert browser.get("/site/media/group1/M00/00/../../../../etc/passwd").status_code == 404


def test_a_post_is_not_allowed(browser, url):
    assert browser.post(url).status_code == 405


def test_an_uploaded_page_cannot_act_for_the_site(browser):
    url = default_storage.url(default_storage.save("evil.html", ContentFile(b"<script>alert(1)</script>")))
    response = browser.get(url)
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    body(response)


def test_a_download_gets_its_name(browser, url):
    response = browser.get(url, {"filename": "小猫.jpg"})
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%B0%8F%E7%8C%AB.jpg"


def test_a_new_line_in_the_name_of_a_download_is_left_out(browser, url):
    response = browser.get(url, {"filename": "cat\r\nX: y.jpg\n"})
    assert response["Content-Disposition"] == 'attachment; filename="catX: y.jpg"'


@pytest.mark.parametrize("group", ["g\nX: y", "é" * 16, "..?a", "status?", "g#x%"])
@pytest.mark.parametrize("accel", [None, "/protected/"])
def test_a_group_that_no_cluster_has_is_404(browser, url, settings, group, accel):
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "ACCEL_REDIRECT": accel}
    path = url.removeprefix("/site/media/group1/")
    assert browser.get(f"/site/media/{quote(group)}/{path}").status_code == 404


def test_an_appender_file_is_asked_for_again(browser, client):
    name = client.upload(b"one", extension="log", appender=True)
    first = browser.get(default_storage.url(name))
    assert body(first) == b"one"
    assert first["Cache-Control"] == "no-cache"
    assert browser.get(default_storage.url(name), headers={"If-None-Match": first["ETag"]}).status_code == 304
    client.append(name, b"two")
    again = browser.get(default_storage.url(name), headers={"If-None-Match": first["ETag"]})
    assert body(again) == b"onetwo"


def test_a_cluster_that_is_down_is_503(browser, url, settings):
    settings.FDFS_STORAGE = {"TRACKERS": ["127.0.0.1:1"]}
    response = browser.get(url)
    assert response.status_code == 503
    assert "no-store" in response["Cache-Control"]


def test_an_asynchronous_server_streams_it_too(url):
    async def get() -> bytes:
        response = await AsyncClient().get(url)
        return b"".join([block async for block in response.streaming_content])

    assert asyncio.run(get()) == CONTENT
