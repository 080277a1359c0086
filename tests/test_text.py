"""Pasted text: one cleaning, at every door, in every text of every model; what stood there before; what is frozen."""

import ast
import unicodedata
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import ActivityEntry, Team
from commons.fields import DataField, LineField, MailField, ProseField, SortCodeField
from commons.text import clean_data, clean_line, clean_text, search_words, writable
from indicators import services
from indicators.exchange.services.bulk import insert_milestones, update_milestones
from indicators.figures.services.publications import digest_of
from indicators.models import Figure, Indicator, Milestone, Result
from plans.models import Task
from stakeholders.models import Question, StakeholderGroup

from .planting import plant

ROOMS = ["accounts", "plans", "indicators", "stakeholders"]
MIGRATION = ("stakeholders", "0006_clean_texts")
SCOTLAND = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
UNSEEN_MARKS = {"\u034f", "\u3164", "\uffa0"}  # they count as letters and marks, and print as nothing


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("성과\x0b둘째 줄\x0c셋째\r\n넷째\r다섯째", "성과\n둘째 줄\n셋째\n넷째\n다섯째"),
        ("여섯째\x85일곱째\u2028여덟째\u2029끝", "여섯째\n일곱째\n여덟째\n끝"),
        ("\x00가\x07나\x1b[31m다\x7f라\x9f", "가나[31m다라"),
        ("표\t칸", "표\t칸"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("1\xa0234\u3000명\u2009끝\u3164", "1 234 명 끝 "),
        ("서\u200b대\u2060문\ufeff구\u00ad", "서대문구"),
        ("값\u202e거꾸로\u202c \u200e끝\u2066\u2069", "값거꾸로 끝"),
        ("가\ufffe나\uffff\U0001fffe\ufdd0\ud800다", "가나다"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈", "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 🏳\ufe0f\u200d🌈"),
        (f"{SCOTLAND}\U000e0067", SCOTLAND),
        ("가\u200d나 a\u200cb\u200d", "가나 ab"),
        ("क\u094d\u200dष می\u200cخواهم", "क\u094d\u200dष می\u200cخواهم"),
        ("㎍/㎥ ⑳ 葛\U000e0100 \u1112\u119e\u11ab글 \ue000", "㎍/㎥ ⑳ 葛\U000e0100 \u1112\u119e\u11ab글 \ue000"),
    ],
)
def test_what_is_pasted_is_stored_as_it_is_read(pasted, stored):
    assert clean_text(pasted) == stored
    assert clean_line(pasted) == stored.replace("\n", " ").replace("\t", " ")


def seen(text: str) -> list[str]:
    """What a reader sees of *text*, one visible sign after the other."""
    composed = unicodedata.normalize("NFC", text)
    return sorted(c for c in composed if unicodedata.category(c)[0] not in "CZ" and c not in UNSEEN_MARKS)


@given(st.text(st.characters()))
@example("\u0301\u094d\u200d")
@example("\u1112\u200b\u1161\u202e\u11ab")
@example("\u200d🔥\u200d\u200d🔥")
def test_cleaning_is_done_once_and_loses_nothing_visible(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned == unicodedata.normalize("NFC", cleaned)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in "\n\t" for c in cleaned)
    assert all(c == " " or unicodedata.category(c) != "Zs" for c in cleaned)
    if unicodedata.normalize("NFC", text) == text:
        hidden = "".join(c for c in text if unicodedata.category(c)[0] == "C" or c in UNSEEN_MARKS)
        visible = unicodedata.normalize("NFC", "".join(c for c in text if c not in hidden))
        assert seen(unicodedata.normalize("NFC", "".join(c for c in cleaned if c not in hidden))) == seen(visible)
    assert clean_data({text: [text, 1, None]}) == {cleaned: [cleaned, 1, None]}


@given(st.text(st.characters()))
def test_whatever_is_stored_can_be_written(text):
    written = writable(text)
    written.encode()
    assert writable(written) == written
    assert seen(written) == seen("".join(c for c in text if unicodedata.category(c) != "Cs"))


