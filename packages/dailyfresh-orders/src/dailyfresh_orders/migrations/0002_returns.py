from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dailyfresh_orders", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="returns",
            # What there is already is freight.
            field=models.CharField(
                choices=[
                    ("share", "With its line, piece by piece"),
                    ("last", "With the last piece"),
                    ("never", "Never"),
                ],
                default="last",
                max_length=8,
                verbose_name="comes back",
            ),
            preserve_default=False,
        ),
    ]
