import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dailyfresh_users", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user_id",
                    models.CharField(
                        help_text="Primary key of the account that was erased.", max_length=255, verbose_name="account"
                    ),
                ),
                ("erased_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="erased at")),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
            },
        ),
    ]