def test_a_word_is_found_however_it_is_typed():
    assert search_words("\u1112\u1161\u11ab\u1100\u1173\u11af\u200b  서\u00ad대\u3000문") == ["한글", "서대", "문"]
    assert search_words("가\x00나\x0b다") == ["가나", "다"]


# --- every text of every model


def texts():
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models(include_auto_created=True):
            for field in model._meta.local_fields:
                if isinstance(field, (models.CharField, models.TextField, models.JSONField)):
                    yield field


OWN_RULE = {
    "accounts.User.password": "a hash",
    "accounts.User.username": "ASCII alone; cleaned look-ups would let spellings pass the count of failures",
    "indicators.Result.doubts": "codes of doubts",
    "indicators.Figure.inputs": "names and figures of cleaned fields",
    "stakeholders.Reply.inputs": "what was published, as its hash holds it; made of cleaned fields",
}


def test_every_text_of_every_model_is_cleaned():
    """Closed lists, names in addresses and orders of codes have their own patterns; all else is cleaned."""
    bare = {
        str(field)
        for field in texts()
        if not isinstance(field, (LineField, ProseField, MailField, DataField, SortCodeField, models.SlugField))
        and not field.choices
    }
    assert bare == set(OWN_RULE)


@pytest.mark.parametrize("field", [f for f in texts() if isinstance(f, (LineField, ProseField, MailField))], ids=str)
def test_a_field_cleans_what_is_written_compared_and_typed(field):
    one_line = not isinstance(field, ProseField)
    pasted, stored = "가\u200b\x0b나\u1112\u1161\u11ab", "가 나한" if one_line else "가\n나한"
    assert field.get_db_prep_save(pasted, connection=None) == stored
    assert field.to_python(pasted) == stored
    row = field.model(**{field.attname: pasted})
    assert (field.pre_save(row, add=True), getattr(row, field.attname)) == (stored, stored)
    if field.editable:
        typed = field.formfield(required=False)
        assert typed.to_python(f" {pasted} ") == typed.bound_data(pasted, "") == stored


def test_forms_take_text_by_the_shared_fields():
    """A bare CharField would show one text and store another; only passwords are taken as they are typed."""
    bare = []
    for room in [*ROOMS, "sdgplan"]:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if path.name == "form_fields.py":
                continue
            source = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)):
                name = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
                if name in {"forms.CharField", "forms.EmailField"}:
                    call = "\n".join(source.splitlines()[node.lineno - 1 : node.lineno + 4])
                    bare += [] if "PasswordInput" in call else [f"{path.name}:{node.lineno}"]
    assert not bare


# --- doors


@pytest.mark.django_db
def test_a_form_stores_and_shows_what_is_read(as_user, owner, draft, url_of):
    address = url_of("indicators:result", 2022, 1, "1-1-2-1")
    typed = {"version": draft.version, "value": "300", "missing_reason": "", "action": "save"}
    pasted = {"explanation": "성과\x0b둘째\u200b 줄\r\n\u1112\u1161\u11ab", "basis": "\u202e근거\xa0하나"}
    client = as_user(owner)
    wrong = client.post(address, typed | pasted | {"value": "많음"})
    assert "성과\n둘째 줄\n한" in wrong.text
    assert client.post(address, typed | pasted).status_code == 302
    draft.refresh_from_db()
    assert (draft.explanation, draft.basis) == ("성과\n둘째 줄\n한", "근거 하나")
    changes = ActivityEntry.objects.about(draft).order_by("-pk").first().changes
    assert "성과\n둘째 줄\n한" in str(changes).replace("\\n", "\n")


