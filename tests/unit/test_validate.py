"""Nothing foolish is archived as a document."""

from __future__ import annotations

import pytest

from prosperity.collect.validate import NotTheDocument, challenge, media_type, require_document

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ARTICLE = '<html><body><div id="con_con">完成业务收入12838亿元</div></body></html>'.encode()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (PDF, "application/pdf"),
        (b"\xef\xbb\xbf junk\n" + PDF, "application/pdf"),
        (ARTICLE, "text/html"),
        (b'{"data": {}}', "application/json"),
    ],
)
def test_kind_is_read_from_the_bytes(body: bytes, found: str) -> None:
    assert media_type(body) == found


@pytest.mark.parametrize("body", [b"", b"  \n", b"\x00\x01\x02\x03"])
def test_neither_empty_nor_unknown(body: bytes) -> None:
    with pytest.raises(NotTheDocument):
        media_type(body)


def test_html_named_pdf_is_refused() -> None:
    with pytest.raises(NotTheDocument, match="content is text/html, expected application/pdf"):
        require_document(ARTICLE, {}, accepted=["application/pdf"], content=None)


def test_html_before_a_pdf_header_is_html() -> None:
    assert media_type(b"<html>error</html>" + PDF) == "text/html"


def test_cut_off_pdf_is_refused() -> None:
    with pytest.raises(NotTheDocument, match="cut off"):
        require_document(PDF[:30], {}, accepted=["application/pdf"], content=None)


def test_challenge_page_is_no_article() -> None:
    challenge = b"<html><head><script>document.cookie='x'</script></head><body></body></html>"
    with pytest.raises(NotTheDocument, match="no article in the page"):
        require_document(challenge, {}, accepted=["text/html"], content='//div[@id="con_con"]')
    assert (
        require_document(ARTICLE, {}, accepted=["text/html"], content='//div[@id="con_con"]') == "text/html"
    )


def test_json_is_json_whatever_its_strings_hold() -> None:
    assert media_type(b'\xef\xbb\xbf {"html": "<p>a</p>"}') == "application/json"
    assert media_type(b'[{"html": "<table>"}]') == "application/json"


def test_cut_off_json_is_refused() -> None:
    with pytest.raises(NotTheDocument, match="cut off: no closing bracket"):
        require_document(b'{"data": [1, 2', {}, accepted=["application/json"], content=None)
    whole = require_document(b'{"data": [1, 2]}\n', {}, accepted=["application/json"], content=None)
    assert whole == "application/json"


def test_page_in_place_of_json_is_refused() -> None:
    with pytest.raises(NotTheDocument, match="content is text/html, expected application/json"):
        require_document(ARTICLE, {}, accepted=["application/json"], content=None)


@pytest.mark.parametrize(
    ("body", "accepted", "doubtful"),
    [
        (b"<html><script>location.reload()</script></html>", ["application/pdf"], True),
        (b"<html>" + b" " * 4096 + b"</html>", ["application/pdf"], False),  # a page: not there, or moved
        (b"<html><script>location.reload()</script></html>", ["application/pdf", "text/html"], False),
        (PDF, ["application/pdf"], False),
        (b"", ["application/pdf"], False),
    ],
)
def test_tiny_page_in_place_of_a_file_is_a_challenge(
    body: bytes, accepted: list[str], doubtful: bool
) -> None:
    assert (challenge(body, accepted) is not None) == doubtful
