from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Turns in place of slots: one that was given back keeps its turn, so that pieces of flash prices need no row of their own for each
    buyer. And what the goods came to that an offer took something off."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dailyfresh_promotions", "0003_announced"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="redemption", name="df_redemption_slot"),
        migrations.RenameField(model_name="redemption", old_name="slot", new_name="turn"),
        migrations.AlterField(model_name="redemption", name="turn", field=models.PositiveIntegerField(null=True)),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.UniqueConstraint(fields=("limit_key", "user", "turn"), name="df_redemption_turn"),
        ),
        migrations.DeleteModel(name="FlashBuyer"),
        migrations.AddField(
            model_name="redemption",
            name="sold",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="goods sold"),
        ),
    ]
