"""What ``ag.draw`` returns: files, notebooks, escaping, engines and what happens without one."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.viz import draw, drawing, layout

SVG = "{http://www.w3.org/2000/svg}"

NASTY = {
    "script": "<script>alert(1)</script>",
    "quotes": '"\'`\\"',
    "newline": "two\nlines\r\n\tthree",
    "record": "{a|b} \\N \\G \\l",
    "entity": "&amp;lt; &#60; &nope; <!-- --> ]]>",
    "html label": "<<b>x</b>>",
    "control": "a\x00b\x1bc\x7f\u202ed\ud800e",
    "long": "W" * 10_000,
    "emoji": "👩‍🔬 ∑",
    "rtl": "שלום עולם",
    "empty": "",
    "space": "   ",
}


def texts(svg):
    tree = ElementTree.fromstring(svg)
    for element in tree.iter():
        assert element.tag.removeprefix(SVG) not in {"script", "a", "image", "foreignObject"}
        assert not [a for a in element.attrib if a.lower().startswith("on") or "href" in a]
    return "\n".join("".join(e.itertext()) for e in tree.iter(f"{SVG}text"))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_whatever_a_user_names_stays_text(text, engine):
    with ag.scope(text), ag.scope("inner" + text):
        y = np.sum(np.sin(ag.Node(np.ones(3), name=text)) * 2)
    y.name = text
    custom = ag.Primitive(lambda x: x * 1, [lambda g, out, x: g], name=text or "op")
    for drawing_ in (draw(custom(y), legend=True), draw(y, depth=0), draw(y, names={text: y})):
        svg = drawing_.svg()
        assert len(svg) < 20_000
        assert "sin" in texts(svg) or "⊞" in texts(svg)
        assert "\x00" not in str(drawing_)


def test_a_name_is_shown_as_it_is(engine):
    y = ag.Node(1.0, name='<b>&"\\N"</b>') * 2
    assert '<b>&"\\N"</b>' in texts(draw(y).svg())


def test_the_svg_is_one_small_file_that_needs_no_other(network, engine):
    svg = draw(network, legend=True).svg()
    assert len(svg.encode()) < 30_000
    assert re.findall(r"\w+://[^\"' <]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in svg
    assert "@import" not in svg
    assert "max-width:100%" in svg


def test_a_card_without_a_value_keeps_its_gradient_in_a_row_of_its_own(rng, engine):
    x = ag.Node(rng.normal(size=(5, 3)), name="x")
    svg = ag.draw(np.sum(nn.BatchNorm(3, dtype=np.float64)(x) ** 2)).svg()
    assert ">3 results</text>" in svg  # not joined to what is below it


def test_the_svg_says_in_words_what_it_shows(network, engine):
    tree = ElementTree.fromstring(draw(network).svg())
    titles = {g.get("id"): g.findtext(f"{SVG}title") for g in tree.iter(f"{SVG}g")}
    assert titles["n0"].startswith("input, x, of shape 5×4, value ")
    assert titles["g0"] == "module mlp"
    assert tree.get("aria-label").startswith("loss = ")


def test_auto_follows_the_page_and_keeps_attributes(network, engine):
    auto, light, dark = (draw(network, style=s).svg() for s in ("auto", "light", "dark"))
    assert "prefers-color-scheme:dark" in auto
    assert 'fill="#b03a00"' in auto
    assert "<style>" not in light + dark
    outside = re.sub(r"<style>.*?</style>", "", auto, flags=re.S)
    assert outside.split() == light.split()
    sheet = re.search(r"<style>(.*?)</style>", auto, re.S)[1]
    selectors = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media\([^)]*\)\{", "", sheet))
    assert all(".agd" in part for s in selectors for part in s.split(",") if s.strip())


def test_both_engines_draw_the_same(network, monkeypatch):
    found = []
    for name in ("dot", "pygraphviz"):
        if name == "dot" and not layout.shutil.which("dot"):
            pytest.skip("no dot on this machine")
        pytest.importorskip("pygraphviz")
        monkeypatch.setattr(layout, "engine", lambda name=name: name)
        found.append(texts(draw(network).svg()).replace("\xa0", " "))
    assert sorted(found[0].split()) == sorted(found[1].split())


@pytest.mark.parametrize(
    ("suffix", "magic"),
    [(".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".dot", b"digraph")],
)
def test_files(network, engine, tmp_path, suffix, magic):
    path = draw(network).save(tmp_path / f"graph{suffix}")
    assert path.read_bytes().startswith(magic)
    assert [p.name for p in tmp_path.iterdir()] == [f"graph{suffix}"]


def test_a_machine_without_fonts_is_told_so(network, engine, tmp_path, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("FONTCONFIG_PATH", "/nonexistent")
    with pytest.warns(UserWarning, match="no fonts"):
        draw(network).save(tmp_path / "g.png")


def test_saved_files_carry_the_legend(network, tmp_path):
    assert "2-norm" in draw(network).save(tmp_path / "g.dot").read_text()
    assert "2-norm" not in draw(network, legend=False).save(tmp_path / "g.dot").read_text()
    assert draw(network).save(tmp_path / "g.txt").read_text().startswith("loss = ")


def test_a_failure_leaves_the_old_file(network, tmp_path, monkeypatch):
    path = tmp_path / "g.svg"
    path.write_text("old")
    monkeypatch.setattr(layout, "engine", lambda: None)
    with pytest.raises(ImportError, match=r"pip install 'autograd-core\[viz\]'"):
        draw(network).save(path)
    assert path.read_text() == "old"
    with pytest.raises(FileNotFoundError, match="no such folder"):
        draw(network).save(tmp_path / "no" / "g.dot")
    with pytest.raises(ValueError, match=r"expected a file ending in .*, got 'g.bmp'"):
        draw(network).save("g.bmp")


def test_a_notebook_gets_text_and_an_inline_svg(network, engine):
    shown = draw(network)
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == str(shown)
    assert "<svg" in bundle["text/html"]
    assert 'id="n0"' not in bundle["text/html"]  # two pictures in a page do not share ids
    assert shown._repr_svg_().startswith("<svg")
    assert set(draw(network, format="text")._repr_mimebundle_()) == {"text/plain"}
    assert set(draw(network, format="png")._repr_mimebundle_()) == {"text/plain", "image/png"}


def test_without_an_engine_there_is_text_and_a_remedy(network, monkeypatch):
    for module in (layout, drawing):
        monkeypatch.setattr(module, "engine", lambda: None)
    shown = draw(network)
    assert shown._repr_svg_() is None
    assert "pip install 'autograd-core[viz]'" in shown._repr_mimebundle_()["text/plain"]
    assert "pip install" not in str(shown)
    assert repr(shown).startswith("loss = ")


def test_a_layout_that_takes_too_long_is_ended(network, monkeypatch, engine):
    monkeypatch.setattr(layout, "TIMEOUT", 1e-3)
    monkeypatch.setattr(layout, "SMALL", 0)
    with pytest.raises(layout.LayoutError, match=r"more than 0\.001 s"):
        draw(network).svg()
    assert draw(network)._repr_svg_() is None


def test_a_large_layout_runs_in_a_process_of_its_own(network, monkeypatch, engine):
    here = draw(network).svg()
    monkeypatch.setattr(layout, "SMALL", 0)
    assert draw(network).svg() == here


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (3, {}, "expected a Node or a function, got int"),
        ([], {}, "expected a Node or a function, got none"),
        (ag.Node(1.0), {"style": "blue"}, "style one of 'auto', 'light', 'dark', got 'blue'"),
        (ag.Node(1.0), {"direction": "up"}, "direction one of"),
        (ag.Node(1.0), {"format": "gif"}, "format one of"),
        (ag.Node(1.0), {"depth": -1}, "depth of 0 or more, got -1"),
    ],
)
def test_arguments(target, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        draw(target, **options)


def test_a_node_draws_itself(neuron):
    assert neuron.draw(style="dark").source == ag.draw(neuron, style="dark").source


def test_importing_the_package_does_not_import_pictures():
    program = (
        "import sys, autograd_core\n"
        "assert not [m for m in sys.modules if 'graphviz' in m or 'autograd_core.viz' in m]\n"
        "autograd_core.draw(autograd_core.Node(1.0) * 2)\n"
        "assert not [m for m in sys.modules if 'graphviz' in m]\n"
    )
    path = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", program], env=path, check=True)
