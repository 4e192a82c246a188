"""The web pages: built without a warning, every link leads somewhere, every guide is on them."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import autograd_core as ag
import nn
from autograd_core.docs import scipys

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "autograd_core" / "docs"
DOCUMENTS = [ROOT / "README.md", ROOT / "notebooks" / "README.md", *sorted(DOCS.glob("*.md"))]
SCRIPT = re.compile("<script.*?</script>", re.DOTALL)
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')


def test_the_first_page_names_every_public_name_of_the_engine() -> None:
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`ag\.(\w+)`", text))
    assert named == set(ag.__all__) - {"__version__"}
    assert set(re.findall(r"`nn\.(\w+)`", text)) <= {*dir(nn), "estimators"}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda path: path.name)
def test_documents_link_to_files_that_exist(file: Path) -> None:
    words = re.sub("```.*?```|`[^`]+`", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", words):
        there = target.startswith("http") or (file.parent / target).exists()
        assert there, f"{file.name} links to {target}, which is not there"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """Every page, by its path."""
    pytest.importorskip("pdoc", reason="pdoc is in the extra docs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-W", "error", "-m", "autograd_core.docs.site", str(folder)]
    done = subprocess.run(
        [*command, "autograd_core", "nn"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    pages = [path.resolve() for path in folder.rglob("*.html")]
    return {path: SCRIPT.sub("", path.read_text(encoding="utf-8")) for path in pages}


@pytest.mark.slow
def test_every_link_leads_somewhere(site: dict[Path, str]) -> None:
    anchors = {path: {*re.findall(r'\bid="([^"]+)"', html)} for path, html in site.items()}
    links = 0
    for path, html in site.items():
        for href in map(unescape, LINK.findall(html)):
            if re.match("https?:|data:|mailto:", href):
                continue
            place, _, at = href.partition("#")
            target = (path.parent / place).resolve() if place else path
            assert target in site, f"{path.name} links to {href}, which is not there"
            assert not at or at in anchors[target], f"{path.name} links to {href}: no such place"
            links += 1
    assert links > 2000


@pytest.mark.slow
def test_every_guide_and_module_has_a_page(site: dict[Path, str]) -> None:
    front = next(path for path in site if path.name == "index.html")
    names = {path.relative_to(front.parent).with_suffix("").as_posix() for path in site}
    guides = {path.stem for path in DOCS.glob("*.md")} - {"README"}
    assert guides | {"autograd_core", "nn", "nn/layers", "autograd_core/scipy/stats"} <= names
    assert all(f'href="{name}.html"' in site[front] for name in guides)


@pytest.mark.slow
def test_what_a_class_has_from_a_base_class_is_shown(site: dict[Path, str]) -> None:
    page = next(html for path, html in site.items() if path.name == "estimators.html")
    assert 'id="MLPClassifier.fit"' in page
    assert "Train on all of" in page


@pytest.mark.slow
def test_nothing_of_the_docstrings_markup_is_left(site: dict[Path, str]) -> None:
    for path, html in site.items():
        code = r"<pre.*?</pre>|<code.*?</code>|<style.*?</style>|<[^>]+>"
        text = unescape(re.sub(code, "", html, flags=re.DOTALL))
        left = re.search(r"``|-{5}|:\w+:`|\*\*\*", text)
        assert not left, f"{path.name}: {text[left.start() - 40 : left.end() + 40]!r}"


@pytest.mark.slow
def test_distributions_are_shown_and_signatures_are_short(site: dict[Path, str]) -> None:
    page = next(html for path, html in site.items() if path.name == "stats.html")
    assert all(f'id="{name}"' in page for name in scipys.distributions())
    assert not any("_SupportsArray" in html for html in site.values())


@pytest.mark.slow
def test_code_of_the_guides_is_as_it_is_written(site: dict[Path, str]) -> None:
    for file in sorted(DOCS.glob("*.md")):
        name = "index.html" if file.stem == "README" else f"{file.stem}.html"
        page = site[min((p for p in site if p.name == name), key=lambda path: len(path.parts))]
        shown = re.sub(r"\s", "", unescape(re.sub("<[^>]+>", "", page)))
        text = file.read_text(encoding="utf-8")
        codes = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
        codes += re.findall(r"`([^`\n]+)`", re.sub("```.*?```", "", text, flags=re.DOTALL))
        for code in codes:
            assert re.sub(r"\s", "", code) in shown, f"{name} shows otherwise: {code}"
