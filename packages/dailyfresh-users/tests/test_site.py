"""A guest in a foreign site: what its pages cost, and what it brings along."""

import ast
import gettext
import re
from importlib.resources import files
from pathlib import Path

import dailyfresh_users
import pytest
from conftest import ADDRESS, HAIDIAN, PASSWORD, make_user, text, url
from dailyfresh_users.services import add_address
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.template.loader import get_template
from django.test import Client

PACKAGE = Path(dailyfresh_users.__file__).parent
TEMPLATES = PACKAGE / "templates"
ATOMIC = 2  # the savepoint that ATOMIC_REQUESTS opens and closes


def fill(user, count):
    for number in range(count):
        values = {"receiver": "林", "phone": "13800136021", **HAIDIAN, "street": str(number), "postcode": ""}
        add_address(user=user, values=values)


@pytest.mark.django_db
class TestStatements:
    """Constant numbers, whatever an account keeps."""

    @pytest.fixture
    def seen(self, signed_in):
        signed_in.get(url("addresses"))  # the session is noted by now, and holds the token for forms
        return signed_in

    @pytest.mark.parametrize("kept", [1, 20])
    @pytest.mark.parametrize(
        ("page", "statements"),
        [
            ("profile", 3),  # session, account, default address
            ("addresses", 3),  # session, account, addresses
            ("security", 3),  # session, account, sessions
            ("export", 6),  # session, account, registration, addresses, sessions, mails
            ("visitor", 2),  # session, account
        ],
    )
    def test_a_page_costs_the_same_with_1_and_20_addresses(
        self, seen, user, django_assert_num_queries, page, statements, kept
    ):
        fill(user, kept)
        for _ in range(3):
            Client().force_login(user)
        with django_assert_num_queries(statements + ATOMIC):
            assert seen.get(url(page)).status_code == 200

    # "Resend" looks whether mails are delayed.
    @pytest.mark.parametrize(
        ("page", "statements"), [("login", 0), ("register", 0), ("password_reset", 0), ("areas", 0), ("resend", 1)]
    )
    def test_a_page_for_visitors_costs_next_to_nothing(
        self, client, django_assert_num_queries, page, statements, settings
    ):
        settings.CSRF_USE_SESSIONS = False
        with django_assert_num_queries(statements + ATOMIC):
            assert client.get(url(page)).status_code == 200

    def test_signing_in_costs_the_same_by_name_and_one_more_by_e_mail(self, user, django_assert_max_num_queries):
        counts = []
        for identifier in ("linxiaohe", "lin@example.com"):
            client = Client()
            with django_assert_max_num_queries(24) as captured:
                assert client.post(url("login"), {"username": identifier, "password": PASSWORD}).status_code == 302
            counts.append(len(captured))
        assert counts[1] - counts[0] == 1

    def test_signing_in_costs_a_bounded_number_of_statements(self, user, django_assert_num_queries):
        # savepoint 2 · account by name, and by the backend · new session 4 · last login · note of it 5 · session saved 4
        with django_assert_num_queries(SIGN_IN):
            Client().post(url("login"), {"username": "linxiaohe", "password": PASSWORD})

    @pytest.mark.parametrize("kept", [1, 18])
    def test_adding_an_address_costs_the_same_whatever_is_kept(self, seen, user, django_assert_num_queries, kept):
        fill(user, kept)
        # session, account · savepoint 2 · account locked, counted, written · message in the session 0
        with django_assert_num_queries(7 + ATOMIC):
            seen.post(url("address_add"), ADDRESS, headers={"X-Requested-With": "XMLHttpRequest"})


SIGN_IN = 18


