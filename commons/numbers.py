"""Numbers as people write them: with units, groups, signs of the accounts, in words. Pure.

What can mean one thing alone is taken, and `Reading.understood` says how. Everything else is asked about, with the
cause named: 12.5 in brackets, about 300, a number in another unit.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from commons.text import clean_line, narrow
from commons.values import digits_fault, format_number

# Other spellings of a unit, as folded by `_folded`. Signs of one width (㎡, ㎍/㎥) fold into letters by themselves.
SAME_UNITS = {
    "%": {"퍼센트", "프로", "percent"},
    "명": {"인"},
    "개소": {"곳"},
    "회": {"번"},
    "m2": {"제곱미터", "평방미터"},
    "ug/m3": {"마이크로그램/세제곱미터"},
    "톤": {"t", "ton"},
}
# What people write where there is no number.
NOTHING_GIVEN = {
    *("-", "--", "—", "x", "·", "…", "...", "..", "n/a", "na", "null", "없음", "무", "공란", "미정", "미상"),
    *("해당없음", "해당사항없음", "자료없음", "자료미비", "데이터없음", "통계없음", "값없음", "실적없음"),
    *("미집계", "집계중", "집계전", "집계예정", "산출중", "산출불가", "미산출"),
    *("미발표", "발표전", "통계미발표", "미공표"),
    *("미조사", "미실시", "조사없음", "조사주기아님", "비공개", "미공개", "사업종료", "종료", "폐지", "산식변경"),
}  # fmt: skip

MOST_TYPED = 60  # characters; a longer text is no number, however it begins
NO_NUMBER = "숫자로 입력해 주십시오. 예: 1,234.5"

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+|\.(?=$|[^\d.]))?|\.\d+"
_NUMBER = re.compile(rf"(?P<sign>[-+△▵]?) ?(?P<digits>{_DIGITS}) ?(?P<rest>(?:[^\d., ].*)?)")
_PLAIN = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_EITHER_WAY = re.compile(r"[▲▼▽↑↓]")
_BRACKETED = re.compile(r"\(\s*([^()]+?)\s*\)")
_ABOUT = re.compile(r"^(약|대략|거의|근)|(여|이상|이하|미만|초과|정도|가량|쯤|내외|안팎|남짓|수준)$")
_FROM_TO = re.compile(r"\d\s*[~∼〜]\s*\d|\d\s*-\s*\d")
_EUROPEAN = re.compile(r"-?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})")
_MANY = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_IN_WORDS = re.compile(r"(?:\d[\d,]*(?:\.\d+)?\s*[십백천만억조]+\s*)+(?:\d[\d,]*)?")
_STEP = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([십백천만억조]*)\s*")


class NotANumber(ValueError):
    """What was typed is no number, or may mean several; the message says why and what to do."""


class NothingGiven(NotANumber):
    """What was typed says that there is no value. `word` is it, without spaces."""

    def __init__(self, word: str):
        super().__init__("값이 없으면 이 칸을 비우고 값이 없는 사유를 골라 주십시오.")
        self.word = word


@dataclass(frozen=True)
class Reading:
    """A number that was read, None for nothing; `understood` says what was made of a spelling that is not plain."""

    number: Decimal | None
    understood: str = ""


def read_number(typed: str, *, unit: str = "") -> Reading:
    """Read a number in *unit* as people type or paste it.

    Raises NotANumber, in Korean, for what is none or may mean several, and for too many digits or decimals;
    NothingGiven where a word or a dash says that there is no value.
    """
    text = " ".join(narrow(clean_line(typed)).split())
    if not text:
        return Reading(None)
    if _PLAIN.fullmatch(text):
        return Reading(_checked(Decimal(text.replace(",", ""))))
    if len(text) > MOST_TYPED:
        raise NotANumber(NO_NUMBER)
    word = "".join(text.split()).strip("()").lower()
    if word in NOTHING_GIVEN:
        raise NothingGiven(word)
    found = _NUMBER.fullmatch(text)
    if not found:
        raise NotANumber(_cause_in_words(text, unit) or _cause_in_signs(text))
    if found["rest"] and not is_unit(found["rest"], unit):
        raise NotANumber(_cause_in_words(text, unit) or _other_unit(found["rest"], unit))
    number = Decimal(re.sub("[, ]", "", found["digits"]))
    number = _checked(-number if found["sign"] in tuple("-△▵") else number)
    return Reading(number, f"읽은 값 {format_number(number)} (적으신 내용: {clean_line(typed).strip()})")


def is_unit(typed: str, unit: str) -> bool:
    """Whether *typed* is another spelling of *unit*."""
    meant, known = _folded(typed), _folded(unit)
    return bool(meant) and (meant == known or meant in SAME_UNITS.get(known, ()))


def _folded(unit: str) -> str:
    return "".join(unicodedata.normalize("NFKC", unit).replace("μ", "u").split())


def _checked(number: Decimal) -> Decimal:
    if fault := digits_fault(number):
        raise NotANumber(fault)
    return number


def _other_unit(rest: str, unit: str) -> str:
    if not unit or (not rest.strip()[0].isalpha() and rest.strip()[0] not in "%‰℃"):
        return NO_NUMBER
    return f"단위가 다릅니다: {rest.strip()[:20]} / {unit}. {unit} 단위의 숫자로 입력해 주십시오."


def _cause_in_words(text: str, unit: str) -> str:
    """Why the words around a number keep it from being taken, in a sentence that says what to do; '' for none."""
    if _EITHER_WAY.search(text):
        return "화살표나 ▲는 늘어난 것으로도 줄어든 것으로도 읽힙니다. 3이나 -3처럼 입력해 주십시오."
    bare = "".join(text.split())
    if _FROM_TO.search(text):
        return "범위로 적은 것 같습니다. 값 하나를 입력해 주십시오."
    if re.search(r"\d", bare) and (_ABOUT.search(bare) or _ABOUT.search(bare.removesuffix(unit))):
        return "어림한 값 같습니다. 정확한 값을 숫자로 입력해 주십시오."
    if proposal := _in_words(text, unit):
        named = f"{unit} 단위의 숫자" if unit else "숫자"
        return f"숫자로만 입력해 주십시오. 적으신 내용을 {named}로 옮기면 다음과 같습니다: {proposal}"
    return ""


def _cause_in_signs(text: str) -> str:
    """Why the signs of *text* keep it from being taken."""
    bracketed = _BRACKETED.fullmatch(text)
    inner = _NUMBER.fullmatch(bracketed[1]) if bracketed else None
    if inner:
        digits = inner["digits"]
        return f"괄호 안의 수는 음수로도 읽힙니다. -{digits}나 {digits}처럼 괄호 없이 입력해 주십시오."
    if _EUROPEAN.fullmatch(text):
        proposal = format_number(Decimal(text.replace(".", "").replace(",", ".")))
        return f"쉼표와 점의 쓰임이 바뀐 것 같습니다. {proposal}처럼 입력해 주십시오."
    if re.fullmatch(r"[-+]?[\d, ]+(\.\d*)?", text):
        return "쉼표는 세 자리마다 넣거나 모두 빼고 입력해 주십시오. 예: 1,234"
    return NO_NUMBER


def _in_words(text: str, unit: str) -> str:
    """The number of *unit* that 3만 5천 stands for, with groups; '' where *text* is nothing of the kind.

    An amount of money is one of won, whatever multiple of it the unit is.
    """
    scale = 1
    if unit.endswith("원"):
        text = text.removesuffix("원").strip()
        for step in unit[:-1]:
            scale *= _MANY.get(step, 1)
    elif unit:
        text = text.removesuffix(unit).strip()
    if not _IN_WORDS.fullmatch(text):
        return ""
    total, below = Decimal(0), Decimal(0)
    for digits, steps in _STEP.findall(text):
        number = Decimal(digits.replace(",", ""))
        for step in steps:
            if _MANY[step] < _MANY["만"]:
                number *= _MANY[step]
            else:
                total, below, number = total + (below + number) * _MANY[step], Decimal(0), Decimal(0)
        below += number
    return format_number((total + below) / scale)
