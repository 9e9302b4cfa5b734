from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dailyfresh_promotions", "0002_voided")]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="announced",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
