"""Reports that waited or were being made when the queue of the library came: no queue has them, and asking does it.

What is made keeps its file and its address, what failed its reason. The migration cannot fill a queue, which may be
outside the database; a job without a sign of life is queued when somebody presses 다시 확인.
"""

from django.db import migrations


def let_them_wait(apps, schema_editor):
    unfinished = apps.get_model("indicators", "Job").objects.filter(state__in=["waiting", "running"])
    unfinished.update(state="waiting", step=0, doing="", alive_at=None)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0007_order_without_joins")]

    operations = [migrations.RunPython(let_them_wait, migrations.RunPython.noop)]
