from django.db import migrations, models


def _titled(row) -> str:
    """A task or indicator as its edition was hashed with it."""
    return f"{row.code} {row.title}" if row else ""


def _inputs(reply, promises) -> dict:
    departments = [reply.department, *reply.together_with.all()]
    return {
        "question": {"number": reply.question.number, "summary": reply.question.summary},
        "departments": [{"slug": department.slug, "name": department.name} for department in departments],
        "commitments": [
            {
                "department": promise.department.slug,
                "text": promise.text,
                "due_on": promise.due_on.isoformat(),
                "task": _titled(promise.task),
                "indicator": _titled(promise.indicator),
            }
            for promise in promises
        ],
    }


def freeze(apps, schema_editor):
    """Give each published reply what its edition was hashed with: so far that was read from the plan whenever it was
    shown. Promises stand with the first reply to their question."""
    Commitment = apps.get_model("stakeholders", "Commitment")
    Reply = apps.get_model("stakeholders", "Reply")
    promised = Commitment.objects.select_related("department", "task", "indicator", "promised_in")
    replies = Reply.objects.select_related("question", "department", "publication").prefetch_related("together_with")
    told = set()
    for reply in replies.order_by("publication", "pk"):
        promises = []
        if (place := (reply.publication_id, reply.question_id)) not in told:
            until = {"promised_in__isnull": False, "promised_in__edition__lte": reply.publication.edition}
            promises = promised.filter(question=reply.question_id, **until).order_by("due_on", "pk")
        told.add(place)
        reply.inputs = _inputs(reply, promises)
        reply.save(update_fields=["inputs"])


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0007_order_without_joins"),
        ("plans", "0001_initial"),
        ("stakeholders", "0004_following"),
    ]

    operations = [
        migrations.AddField(
            "reply",
            "inputs",
            models.JSONField(default=dict, verbose_name="공개할 때의 질의·부서·약속"),
            preserve_default=False,
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop),
    ]
