"""
Which fonts a text needs, cut down to its characters and set to one weight.

The fonts are the Noto family, as packages that are installed with us, so that a document looks
the same on every machine. They are variable fonts with tens of thousands of glyphs; a document
gets only its own characters, as static fonts that every reader of PDF understands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

from fontTools.cffLib.CFF2ToCFF import convertCFF2ToCFF
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont
from fontTools.varLib.instancer import instantiateVariableFont

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
WEIGHTS: Final = {"": 400, "B": 700}

# Page numbers and the like are set after the text was looked at.
_ALWAYS: Final = frozenset(map(chr, range(0x20, 0x7F))) | {REPLACEMENT, "\N{NO-BREAK SPACE}"}
_BASE: Final = "NotoSans[wght].ttf"
# A rarely used font comes late: the first that has a character sets it.
_LATE: Final = ("NotoSansSymbols[wght].ttf", "NotoEmoji[wght].ttf")


def cleaned(text: str) -> str:
    """
    The text as it can be set: line ends as `\\n`, and a replacement for what no font has.

    Signs without a shape of their own (joiners, marks of direction, variation selectors) are
    left out where no font knows them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(map(_settable, unicodedata.normalize("NFC", _without_surrogates(text))))


def font_files(texts: Iterable[str]) -> list[tuple[Path, set[str]]]:
    """
    The fonts that these texts need, each with its characters; the base font is the first.

    :param texts: cleaned texts.
    """
    wanted = set().union(*map(set, texts)) - {"\n"}
    base, *others = _paths()
    needed = [(base, wanted | _ALWAYS)]
    missing = {sign for sign in wanted if ord(sign) not in _coverage(base)}
    for path in others:
        if not missing:
            break
        found = {sign for sign in missing if ord(sign) in _coverage(path)}
        if found:
            # Marks and joiners are shaped with the letters beside them.
            needed.append((path, found | {sign for sign in wanted if not sign.isalnum()}))
            missing -= found
    return needed


def cut_font(path: Path, signs: Iterable[str]) -> bytes:
    """The font's file with these characters only, in all its weights."""
    # A font's own date would make every document different.
    with TTFont(path, fontNumber=0, recalcTimestamp=False, lazy=True) as font:
        options = Options(layout_features=["*"], notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[ord(sign) for sign in signs])
        subsetter.subset(font)
        return _written(font)


def static_font(cut: bytes, weight: int) -> bytes:
    """A font that was cut, in one weight."""
    font = TTFont(BytesIO(cut), recalcTimestamp=False, recalcBBoxes=False)
    limits = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
    font = instantiateVariableFont(font, limits)
    if "CFF2" in font:
        # Readers of PDF know only its older form. Reading the outlines now lets it be converted.
        _ = font["CFF2"].cff.topDictIndex[0].CharStrings
        convertCFF2ToCFF(font)
    return _written(font)


def _written(font: TTFont) -> bytes:
    content = BytesIO()
    font.save(content)
    return content.getvalue()


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def _settable(sign: str) -> str:
    if sign == "\n" or any(ord(sign) in _coverage(path) for path in _paths()):
        return sign
    return "" if unicodedata.category(sign) == "Cf" or _is_selector(sign) else REPLACEMENT


def _is_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


@cache
def _paths() -> tuple[Path, ...]:
    scripts = Path(str(files("manimgx_fonts")))
    east_asian = Path(str(files("manimgx_fonts_cjk")))
    late = [scripts / name for name in _LATE]
    own = sorted(scripts.glob("NotoSans*.ttf"))
    upright = [path for path in own if "Italic" not in path.name and path not in late]
    upright.remove(scripts / _BASE)
    return (scripts / _BASE, *upright, *sorted(east_asian.glob("*.ttc")), *late)


@cache
def _coverage(path: Path) -> frozenset[int]:
    if path.suffix == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            return frozenset(collection.fonts[0].getBestCmap())
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
