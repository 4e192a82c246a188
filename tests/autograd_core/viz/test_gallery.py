"""The gallery: every exhibit has the structure it must have, is laid out, and is on the page."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest

SPEC = importlib.util.spec_from_file_location("gallery", Path(__file__).with_name("gallery.py"))
gallery = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(gallery)


@pytest.mark.parametrize("name", gallery.GALLERY)
def test_structure(name):
    exhibit, drawing = gallery.GALLERY[name], gallery.drawing(name)
    picture = drawing.picture
    assert (len(picture.boxes), len(picture.groups)) == (exhibit.boxes, exhibit.groups)
    text = str(drawing) + drawing.source
    assert [word for word in exhibit.seen if word not in text] == []
    ids = {box.id for box in picture.boxes}
    assert {end for arrow in picture.arrows for end in (arrow.source, arrow.target)} <= ids
    assert any(box.role == "result" for box in picture.boxes)


@pytest.mark.parametrize("name", gallery.GALLERY)
def test_layout(name):
    pytest.importorskip("pygraphviz")
    tree = ElementTree.fromstring(gallery.drawing(name).svg())
    drawn = [e for e in tree.iter() if e.get("class", "").startswith("node")]
    assert len(drawn) == gallery.GALLERY[name].boxes


def test_the_page_shows_every_exhibit_and_its_picture_exists():
    page = (gallery.NOTEBOOKS / "gallery.md").read_text(encoding="utf-8")
    assert page == gallery.page()
    for name in gallery.GALLERY:
        assert (gallery.NOTEBOOKS / "pictures" / "gallery" / f"{name}.svg").stat().st_size > 1000
