"""Splitting the text of a position paper into proposed points: by bullets, numbers, blank lines and headings. Pure.

Nothing of the text is lost: joined in order, marks and texts of all pieces are the text but for white space.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Hint(StrEnum):
    """What kind of point a heading or the words of a point suggest."""

    OVERALL = "overall"
    PROPOSAL = "proposal"
    ADDITION = "addition"
    QUESTION = "question"
    OTHER = "other"


@dataclass
class Piece:
    """A point or a heading. `area` and `codes` are what the text names or its heading says; codes are as printed."""

    text: str
    mark: str = ""
    is_heading: bool = False
    area: int | None = None
    codes: list[str] = field(default_factory=list)
    hint: Hint = Hint.PROPOSAL

    @property
    def cited(self) -> str:
        return ", ".join(self.codes)


_BLACK = "❶❷❸❹❺❻❼❽❾❿➊➋➌➍➎➏➐➑➒➓"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LAST = rf"(?:[1-9]\d?(?![\d-])|[{_BLACK}{_CIRCLED}])"
_TASK_CODE = re.compile(rf"(?<![\d-])[1-9]\d?-[1-9]\d?-{_LAST}")
_CODE_FIRST = re.compile(rf"[1-9]\d?-(?:[1-9]\d?-)?{_LAST}(?=\s|$|[가-힣])")
_CODE_LAST = re.compile(rf"{_TASK_CODE.pattern}$")
# A round mark is no bullet where it hides a name (○○동); a dash needs its space, or -5 would lose its sign.
_BULLET = re.compile(
    rf"([❍●·∙•‣▪▫■□◦◇◆▶▷☞※{_CIRCLED}\ue000-\uf8ff]|○(?!○)|[-–—*+ㅇo](?=\s)|"
    r"\(?\d{1,2}\)|\d{1,2}\.(?!\d)|\([가-하]\)|[가나다라마바사아자차카타파하][.)](?=\s))\s*"
)
_NUMBERED_AREA = re.compile(r"(?:제\s*)?([1-9]\d?)\s*(분야|\.)\s*")
_SECTIONS = {
    "종합의견": Hint.OVERALL,
    "종합": Hint.OVERALL,
    "제안": Hint.PROPOSAL,
    "제안사항": Hint.PROPOSAL,
    "의견및제안": Hint.PROPOSAL,
    "추가요청": Hint.ADDITION,
    "추가제안": Hint.ADDITION,
    "질문": Hint.QUESTION,
    "질의": Hint.QUESTION,
    "기타": Hint.OTHER,
    "기타제안": Hint.OTHER,
    "기타의견": Hint.OTHER,
}
_OF_NO_AREA = {Hint.OVERALL, Hint.OTHER}


def split_text(text: str, areas: Mapping[int, str] | None = None) -> list[Piece]:
    """The headings and proposed points of *text*, in its order. *areas* are the titles of the plan's areas."""
    return _Splitter(areas or {}).split(text)


def _bare(text: str) -> str:
    return "".join(text.split())


class _Splitter:
    """Walks the lines once. What a heading says holds until the next heading of its kind."""

    def __init__(self, areas: Mapping[int, str]):
        self.areas = {number: _bare(title) for number, title in areas.items()}
        self.pieces: list[Piece] = []
        self.area: int | None = None
        self.codes: list[str] = []
        self.hint = Hint.PROPOSAL
        self.open: Piece | None = None  # the piece that a further line continues

    def split(self, text: str) -> list[Piece]:
        lines = [" ".join(line.split()) for line in text.splitlines()]
        followings = [""] * len(lines)  # the next line with words, found from the end so that each line is seen once
        for place in range(len(lines) - 2, -1, -1):
            followings[place] = lines[place + 1] or followings[place + 1]
        for line, following in zip(lines, followings, strict=True):
            self._take(line, following)
        for piece in self.pieces:
            if not piece.is_heading:
                self._read(piece)
        return self.pieces

    def _take(self, line: str, following: str) -> None:
        if not line:
            self.open = None
        elif not (self._continues_title(line) or self._is_area(line) or self._is_section(line)):
            self._take_words(line, following)

    def _add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.open = piece

    def _continues_title(self, line: str) -> bool:
        """The title of an area that is broken over several lines."""
        if self.open is None or not self.open.is_heading or self.area is None or self.open.codes:
            return False
        so_far = _NUMBERED_AREA.sub("", self.open.text, count=1)
        title = self.areas.get(self.area, "")
        if _bare(so_far) == title or not title.startswith(_bare(so_far + line)):
            return False
        self.open.text += f" {line}"
        return True

    def _is_area(self, line: str) -> bool:
        found = _NUMBERED_AREA.match(line)
        if not found:
            return False
        number, rest = int(found[1]), _bare(line[found.end() :])
        title = self.areas.get(number)
        if found[2] == "." and (title is None or not title.startswith(rest)):
            return False  # a numbered point
        if found[2] == "분야" and rest and not (title and title.startswith(rest.strip("()-:."))):
            return False  # words that begin with the area, such as 3분야에서는
        self.area, self.codes, self.hint = number, [], Hint.PROPOSAL
        self._add(Piece(line, is_heading=True, area=number))
        return True

    def _is_section(self, line: str) -> bool:
        hint = _SECTIONS.get(_bare(line).strip("[]<>〈〉【】:-"))
        if hint is None:
            return False
        self.hint = hint
        if hint in _OF_NO_AREA:
            self.area, self.codes = None, []
        self._add(Piece(line, is_heading=True, area=self.area))
        self.open = None
        return True

    def _take_words(self, line: str, following: str) -> None:
        bullet = None if _CODE_FIRST.match(line) else _BULLET.match(line)
        if bullet:
            self._add(self._point(line[bullet.end() :], bullet[1]))
        elif codes := self._codes_at_edge(line):
            if _BULLET.match(following) and not _CODE_FIRST.match(following):
                self.codes = codes
                self._add(Piece(line, is_heading=True, area=self.area, codes=codes))
                self.open = None
            else:
                self._add(self._point(line))
        elif self.open is not None and not self.open.is_heading:
            self.open.text = f"{self.open.text} {line}".strip()
        else:
            self._add(self._point(line))

    def _point(self, text: str, mark: str = "") -> Piece:
        return Piece(text, mark, area=self.area, codes=list(self.codes), hint=self.hint)

    def _codes_at_edge(self, line: str) -> list[str]:
        found = _CODE_FIRST.match(line) or _CODE_LAST.search(line)
        return [found[0]] if found else []

    def _read(self, piece: Piece) -> None:
        """Let the words of a point say more than its headings did."""
        first = _CODE_FIRST.match(piece.text)
        own = [first[0]] if first else []
        own += [code for code in _TASK_CODE.findall(piece.text) if code not in own]
        piece.codes = own or piece.codes
        if piece.text.rstrip().endswith("?") or piece.text.startswith(("[질문]", "질문:", "(질문)")):
            piece.hint = Hint.QUESTION
