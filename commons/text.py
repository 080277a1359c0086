"""Text as it is stored and as it is written out. Pure.

What people paste holds more than they see: control characters of presentations, spaces of other widths, marks of
direction, decomposed syllables. `clean_text` and `clean_line` bring it into the one form in which everything is
stored; `writable` lets every output stand whatever a database holds all the same.
"""

import re
import unicodedata

# Line ends of other programs: of Word and PowerPoint (VT, FF), of mainframes (NEL), of Unicode (LS, PS).
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# No-break, thin, wide and ideographic spaces, and the letters of Hangul that print as nothing.
_SPACE = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]")
# Where emoji stand.
_PICTURE = "\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
# Controls, halves of characters, and what Unicode keeps free for programs: some outputs fail of them, some print boxes.
_CONTROL = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    f"{''.join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))}]"
)
_UNWRITABLE = re.compile(_CONTROL)
_NOTHING = re.compile(
    # Kept: the joiner inside one emoji, the flag of a region, and joiners that shape a syllable of India or Persia.
    f"(?P<kept>(?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])|(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f)"
    "|(?P<joiner>[\u200c\u200d])"
    f"|{_CONTROL}"
    "|[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_PLAIN = re.compile(r"[\n -~가-힣ㄱ-ㅎㅏ-ㅣ·‘’“”…]*")  # nearly everything that is written; nothing to be done there
_VIRAMA = 9  # the canonical combining class of the sign that joins letters in Indian scripts
_DASH = re.compile("[\u2010-\u2015\u2212\ufe63]")
_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")


def clean_text(text: str) -> str:
    """*text* in the form in which it is stored: composed (NFC), lines ended by \\n, no character that shows nothing.

    Nothing visible is lost, and cleaning again changes nothing. Tabs stay; spaces at the ends are left to others.
    """
    while not _PLAIN.fullmatch(text):
        cleaned = _SPACE.sub(" ", _LINE_END.sub("\n", text))
        cleaned = unicodedata.normalize("NFC", _NOTHING.sub(_kept, cleaned))
        if cleaned == text:
            break
        text = cleaned  # what stood apart may compose or join now
    return text


def clean_line(text: str) -> str:
    """The same for what has one line, such as a name or a code: line ends and tabs become spaces."""
    return re.sub("[\n\t]", " ", clean_text(text))


def narrow(text: str) -> str:
    """Full-width characters as narrow ones, all digits as 0 to 9, all dashes as one: for what is read, not stored.

    Not by NFKC: 10² would become 102, and ⑤ a five.
    """
    half = (chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in half)
    return _DASH.sub("-", digits)


def clean_data(data):
    """*data* of lists, dictionaries and values with every text in it cleaned, such as is stored as JSON."""
    if isinstance(data, str):
        return clean_text(data)
    if isinstance(data, dict):
        return {clean_data(key): clean_data(value) for key, value in data.items()}
    return [clean_data(value) for value in data] if isinstance(data, (list, tuple)) else data


def _kept(found: re.Match) -> str:
    if found["kept"]:
        return found["kept"]
    if not found["joiner"]:
        return ""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    if not before or not after:
        return ""
    shapes = unicodedata.combining(before) == _VIRAMA or (
        unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL"
    )
    return found["joiner"] if shapes else ""


def writable(text: str) -> str:
    """*text* without what no output can hold: for writers, since published text stays as it was stored."""
    return text if text.isprintable() else _UNWRITABLE.sub("", _BREAK.sub(" ", text))


def search_words(typed: str, limit: int = 8) -> list[str]:
    """Split what was typed into at most *limit* words, in the form in which everything is stored."""
    return clean_line(typed).split()[:limit]