@pytest.mark.django_db
def test_doors_that_send_no_form_clean_too(plan, indicator, welfare):
    pasted, stored = "제\u200b목\x0b하\u1102\u1161", "제목 하나"
    group = plan.groups.first()
    StakeholderGroup.objects.filter(pk=group.pk).update(name=pasted)
    assert StakeholderGroup.objects.get(pk=group.pk).name == stored
    assert StakeholderGroup.objects.get(name=pasted).pk == group.pk
    (team,) = Team.objects.bulk_create([Team(department=welfare, name=pasted)])
    assert (team.name, Team.objects.get(pk=team.pk).name) == (stored, stored)
    indicator.title = pasted
    Indicator.objects.bulk_update([indicator], ["title"])
    assert Indicator.objects.get(pk=indicator.pk).title == stored
    dumped = serializers.serialize("json", [team]).replace(stored, "제\\u200b목 하\\u1102\\u1161")
    for loaded in serializers.deserialize("json", dumped):
        loaded.save()
    assert Team.objects.get(pk=team.pk).name == stored
    milestone = indicator.milestones.first()
    update_milestones([(milestone.pk, None, pasted, "")])
    assert Milestone.objects.get(pk=milestone.pk).text == stored
    milestone.delete()
    insert_milestones([(indicator.pk, milestone.year, None, pasted, "")])
    assert indicator.milestones.get(year=milestone.year).text == stored


@pytest.mark.django_db
def test_pasted_titles_are_found_by_search(client, plan, url_of):
    task = Task.objects.of_plan(plan).first()
    task.title = unicodedata.normalize("NFD", "\u200b어르신 돌봄\u3000나들이")
    task.save()
    for typed in ("어르신 돌봄 나들이", unicodedata.normalize("NFD", "돌봄\u00a0나들이"), "어르\u200b신"):
        assert "어르신 돌봄 나들이" in client.get(url_of("plans:tasks"), {"q": typed}).text


# --- what was stored before


@pytest.fixture
def mend(db):
    """The migration, with models as it has them: of Django's own fields, which clean nothing."""
    state = MigrationLoader(connection).project_state([MIGRATION])
    return lambda: import_module(".migrations.".join(MIGRATION)).clean_all(state.apps, None)


@pytest.mark.django_db
def test_stored_text_is_mended_but_for_what_is_published(mend, published, indicator, welfare, capsys):
    figure = Figure.objects.get(publication=published, indicator=indicator)
    result = Result.objects.get(indicator=indicator)
    twin = Team.objects.create(department=welfare, name="새 팀")
    other = Team.objects.create(department=welfare, name="다른 팀")
    plant(result, explanation="성과\x0b둘\u200b째")
    plant(figure, explanation="성과\x0b둘\u200b째")
    plant(other, name="새\u200b 팀")
    plant(welfare, name="\u1102\u1161눔과\x07", note="비\x0c고")
    mend()
    for row in (result, figure, twin, other, welfare):
        row.refresh_from_db()
    assert result.explanation == "성과\n둘째"
    assert figure.explanation == "성과\x0b둘\u200b째"
    assert (welfare.name, welfare.note) == ("나눔과", "비\n고")
    assert (twin.name, other.name) == ("새 팀", "새\u200b 팀")
    assert f"accounts.Team {other.pk}" in capsys.readouterr().out


@pytest.mark.django_db
def test_questions_that_replies_were_published_with_keep_their_words(mend):
    answered = Question.objects.filter(replies__isnull=False).first()
    plant(answered, summary="물음\u200b")
    mend()
    answered.refresh_from_db()
    assert answered.summary == "물음\u200b"


@pytest.mark.django_db
def test_an_edition_has_the_hash_of_what_is_stored(approved, open_round, coordinator):
    """Also where a result holds what only a hand in the database could have put there."""
    plant(approved, explanation="성과\x0b둘\u200b째")
    services.close_round(actor=coordinator, reporting_round=open_round)
    edition = services.publish_round(actor=coordinator, reporting_round=open_round)
    assert edition.sha256 == digest_of(edition.figures.all())
    assert edition.figures.get(indicator=approved.indicator).explanation == "성과\n둘째"
