from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dailyfresh_promotions", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="voided",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
