"""Personal data in text that everybody may read: finding it, and masking names. Pure.

The patterns are those of Korean telephone, resident and foreigner registration numbers and of e-mail addresses.
They are bounded in length, so that no text can make the search slow.
"""

import re
import unicodedata
from dataclasses import dataclass

MASK = "○"

_DIGIT_BEFORE, _DIGIT_AFTER = r"(?<![0-9])", r"(?![0-9])"
_GAP = r"[ \t]?[-–.·)/]?[ \t]?"
PATTERNS = [
    ("주민등록번호", re.compile(rf"{_DIGIT_BEFORE}\d{{2}}[01]\d[0-3]\d[ \t]?[-–][ \t]?[1-8][\d*]{{6}}{_DIGIT_AFTER}")),
    ("주민등록번호", re.compile(rf"{_DIGIT_BEFORE}\d{{2}}[01]\d[0-3]\d[1-8]\d{{6}}{_DIGIT_AFTER}")),
    ("전화번호", re.compile(rf"{_DIGIT_BEFORE}\+82{_GAP}\d{{1,2}}{_GAP}\d{{3,4}}{_GAP}\d{{4}}{_DIGIT_AFTER}")),
    (
        "전화번호",
        re.compile(rf"{_DIGIT_BEFORE}0(?:2|[3-6][1-5]|1[016-9]|50\d?|70|80){_GAP}\d{{3,4}}{_GAP}\d{{4}}{_DIGIT_AFTER}"),
    ),
    ("전화번호", re.compile(rf"{_DIGIT_BEFORE}1[568]\d{{2}}[-–]\d{{4}}{_DIGIT_AFTER}")),
    ("전자우편 주소", re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")),
]


@dataclass(frozen=True)
class PersonalData:
    """Something that looks like personal data: what it is, on which line (from 1), and the characters themselves."""

    what: str
    line: int
    found: str


def find_personal_data(text: str) -> list[PersonalData]:
    """All that looks like a telephone, resident number or e-mail address, in the order of the text."""
    plain = unicodedata.normalize("NFKC", text)
    found, taken = [], []
    for what, pattern in PATTERNS:
        for match in pattern.finditer(plain):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            found.append((match.start(), PersonalData(what, plain.count("\n", 0, match.start()) + 1, match.group())))
    return [data for _start, data in sorted(found, key=lambda pair: pair[0])]


def mask_name(name: str) -> str:
    """Hide a person's given name as the report does: 김철수 is 김○수, 김철 is 김○. What is masked already stays.

    What stands in brackets behind the name, such as the quarter, is kept.
    """
    bare, bracket, rest = name.partition("(")
    bare = bare.strip()
    if MASK in bare or len(bare) < 2:
        return name.strip()
    masked = bare[0] + MASK if len(bare) == 2 else bare[0] + MASK * (len(bare) - 2) + bare[-1]
    return f"{masked}{bracket}{rest}".strip()


def mask_names(lines: str) -> str:
    """Mask the name on each line of a list of people; empty lines go."""
    return "\n".join(mask_name(line) for line in lines.splitlines() if line.strip())
