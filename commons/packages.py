"""Descriptions of tables for machines: Frictionless data packages with typed, explained and checkable fields. Pure."""

import hashlib
import json
from dataclasses import dataclass, field

LICENCE = {
    "name": "KOGL-1",
    "title": "공공누리 제1유형: 출처표시",
    "path": "https://www.kogl.or.kr/info/licenseType1.do",
}


@dataclass(frozen=True)
class Field:
    """One column. `type` is a type of Table Schema; `any` where numbers and words may stand. `unit` is for people."""

    name: str
    type: str
    title: str
    description: str = ""
    unit: str = ""
    constraints: dict = field(default_factory=dict)

    def descriptor(self) -> dict:
        kept = {"name": self.name, "type": self.type, "title": self.title, "description": self.description}
        found = {key: value for key, value in kept.items() if value}
        return (
            found
            | ({"unit": self.unit} if self.unit else {})
            | ({"constraints": self.constraints} if self.constraints else {})
        )


def required(**more) -> dict:
    """Constraints of a cell that is never empty."""
    return {"required": True, **more}


@dataclass(frozen=True)
class Shape:
    """What a table is: its columns in order, what tells its rows apart, and which other tables it points to.

    `foreign_keys` are (own columns, other table, its columns), stated only where they always hold.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()

    @property
    def columns(self) -> list[str]:
        return [column.name for column in self.fields]

    def with_field(self, column: Field) -> "Shape":
        """The same table with one more column at the end."""
        return Shape(
            self.name, self.title, self.description, (*self.fields, column), self.primary_key, self.foreign_keys
        )

    def schema(self) -> dict:
        """The Table Schema."""
        found: dict = {"fields": [column.descriptor() for column in self.fields], "missingValues": [""]}
        if self.primary_key:
            found["primaryKey"] = list(self.primary_key)
        if self.foreign_keys:
            found["foreignKeys"] = [
                {"fields": list(own), "reference": {"resource": table, "fields": list(theirs)}}
                for own, table, theirs in self.foreign_keys
            ]
        return found

    def resource(self, path: str, *, sha256: str, size: int) -> dict:
        """The description of the CSV file at *path*, which has *size* bytes."""
        return {
            "name": self.name,
            "path": path,
            "title": self.title,
            "description": self.description,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8-sig",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
            "bytes": size,
            "hash": f"sha256:{sha256}",
            "schema": self.schema(),
        }


def sha256_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def package_bytes(descriptor: dict) -> bytes:
    """A descriptor as the bytes of its file, readable for people."""
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode()
