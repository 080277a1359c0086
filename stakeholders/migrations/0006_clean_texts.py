"""Brings text that was stored before fields cleaned it into the form in which text is stored since.

What is published stays as it was hashed: editions and their figures and replies, and the questions, promises and names
that replies were published with. The trace of what people did stays as well.
"""

from django.db import IntegrityError, migrations, models, transaction

from commons.text import clean_line, clean_text

ROOMS = ["accounts", "plans", "indicators", "stakeholders"]
FROZEN = {"activityentry", "publication", "figure", "publishedfile", "replypublication", "reply"}
OWN_RULE = {"slug", "username", "password", "code", "sort_code"}  # such characters never passed their patterns
PUBLISHED_WITH = {
    "question": {"replies__isnull": False},
    "commitment": {"promised_in__isnull": False},
    "task": {"commitments__promised_in__isnull": False},
    "indicator": {"commitments__promised_in__isnull": False},
}


def texts_of(model):
    """Name and cleaning of each text of *model*."""
    for field in model._meta.local_fields:
        if field.choices or field.name in OWN_RULE or isinstance(field, models.FileField):
            continue
        if isinstance(field, models.TextField):
            yield field.name, clean_text
        elif isinstance(field, models.CharField):
            yield field.name, clean_line


def clean(model):
    texts = dict(texts_of(model))
    if not texts:
        return
    kept = PUBLISHED_WITH.get(model._meta.model_name)
    rows = model.objects.exclude(pk__in=model.objects.filter(**kept).values("pk")) if kept else model.objects.all()
    for pk, *stored in rows.values_list("pk", *texts):
        new = {
            name: cleaning(text)
            for (name, cleaning), text in zip(texts.items(), stored, strict=True)
            if text and cleaning(text) != text
        }
        if not new:
            continue
        try:
            with transaction.atomic():
                model.objects.filter(pk=pk).update(**new)
        except IntegrityError:
            # Two names that look alike, or a value of nothing visible: people have to decide; every writer stands it.
            print(f"left as it is: {model._meta.label} {pk}: {', '.join(new)}")


def clean_all(apps, schema_editor):
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            if model._meta.model_name not in FROZEN:
                clean(model)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_targets_imported"),
        ("plans", "0003_area_code"),
        ("indicators", "0007_order_without_joins"),
        ("stakeholders", "0005_reply_inputs"),
    ]

    operations = [migrations.RunPython(clean_all, migrations.RunPython.noop, elidable=True)]
