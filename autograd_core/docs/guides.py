"""The Markdown files of this folder as web pages, and the front page, for ``site.py``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"
FRONT = "README"

ORDER = """from_pytorch from_jax from_autograd from_micrograd functions semantics errors
arrays many_processes reliability contributing""".split()
"""The guides as they are listed; what is not named here comes last."""

ASIDE = ("compat", "ops", "compiler", "errors", "cli")
"""Packages that few readers look for: at the end of their list."""


def write(pdoc: Any, folder: Path, modules: Mapping[str, ModuleType]) -> None:
    """Write every guide, and ``index.html``."""
    names = [path.stem for path in FOLDER.glob("*.md") if path.stem != FRONT]
    names.sort(key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    shared = {
        "guides": [(name, title(text_of(name))) for name in names],
        "top": [name for name in modules if "." not in name],
        "reference": reference(pdoc, modules),
    }
    template = pdoc.render.env.get_template("guide.html.jinja2")
    for name, page in [(FRONT, "index"), *((name, name) for name in names)]:
        body = linked(pdoc.render_helpers.to_html(on_the_site(text_of(name), names)), modules)
        html = template.render(
            page=page,
            title=title(text_of(name)),
            body=unbroken(body),
            contents=contents(body),
            **shared,
        )
        (folder / f"{page}.html").write_text(html, encoding="utf-8")


def text_of(name: str) -> str:
    """A guide's Markdown."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def title(text: str) -> str:
    """Its first heading."""
    return text.partition("\n")[0].lstrip("# ")


def linked(body: str, modules: Mapping[str, ModuleType]) -> str:
    """HTML in which names such as ``ag.grad`` lead to the reference."""

    def link(found: re.Match[str]) -> str:
        full = re.sub(r"^ag\b", "autograd_core", found[1])
        module, _, name = full.rpartition(".")
        if full not in modules and name not in getattr(modules.get(module), "__all__", ()):
            return found[0]
        page, at = (full, "") if full in modules else (module, f"#{name}")
        return f'<a href="{page.replace(".", "/")}.html{at}">{found[0]}</a>'

    return re.sub(r"<code>((?:ag|autograd_core|nn)(?:\.\w+)+)</code>", link, body)


def unbroken(body: str) -> str:
    """HTML in which names that are not long stay on one line."""
    return re.sub(r"<code>([\w.]{1,24})</code>", r'<code class="whole">\1</code>', body)


def contents(body: str) -> str:
    """Links to its sections, if there are several."""
    sections = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', str(body))
    plain = [(at, re.sub("<[^>]+>", "", words)) for at, words in sections]
    items = "".join(f'<li><a href="#{at}">{words}</a></li>' for at, words in plain)
    return f"<ul>{items}</ul>" if len(sections) > 1 else ""


def on_the_site(text: str, pages: Sequence[str]) -> str:
    """Markdown with links to pages, and without those to files that are not on the site."""

    def link(found: re.Match[str]) -> str:
        words, target = found.groups()
        if words is None:  # code, where x[0](y) is no link
            return found[0]
        if target.startswith(("http", "#")):
            return found[0]
        stem = target.removesuffix(".md")
        return f"[{words}]({stem}.html)" if stem in pages else words

    return re.sub(r"```.*?```|`[^`\n]+`|\[([^\]\n]+)\]\(([^)\s]+)\)", link, text, flags=re.DOTALL)


def reference(
    pdoc: Any, modules: Mapping[str, ModuleType]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every package with its modules and the first sentences of their docstrings."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(modules, key=place):
        top, _, rest = name.partition(".")
        if rest.count(".") < 2 or not rest.startswith("compat."):
            summary = (modules[name].__doc__ or "").partition("\n\n")[0].replace("``", "`")
            html = pdoc.render_helpers.to_html(summary)
            found.setdefault(top, []).append((name, re.sub("</?p>", "", html)))
    return list(found.items())


def place(module: str) -> tuple[Any, ...]:
    """Where a module stands in the list: its package first, what few look for last."""
    top, *inner = module.split(".")
    return top, bool(inner) and inner[0] in ASIDE, inner