@pytest.mark.django_db
class TestPages:
    ALL = ["login", "register", "resend", "password_reset", "password_reset_done", "logout"]
    MINE = ["profile", "addresses", "address_add", "security", "password_change", "password_change_done", "erase"]

    @pytest.mark.parametrize("name", ALL + MINE)
    def test_a_page_keeps_a_strict_content_security_policy(self, signed_in, user, name):
        page = signed_in.get(url(name)).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
        for script in re.findall(r"<script[^>]*>(.*?)</script>", page, re.S):
            assert script.strip() == ""

    @pytest.mark.parametrize("name", ALL + MINE)
    def test_a_page_is_all_chinese_for_a_chinese_reader(self, client, user, name):
        if name != "register":
            client.force_login(user)
        page = client.get(url(name), headers={"accept-language": "zh-hans"})
        body = re.sub(r"<head>.*?</head>", "", page.content.decode(), flags=re.S)
        shown = re.sub(r"<[^>]+>", " ", body)
        assert not re.findall(r"[A-Z][a-z]+ [a-z]+", shown), shown
        assert 'lang="zh-hans"' in page.content.decode()

    @pytest.mark.parametrize("name", ALL + MINE)
    def test_a_page_has_one_heading_and_a_name_for_every_control(self, client, user, name):
        if name != "register":
            client.force_login(user)
        page = client.get(url(name)).content.decode()
        assert page.count("<h1") == 1
        assert "<title></title>" not in page
        for control in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
            if 'type="hidden"' in control or " hidden" in control:
                continue
            identity = re.search(r'id="([^"]+)"', control)[1]
            assert f'for="{identity}"' in page or re.search(rf'<label[^>]*><[^>]*id="{identity}"', page), control

    @pytest.mark.parametrize("name", ALL + MINE)
    def test_every_post_form_carries_a_token(self, signed_in, user, name):
        page = signed_in.get(url(name)).content.decode()
        assert len(re.findall(r'method="post"', page)) == page.count("csrfmiddlewaretoken")

    def test_a_page_offers_jquery_unless_the_site_has_its_own(self, client, settings):
        assert "jquery-4.0.0" in client.get(url("login")).content.decode()
        settings.DAILYFRESH_USERS = {"JQUERY_URL": None}
        page = client.get(url("login")).content.decode()
        assert "jquery" not in page
        assert "users.js" in page

    def test_the_site_fills_the_blocks_of_the_user_centre(self, signed_in, settings, tmp_path):
        folder = tmp_path / "dailyfresh_users"
        folder.mkdir()
        (folder / "profile.html").write_text(
            '{% extends "dailyfresh_users/profile.html" %}'
            "{% block order_counters %}3 orders{% endblock %}{% block recently_viewed %}5 goods{% endblock %}"
        )
        (folder / "_menu_extra.html").write_text('<li><a href="/orders/">My orders ({{ current }})</a></li>')
        [engine] = settings.TEMPLATES
        settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]
        page = text(signed_in.get(url("profile")))
        assert "3 orders" in page
        assert "5 goods" in page
        assert "My orders (profile)" in page


def sources():
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


def test_every_template_compiles():
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*")]
    assert len(names) > 30
    for name in names:
        get_template(name)


def test_the_chinese_catalogue_is_complete_and_compiled():
    folder = PACKAGE / "locale/zh_Hans/LC_MESSAGES"
    source = (folder / "django.po").read_text()
    assert "fuzzy" not in source
    assert not re.search(r'msgstr(\[0\])? ""\n\n', source + "\n")
    with (folder / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)._catalog
    found = re.findall(r'^(?:msgctxt "(.+)"\n)?msgid "(.+)"$', source, re.M)
    ids = {ast.literal_eval(f'"{context}\\x04{text}"' if context else f'"{text}"') for context, text in found}
    assert ids
    assert [each for each in ids if not (catalogue.get(each) or catalogue.get((each, 0)))] == []


def test_every_sentence_of_the_source_is_in_the_catalogue(tmp_path):
    known = (PACKAGE / "locale/zh_Hans/LC_MESSAGES/django.po").read_text()
    for path in TEMPLATES.rglob("*.*"):
        for sentence in re.findall(r'{% (?:trans|translate) "([^"]+)"', path.read_text()):
            assert f'"{sentence}"' in known.replace('"\n"', ""), f"{path.name}: {sentence}"


def test_no_default_names_a_package_of_the_suite_other_than_this():
    defaults = (PACKAGE / "conf.py").read_text()
    assert not re.search(r"dailyfresh_(goods|cart|orders)|django_fdfs", defaults)


def test_no_source_file_outgrows_a_screenful_of_screens():
    assert [path.name for path in sources() if len(path.read_text().splitlines()) > 250] == []


@pytest.mark.django_db
def test_no_migration_is_missing_whatever_the_sites_auto_field():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert apps.get_app_config("dailyfresh_users").default_auto_field == "django.db.models.BigAutoField"


def test_the_area_data_comes_with_its_licence():
    data = files("dailyfresh_users") / "data"
    assert (data / "pca-code.json").is_file()
    assert "LICENSE" in (data / "LICENSE.china-division").read_text()


def test_the_package_is_typed():
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.django_db
def test_a_user_of_the_site_before_this_package_can_use_every_page(client):
    from conftest import make_foreign_user

    client.force_login(make_foreign_user("oldtimer", "old@example.com"))
    for name in TestPages.MINE + ["export"]:
        assert client.get(url(name)).status_code == 200, name
    assert client.post(url("address_add"), ADDRESS).status_code == 302
    assert client.post(url("erase"), {"password": PASSWORD}).status_code == 200
    cache.clear()
    assert make_user()


def test_the_readme_names_every_setting_check_and_signal():
    from dailyfresh_users import signals
    from dailyfresh_users.conf import Settings

    readme = PACKAGE.parents[1] / "README.md"
    if not readme.exists():
        pytest.skip("the readme is not installed")
    page = readme.read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \|", page, re.M)
    assert rows == [name for name in vars(Settings) if name in Settings.KEYS]
    assert all(f"`{name}`" in page for name in vars(signals) if name[0].islower() and name != "mail_requested")
    numbers = set(re.findall(r'"dailyfresh_users\.([EW]0\d\d)"', (PACKAGE / "checks.py").read_text()))
    assert {number for number in numbers if number < "W010" and number not in page} == set()
