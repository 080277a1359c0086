"""Personal data in text that everybody may read: finding it, and masking names. Pure.

Found are Korean telephone, resident and foreigner registration numbers, passport numbers that are called so, and e-mail
addresses, in the spellings that people type: full-width characters, any dash, point, stroke or space between groups,
digits in Hangul words (공일공), letters for digits (O1O), 골뱅이, (at) and 점 in addresses. A local number without its
area code (330-1234) is not told from a range of figures, so it is not looked for. One pass over the text; every pattern
is bounded in length.
"""

import re
import unicodedata
from dataclasses import dataclass

MASK = "○"

# Dashes after normalisation: hyphens, en and em dash, minus, and the vowel ㅡ that is typed for a dash.
_DASHES = "-‐‒–—―−\u1173"
_SEPARATOR = rf"[{_DASHES}.·)/_]"
_GAP = rf"[ \t]{{0,3}}{_SEPARATOR}?[ \t]{{0,3}}"
_DASH = rf"[ \t]?[{_DASHES})][ \t]?"
# A mobile number is told by its beginning alone, so that its groups may stand apart by much more.
_WIDE_GAP = rf"[ \t]{{0,3}}(?:[{_DASHES}.·)(/\\_~*:|+=…•∙⋅]|에|다시|대시){{0,3}}[ \t]{{0,3}}"
# Not inside a longer number, an amount, a code or an account: 3333-02-…, 1,020,…, 0.02 …
_ALONE = rf"(?<![0-9])(?<![0-9][{_DASHES},/_])"
_END = r"(?![0-9@])"
_AREA = r"0(?:2|[3-6][1-5]|1[016-9]|[35]0[0-9]?|[678]0)"
_BIRTHDAY = r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CENTURY = r"(?:19|20)"
_HIDDEN = r"[0-9*xX●○◯×]"
_CALL_CENTRE = r"1(?:522|533|544|566|577|588|599|600|644|66[0168]|670|688|800|811|833|855|877|899)"
# What is counted is no number to be called: 15881234원. Nor is one of several figures in a row.
_UNIT = (
    r"[ \t]{0,2}(?:[천백만억조원명년건개%㎡]|세대|가구|시간|그루|필지"
    r"|(?:곳|회|톤|호|인|대|평|점|부|권|주)(?![가-힣])|(?:t|m|kg|k[Ww])(?![A-Za-z]))"
)
_NO_COUNT = rf"(?!{_UNIT})(?![ \t]{{0,3}}[,.]?[ \t]{{0,3}}[0-9])(?![,.][0-9])"
_NO_ROW = r"(?<![0-9])(?<![0-9][ \t,./·])(?<![0-9][ \t,][ \t])"
_YEAR = r"(?:1[5-9]|20)[0-9]{2}"
_AT = r"(?:@|[(\[{<][ \t]?(?:at|AT|At|a|A|골뱅이|앳|엣)[ \t]?[)\]}>]|골뱅이|[ \t]at(?=[ \t]))"
_DOT = r"(?:[ \t]{0,2}(?:\.|[(\[{<](?:dot|DOT|점|닷)[)\]}>]|。|점|닷|쩜)[ \t]{0,2}|[ \t]dot[ \t])"
_ENDING = r"(?:com|net|org|kr|io|edu|gov|info|biz|me|co|us|jp|cn|컴|한국)(?![A-Za-z])"
_LABEL = r"[A-Za-z0-9-]{1,63}"
_PATTERNS = {
    "resident": (
        rf"(?<![0-9]){_BIRTHDAY}(?:[ \t]?[{_DASHES}_./·~:][ \t]?[1-8]{_HIDDEN}{{6}}|[1-8]{_HIDDEN}{{6}}){_END}"
        rf"|(?<![0-9]){_CENTURY}{_BIRTHDAY}[ \t]?[{_DASHES}_./·~:][ \t]?[1-8]{_HIDDEN}{{6}}{_END}"
        rf"|{_NO_ROW}{_BIRTHDAY}[ \t]{{1,3}}[1-8]{_HIDDEN}{{6}}{_END}{_NO_COUNT}"
    ),
    "passport": (
        r"(?<=여권)(?:[ \t]?번호)?[ \t]{0,2}[:은는이가(·-]?[ \t]{0,2}"
        r"[A-Za-z][0-9]{3}[0-9A-Za-z][0-9]{4}(?![0-9])"
    ),
    "abroad": (
        rf"(?<![0-9])(?:\+|00)82[ \t]?\)?{_GAP}(?:\(?0\)?)?{_GAP}[1-7][0-9]?{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}{_END}"
        rf"|{_ALONE}82{_DASH}(?:\(?0\)?)?10{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}{_END}"
    ),
    "mobile": rf"{_ALONE}(?<![0-9]\.)01[016-9]{_WIDE_GAP}[0-9]{{3,4}}{_WIDE_GAP}[0-9]{{4}}{_END}",
    "commas": rf"{_ALONE}01[016-9],[ \t]?[0-9]{{4}},[ \t]?[0-9]{{4}}{_END}",
    "apart": (
        rf"{_ALONE}0[ \t]1[ \t][016-9][ \t]?{_SEPARATOR}[ \t]?[0-9](?:[ \t][0-9]){{3}}"
        rf"[ \t]?{_SEPARATOR}[ \t]?[0-9](?:[ \t][0-9]){{3}}{_END}"
    ),
    "telephone": rf"{_ALONE}(?<![0-9]\.){_AREA}{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}{_END}",
    "numbered": rf"(?<=[0-9]\.){_AREA}{_DASH}[0-9]{{3,4}}{_DASH}[0-9]{{4}}{_END}",
    "centre": (
        rf"{_ALONE}(?<!\.){_CALL_CENTRE}[ \t]?[{_DASHES}_)][ \t]?[0-9]{{4}}(?![0-9년])"
        rf"|{_NO_ROW}{_CALL_CENTRE}(?:[ \t]{{1,2}}|[.·/~])(?!{_YEAR}(?![0-9]))[0-9]{{4}}{_END}{_NO_COUNT}"
        rf"|{_NO_ROW}(?<![0-9][{_DASHES}])(?<![제A-Za-z]){_CALL_CENTRE}[0-9]{{4}}{_END}(?![{_DASHES}][0-9]){_NO_COUNT}"
    ),
    "mail": (
        r"@(?:[A-Za-z0-9가-힣-]{1,63}\.){1,4}(?:[A-Za-z]{2,63}|[가-힣]{2,63})"
        rf"|{_AT}[ \t]{{0,2}}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}{_DOT}{_ENDING}"
    ),
}
_WITH_NUMBERS = _PATTERNS.keys() - {"mail", "passport"}  # which begin with a digit or a plus: most characters are none
_ANY = re.compile(
    "(?=[0-9+])(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS.items() if name in _WITH_NUMBERS)
    + f")|(?P<passport>{_PATTERNS['passport']})|(?P<mail>{_PATTERNS['mail']})"
)
_TELEPHONE = "전화번호"
_WHAT = {"resident": "주민등록번호", "passport": "여권번호", "mail": "전자우편 주소"}
# Digits in Hangul, when several stand together, and letters that are typed for them at the beginning of a number.
_SPOKEN = re.compile("[공영일이삼사오육륙칠팔구0-9]{3,}")
_DIGITS = str.maketrans("공영일이삼사오육륙칠팔구", "001234566789")
_LETTERS = re.compile(r"(?<![A-Za-z0-9])[0Oo][1Il][0Oo](?![A-Za-z])")
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
_LOCAL_LENGTH = 64


