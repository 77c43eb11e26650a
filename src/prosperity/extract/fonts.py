"""Whether the fonts of a page tell what their characters mean: where they do not, readers guess differently.

pdfminer writes ``(cid:123)`` for a character without meaning, pdfium a wrong letter without any sign.
"""

from __future__ import annotations

from typing import Any

MAXIMUM_DEPTH = 4  #: of forms within forms


def fonts_speak(page: Any, known: dict[int, bool]) -> bool:
    """Whether every font that a page (pdfminer's PDFPage) can use maps its characters to Unicode by a table that
    both readers follow. ``known`` keeps what was found, by object number."""
    return _resources_speak(page.resources, known, 0)


def _resources_speak(resources: Any, known: dict[int, bool], depth: int) -> bool:
    from pdfminer.pdftypes import resolve1

    entries = resolve1(resources)
    if not isinstance(entries, dict) or depth > MAXIMUM_DEPTH:
        return True
    fonts = resolve1(entries.get("Font"))
    for reference in fonts.values() if isinstance(fonts, dict) else ():
        if not _remembered(reference, known, _font_speaks):
            return False
    forms = resolve1(entries.get("XObject"))
    for reference in forms.values() if isinstance(forms, dict) else ():
        if not _remembered(reference, known, lambda form: _form_speaks(form, known, depth)):
            return False
    return True


def _remembered(reference: Any, known: dict[int, bool], judge: Any) -> bool:
    from pdfminer.pdftypes import PDFObjRef, resolve1

    if not isinstance(reference, PDFObjRef):
        return bool(judge(reference))
    if reference.objid not in known:
        known[reference.objid] = True  # forms that draw themselves
        known[reference.objid] = bool(judge(resolve1(reference)))
    return known[reference.objid]


def _form_speaks(form: Any, known: dict[int, bool], depth: int) -> bool:
    attributes = getattr(form, "attrs", {})
    if _name(attributes.get("Subtype")) != "Form":
        return True
    return _resources_speak(attributes.get("Resources"), known, depth + 1)


def _font_speaks(font: Any) -> bool:
    from pdfminer.pdftypes import resolve1

    if not isinstance(font, dict):
        return False
    kind = _name(font.get("Subtype"))
    if kind == "Type3":
        return False
    if "ToUnicode" in font:
        return True
    encoding = resolve1(font.get("Encoding"))
    if kind == "Type0":
        return _ordering(font) not in ("", "Identity") and not (_name(encoding) or "").endswith("V")
    return not isinstance(encoding, dict) or not _own_names(resolve1(encoding.get("Differences")))


def _ordering(font: dict[str, Any]) -> str:
    from pdfminer.pdftypes import resolve1

    descendants = resolve1(font.get("DescendantFonts")) or [None]
    system = resolve1((resolve1(descendants[0]) or {}).get("CIDSystemInfo")) or {}
    ordering = resolve1(system.get("Ordering"))
    return ordering.decode("latin-1") if isinstance(ordering, bytes) else str(ordering or "")


def _own_names(differences: Any) -> bool:
    """Names such as g12, which no list of glyph names holds."""
    from pdfminer.encodingdb import name2unicode

    for item in differences or ():
        name = _name(item)
        if name is None or name == ".notdef":
            continue
        try:
            name2unicode(name)
        except (KeyError, ValueError):
            return True
    return False


def _name(item: Any) -> str | None:
    name = getattr(item, "name", None)
    return name if isinstance(name, str) else None
