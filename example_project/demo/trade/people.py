"""The buyers of the demo, who have all the password that is printed at its start."""

from datetime import timedelta
from typing import Any

from dailyfresh_users.models import Registration
from dailyfresh_users.services import add_address
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from ..accounts import PASSWORD
from ..english import table


@transaction.atomic
def load_people() -> list[Any]:
    """The buyers of `data/people.csv`, each with an address; made where they are missing."""
    rows, User = table("people"), get_user_model()
    there = {user.username: user for user in User.objects.filter(username__in=[row["username"] for row in rows])}
    new, kept = [row for row in rows if row["username"] not in there], make_password(PASSWORD)
    for number, row in enumerate(new):
        mail = f"{row['username']}@dailyfresh.example"
        names = {"first_name": row["first_name"], "last_name": row["last_name"]}
        joined = timezone.now() - timedelta(days=3 * number, hours=number)
        user = User.objects.create(username=row["username"], email=mail, password=kept, date_joined=joined, **names)
        Registration.objects.create(user=user, email_key=mail, activated_at=joined)
        add_address(
            user=user,
            values={
                "receiver": row["last_name"] + row["first_name"],
                "phone": f"139{10000000 + 7919 * (number + 1):08d}",
                "district_code": row["district"],
                "street": row["street"],
                "postcode": f"{row['district'][:4]}00",
            },
        )
        there[user.username] = user
    return list(there.values())