@dataclass(frozen=True)
class PersonalData:
    """Something that looks like personal data: what it is, on which line (from 1), and the characters themselves."""

    what: str
    line: int
    found: str


def _plain(text: str) -> str:
    """The text in ordinary characters: full-width ones made narrow, invisible ones taken out."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(char for char in normal if unicodedata.category(char) != "Cf") if not normal.isascii() else normal


def _in_digits(plain: str) -> str:
    """The text with digits that are spelled otherwise as digits; no character moves."""
    text = plain
    if not plain.isascii():
        text = _SPOKEN.sub(lambda match: match[0].translate(_DIGITS), plain)
    return _LETTERS.sub("010", text)


def _start_of_address(text: str, at: int, floor: int) -> int:
    """Where the e-mail address begins whose @, or what is written for it, stands at *at*; *at* itself when nothing
    stands before it."""
    end = at
    while end > max(floor, at - 2) and text[end - 1] in " \t":
        end -= 1
    floor = max(floor, end - _LOCAL_LENGTH)
    start = end
    while start > floor and text[start - 1] in _LOCAL:
        start -= 1
    if start == at:  # an address in Hangul
        while start > floor and "가" <= text[start - 1] <= "힣":
            start -= 1
    return at if start == end else start


def find_personal_data(text: str) -> list[PersonalData]:
    """All that looks like a telephone, resident or passport number or e-mail address, in the order of the text."""
    plain = _plain(text)
    found, line, seen, end = [], 1, 0, 0
    for match in _ANY.finditer(_in_digits(plain)):
        kind, start = match.lastgroup, match.start()
        if kind == "mail":
            start = _start_of_address(plain, match.start(), end)
            if start == match.start():
                continue
        line += plain.count("\n", seen, start)
        seen, end = start, match.end()
        found.append(PersonalData(_WHAT.get(kind, _TELEPHONE), line, plain[start:end]))
    return found


def mask_name(name: str) -> str:
    """Hide a person's given name as the report does: 김철수 is 김○수, 김철 is 김○. What is masked already stays.

    What stands in brackets behind the name, such as the quarter, is kept. A single character is no name to be masked.
    """
    composed = unicodedata.normalize("NFC", name).replace("（", "(").replace("）", ")")
    bare, bracket, rest = composed.partition("(")
    bare = bare.strip()
    if is_masked(bare) or len(bare) < 2:
        return composed.strip()
    masked = bare[0] + MASK if len(bare) == 2 else bare[0] + MASK * (len(bare) - 2) + bare[-1]
    return f"{masked}{bracket}{rest}".strip()


def is_masked(name: str) -> bool:
    """Whether the name itself is masked; what stands in brackets behind it does not count."""
    return MASK in name.partition("(")[0]


def mask_names(lines: str) -> str:
    """Mask the name on each line of a list of people; empty lines go."""
    return "\n".join(mask_name(line) for line in lines.splitlines() if line.strip())
