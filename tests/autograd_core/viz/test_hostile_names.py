"""Whatever things are called, a picture shows it as text: nothing runs, nothing is added."""

from __future__ import annotations

import types
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.viz.formatting import plain

pygraphviz = pytest.importorskip("pygraphviz")

HOSTILE = [
    # elements and what runs in them
    "<script>owned=1</script>",
    "</script><script>owned=1//",
    "<ScRiPt >owned=1</sCrIpT>",
    "<script\n>owned=1</script>",
    "<<script>owned=1//<</script>",
    "<svg onload=owned=1>",
    "<svg/onload='owned=1'//",
    "<svg><script>owned=1",
    "<img src=x onerror=owned=1>",
    "<img/src/onerror=owned=1>",
    "<body onload=owned=1>",
    "<iframe srcdoc='<script>'>",
    "<details open ontoggle=owned=1",
    "<a href=javascript:owned=1>x",
    "<style>*{display:none}",
    "<math><mi//xlink:href=x>",
    "<foreignObject><p>x</p>",
    "<base href=//evil.example>",
    # out of what surrounds them
    "</title><img src onerror=owned=1>",
    "</text></g></svg><b>x</b>",
    "</style><script>owned=1",
    "--><script>owned=1</script>",
    "]]><script>owned=1</script>",
    "<![CDATA[<script>owned=1",
    "<!--<script>",
    "<?xml version='1.0'?><!DOCTYPE",
    '" onmouseover="owned=1',
    "' onfocus='owned=1' autofocus '",
    "`onclick=`owned=1`",
    '","x":1}];owned=1;//',
    "${owned=1}",
    "javascript:owned=1",
    # entities, lines, invisible characters
    "&lt;script&gt;&#60;b&#x3c;b",
    "&amp;lt;&quot;&apos;&nbsp;&x;",
    "a\u2028owned=1//\u2029b",
    "a\x00<b>\x00</b>\x1b[31m",
    "\u202eevil\u2066<b>\ufeff\ud800",
    # the DOT language: labels, HTML-like labels, attributes, statements, escapes
    '"]; evil [label="x',
    "}; digraph x { evil -> evil2 }",
    '\\" URL="javascript:owned=1',
    "\\N\\G\\E\\T\\H\\L\\l\\r\\n",
    "</FONT></TD></TABLE>> x=<",
    '<IMG SRC="/etc/passwd"/>',
    '<TD HREF="javascript:owned=1">',
    "// # /* strict subgraph */ \\",
]


def whole(names):
    """A graph with a leaf, an op, a function, a source file and a module of each name.

    The last name is also that of the result, which is the title.
    """
    results = []
    for i, name in enumerate(names):
        with ag.scope(name):
            x = ag.Node(1.0 + i, name=name)
            results.append(called(name, op_of(name), x))
    y = np.sum(np.stack(results))
    y.name = names[-1]
    return y


def op_of(name):
    """An op of this name."""

    def double(x):
        return 2.0 * x

    double.__name__ = name
    op = ag.primitive(double)
    op.defvjp(lambda g, out, x: 2.0 * g)
    return op


def callable_name(name):
    return name.replace("\x00", "")


def called(name, op, x):
    """The op applied in a function of this name, from a file of this name."""

    def apply(op, x):
        return op(x)

    code = apply.__code__.replace(co_name=callable_name(name), co_filename=f"{name}.py")
    return types.FunctionType(code, {})(op, x)


def drawn(names):
    return ag.draw(lambda: whole(names))


@pytest.fixture(scope="module")
def hostile():
    return drawn(HOSTILE)


def shown_texts(svg):
    """What each line of text says."""
    found = {"".join(x.itertext()) for x in svg.iter() if x.tag.endswith("}text")}
    return {x.replace("\u00a0", " ").strip() for x in found}


def vocabulary(svg):
    """The elements and attributes that occur."""
    return {x.tag for x in svg.iter()}, {name for x in svg.iter() for name in x.attrib}


def whole_lines(limit):
    """The names as a card shows them: on one line, shortened."""
    return {plain(name, limit).strip() for name in HOSTILE}


