"""The roles of a shop's staff, and the rights that each needs; `manage.py make_roles` makes groups of them."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

EVERYTHING = "*"
READ = ("view_order", "add_ordernote", "view_orderline", "view_adjustment", "view_orderlog")
LOOK = (*READ, "view_payment", "view_refund")

ROLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    gettext_noop("Owner"): {
        "dailyfresh_orders": (EVERYTHING,),
        "dailyfresh_fulfilment": (EVERYTHING,),
        "dailyfresh_goods": (EVERYTHING,),
        "dailyfresh_search": (EVERYTHING,),
        "dailyfresh_promotions": (EVERYTHING,),
        "dailyfresh_delivery": (EVERYTHING,),
        "dailyfresh_users": (EVERYTHING,),
    },
    gettext_noop("Catalogue"): {"dailyfresh_goods": (EVERYTHING,), "dailyfresh_search": (EVERYTHING,)},
    gettext_noop("Picker"): {
        "dailyfresh_fulfilment": (EVERYTHING,),
        "dailyfresh_delivery": ("view_slot", "view_reservation"),
        "dailyfresh_orders": (*READ, "change_order"),
    },
    gettext_noop("Dispatch"): {
        "dailyfresh_delivery": (
            "view_zone",
            "view_pickuppoint",
            "view_pattern",
            "view_slot",
            "change_slot",
            "view_reservation",
            "change_reservation",
            "view_holiday",
            "add_holiday",
            "delete_holiday",
        ),
        "dailyfresh_orders": (*READ, "change_order"),
    },
    gettext_noop("Support"): {
        "dailyfresh_orders": (
            *LOOK,
            "change_refund",
            "view_review",
            "change_review",
            "view_letter",
            "change_letter",
        ),
    },
    gettext_noop("Finance"): {
        "dailyfresh_orders": (
            *LOOK,
            "view_paymentlog",
            "change_payment",
            "add_refund",
            "change_refund",
            "view_reconciliation",
            "view_booking",
            "view_salesday",
        ),
    },
}
"""Role -> app -> rights."""


@transaction.atomic
def make_roles() -> list[str]:
    """Make the groups that are missing, named in the site's language, and give each its rights; what staff added to one stays."""
    names = []
    for role, rights in ROLES.items():
        with translation.override(settings.LANGUAGE_CODE):
            group, _made = Group.objects.get_or_create(name=gettext(role))
        for app, codenames in rights.items():
            found = Permission.objects.filter(content_type__app_label=app)
            group.permissions.add(*(found if EVERYTHING in codenames else found.filter(codename__in=codenames)))
        names.append(group.name)
    return names
