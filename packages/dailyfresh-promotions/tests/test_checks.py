"""What `manage.py check` says of this package."""

import pytest
from dailyfresh_promotions.checks import check_rules
from django.core.checks import run_checks

pytestmark = pytest.mark.django_db  # Django asks the database whether it knows JSON


@pytest.mark.parametrize(
    ("given", "id"),
    [
        ({"PAGE_SIZE": 0}, "E001"),
        ({"MEMBERS": "nowhere.at_all"}, "E002"),
        ({"GOODS_URL": "nowhere.at_all"}, "E002"),
        ({"CATALOGUE": "nowhere.At"}, "E002"),
        ({"SHOP_URL": "nowhere"}, "E004"),
        ({"GATE": "no address"}, "E002"),
        ({"GATE": "default"}, "E002"),  # not in Redis
        ({"GATE_AWAY": "perhaps"}, "E001"),
        ({"PAGESIZE": 3}, "W001"),
        ({"TASKS": None}, "W002"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings, given, id):
    settings.DAILYFRESH_PROMOTIONS = settings.DAILYFRESH_PROMOTIONS | given
    assert f"dailyfresh_promotions.{id}" in {message.id for message in run_checks()}


def test_the_mini_site_has_nothing_to_be_said_of():
    assert run_checks() == []


def test_numbers_that_cannot_be_are_named_by_the_check_of_the_database(rule, batch):
    wrong = rule(params={"tiers": []})
    rule(params={"tiers": []}, active=False)
    batch()
    (message,) = check_rules(databases=["default"])
    assert f"Rule {wrong.pk}" in message.msg
    assert message.id == "dailyfresh_promotions.E003"