def test_dot_has_no_more_nodes_edges_and_attributes_than_ours(hostile):
    theirs = pygraphviz.AGraph(string=hostile.source)
    ours = pygraphviz.AGraph(string=drawn(["a", "b"]).source)
    picture = hostile.picture
    assert sorted(theirs.nodes()) == sorted(box.id for box in picture.boxes)
    assert theirs.number_of_edges() == len(picture.arrows)
    assert theirs.graph_attr.keys() == ours.graph_attr.keys()
    assert theirs.node_attr.keys() == ours.node_attr.keys()
    assert theirs.edge_attr.keys() == ours.edge_attr.keys()
    assert {g.name for g in theirs.subgraphs()} == {f"cluster_{g.id}" for g in picture.groups}
    theirs.close()
    ours.close()


def test_an_svg_is_xml_of_our_elements_and_shows_the_names(hostile):
    root = ElementTree.fromstring(hostile.svg())
    ours = ElementTree.fromstring(drawn(["a", "b"]).svg())
    assert vocabulary(root) == vocabulary(ours)
    assert sum(x.get("class") == "edge" for x in root.iter()) == len(hostile.picture.arrows)
    assert whole_lines(28) <= shown_texts(root)  # of leaves
    assert whole_lines(24) <= shown_texts(root)  # of ops


def test_moving_and_written_files_hold_them_too(tmp_path):
    name = HOSTILE[0]
    y = whole([*HOSTILE[34:37], name])
    for file in (
        "\"'><img src=x onerror=owned=1>.html",
        "--><b>.svg",
        '"];x[y="z.dot',
        "$(id)`id`.txt",
    ):
        saved = ag.draw(y).save(tmp_path / file)
        assert saved.read_text(encoding="utf-8").count(saved.stem) == 0
    moving = ag.draw(y).save(tmp_path / "moving.svg", animate=True)
    root = ElementTree.fromstring(moving.read_text(encoding="utf-8"))
    assert not [x for x in root.iter() if x.tag.rpartition("}")[2] in ("script", "img", "b", "a")]
    assert {p.name for p in tmp_path.iterdir()} == {
        "\"'><img src=x onerror=owned=1>.html",
        "--><b>.svg",
        '"];x[y="z.dot',
        "$(id)`id`.txt",
        "moving.svg",
    }


WALK = """
const done = arguments[0], titles = [], facts = [], lines = [];
const panel = document.querySelector("aside");
for (const node of document.querySelectorAll(".level:not([hidden]) g.node")) {
  node.dispatchEvent(new Event("pointerenter"));
  titles.push(panel.querySelector("h2").textContent);
  for (const fact of panel.querySelectorAll("dd")) facts.push(fact.textContent);
}
const slider = document.querySelector("input[type=range]");
for (let step = 0; step <= Number(slider.max); step++) {
  slider.value = step;
  slider.dispatchEvent(new Event("input"));
  lines.push(document.querySelector("footer").textContent);
}
const all = [...document.querySelectorAll("*")];
setTimeout(() => done({
  owned: window.owned ?? null, titles, facts, lines,
  tags: [...new Set(all.map((x) => x.localName))],
  attributes: [...new Set(all.flatMap((x) => x.getAttributeNames()))],
  texts: [...document.querySelectorAll("svg text")].map((x) => x.textContent),
  scripts: document.scripts.length, title: document.title,
}), 50);
"""


def walked(browser, drawing, file):
    """A page opened, every card pointed at, every step played; what it then consists of."""
    browser.get(drawing.save(file).as_uri())
    return browser.execute_async_script(WALK)


@pytest.mark.slow
def test_nothing_of_theirs_runs_in_a_page(browser, hostile, tmp_path):
    ours = walked(browser, drawn(["a", "b"]), tmp_path / "ours.html")
    found = walked(browser, hostile, tmp_path / "\"'><img src=x onerror=owned=1>&lt;.html")
    assert found["owned"] is None
    assert found["scripts"] == ours["scripts"] == 2
    assert set(found["tags"]) == set(ours["tags"])
    assert set(found["attributes"]) == set(ours["attributes"])
    texts = {x.replace("\u00a0", " ").strip() for x in found["texts"]}
    assert whole_lines(28) | whole_lines(24) <= texts
    assert whole_lines(28) <= {x.strip() for x in found["titles"]}
    assert whole_lines(80) <= {x.strip() for x in found["facts"]}
    assert found["title"].startswith(plain(HOSTILE[-1], 28))
    for name in HOSTILE:
        assert any(plain(name, 40) in line for line in found["lines"])
        function = plain(f"in {callable_name(name)}", 240).strip()
        assert any(fact.endswith(function) for fact in found["facts"])
    assert [x for x in browser.get_log("browser") if x["level"] == "SEVERE"] == []
