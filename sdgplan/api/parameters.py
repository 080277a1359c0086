"""What may stand in an address of the API: each parameter reads what was typed and describes itself in OpenAPI.

What a schema allows is read, and nothing else: no database is ever asked for a text or a number it cannot hold.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commons.codes import CODE_PATTERN

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE = 2000  # more than a plan has indicators, or figures of one edition each year
LAST_PAGE = 100_000
CODE_LENGTH = 20
# What no one can look for: control characters, which PostgreSQL refuses, and the sign of bytes that were not UTF-8.
PLAIN_TEXT = r"^[^\u0000-\u001F\u007F-\u009F\uFFFD]+$"
SLUG = r"^[-a-zA-Z0-9_]+$"


class BadValue(ValueError):
    """What was typed for a parameter cannot be used; the message tells a person what can."""


@dataclass(frozen=True)
class Parameter:
    """A text of *pattern* with at most *longest* characters."""

    name: str
    description: str | Promise
    pattern: str = PLAIN_TEXT
    longest: int = 100
    example: str = ""

    @property
    def schema(self) -> dict:
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": self.pattern}

    def read(self, typed: str):
        """The value of what was *typed*. Raises BadValue, in Korean."""
        if not typed:
            raise BadValue(_("값이 비어 있습니다. 값을 적거나 매개변수를 빼 주십시오."))
        if len(typed) > self.longest:
            raise BadValue(_("%(longest)d자 안으로 적어 주십시오.") % {"longest": self.longest})
        if typed.endswith("\n") or not re.match(self.pattern, typed):
            raise BadValue(self._hint())
        return typed

    def _hint(self) -> str:
        if self.pattern == PLAIN_TEXT:
            return _("쓸 수 없는 글자가 있습니다. UTF-8로 적은 보통 글자만 쓸 수 있습니다.")
        return _("형식이 다릅니다. 예: %(example)s") % {"example": self.example}


@dataclass(frozen=True)
class Whole(Parameter):
    """A whole number from 1 to *largest*, written with plain digits."""

    largest: int = 9999

    @property
    def schema(self) -> dict:
        return {"type": "integer", "minimum": 1, "maximum": self.largest}

    def read(self, typed: str) -> int:
        if not re.fullmatch(r"[1-9][0-9]{0,8}", typed) or int(typed) > self.largest:
            raise BadValue(_("1부터 %(largest)d까지의 정수를 적어 주십시오.") % {"largest": self.largest})
        return int(typed)


@dataclass(frozen=True)
class Choice(Parameter):
    """One of some words."""

    words: tuple[str, ...] = ()

    @property
    def schema(self) -> dict:
        return {"type": "string", "enum": list(self.words)}

    def read(self, typed: str) -> str:
        if typed not in self.words:
            raise BadValue(_("다음 가운데 하나를 적어 주십시오: %(words)s") % {"words": ", ".join(self.words)})
        return typed


@dataclass(frozen=True)
class Flag(Parameter):
    @property
    def schema(self) -> dict:
        return {"type": "boolean"}

    def read(self, typed: str) -> bool:
        if typed not in ("true", "false"):
            raise BadValue(_("true 또는 false를 적어 주십시오."))
        return typed == "true"


def choice(name: str, choices, description, *more: str) -> Choice:
    """One of the values of a closed list, or of *more*. The list's Korean words stand in the description."""
    words = ", ".join(f"{value} {label}" for value, label in choices.choices)
    return Choice(name, f"{description}: {words}", words=(*choices.values, *more))


AREA = Whole("area", gettext_lazy("핵심전환분야 번호"), example="1")
GOAL = Whole("goal", gettext_lazy("목표 번호. 번호는 분야마다 다시 시작하므로 area와 함께 씁니다."), example="1")
TARGET = Parameter(
    "target",
    gettext_lazy("세부목표 번호. area와 함께 씁니다."),
    pattern=f"^{CODE_PATTERN}$",
    longest=CODE_LENGTH,
    example="1-1",
)
TASK = Parameter(
    "task",
    gettext_lazy("이행과제 번호. area와 함께 씁니다."),
    pattern=f"^{CODE_PATTERN}$",
    longest=CODE_LENGTH,
    example="1-1-2",
)
CODE = Parameter(
    "code", gettext_lazy("번호. 분야마다 다시 시작합니다."), f"^{CODE_PATTERN}$", CODE_LENGTH, example="1-1-2"
)
INDICATOR = Parameter(
    "indicator", gettext_lazy("이행지표 번호. area와 함께 씁니다."), f"^{CODE_PATTERN}$", CODE_LENGTH, example="1-1-2-1"
)
DEPARTMENT = Parameter(
    "department", gettext_lazy("부서의 주소용 이름(slug)"), pattern=SLUG, longest=50, example="social-welfare"
)
GROUP = Parameter(
    "group", gettext_lazy("이해관계자 그룹의 주소용 이름(slug)"), pattern=SLUG, longest=50, example="women"
)
YEAR = Whole("year", gettext_lazy("연도"), example="2022")
NUMBER = Whole("number", gettext_lazy("번호"), example="1")
WORDS = Parameter("q", gettext_lazy("검색어. 띄어 쓴 낱말이 모두 들어 있는 것을 찾습니다."), example="환경")
PLAN = Parameter("plan", gettext_lazy("이행계획의 주소용 이름"), pattern=SLUG, longest=50, example="seodaemun-2022")
IS_DEMO = Flag("is_demo", gettext_lazy("시범 자료만(true) 또는 시범 자료를 빼고(false)"), example="false")
PAGING = (
    Whole("page", gettext_lazy("쪽 번호. 마지막 쪽 다음은 빈 목록입니다."), example="1", largest=LAST_PAGE),
    Whole(
        "page_size",
        gettext_lazy("한 쪽의 항목 수. 적지 않으면 %(usual)d, 많아야 %(largest)d입니다.")
        % {"usual": DEFAULT_PAGE_SIZE, "largest": LARGEST_PAGE},
        example="100",
        largest=LARGEST_PAGE,
    ),
)


def read_all(declared: Iterable[Parameter], given) -> tuple[dict, list[tuple[str, str]]]:
    """The values of a query string by name, and what is wrong with it as (parameter, message)."""
    known = {parameter.name: parameter for parameter in declared}
    values, faults = {}, []
    for name, typed in given.lists():
        if name not in known:
            shown = ", ".join(known) or _("없음")
            faults.append((name[:100], _("없는 매개변수입니다. 쓸 수 있는 것: %(known)s") % {"known": shown}))
        elif len(typed) > 1:
            faults.append((name, _("한 번만 적어 주십시오.")))
        else:
            try:
                values[name] = known[name].read(typed[0])
            except BadValue as fault:
                faults.append((name, str(fault)))
    return values, faults
