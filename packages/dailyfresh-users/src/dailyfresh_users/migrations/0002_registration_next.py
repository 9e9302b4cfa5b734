from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dailyfresh_users", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="next",
            field=models.CharField(blank=True, editable=False, max_length=1000),
        ),
    ]
