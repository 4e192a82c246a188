"""The two palettes, light and dark, and the style sheet that lets one SVG follow its page.

Chosen by computation: text stands out from its ground by at least 4.6 to 1, lines by 3.1 to 1, and
the roles stay apart under simulated colour blindness and in grey (each also has its own shape and
place). Within a palette no colour occurs twice, if only by one step: a colour in an SVG then tells
its role.
"""

from __future__ import annotations

LIGHT = {
    "ground": "#ffffff",
    "ink": "#1f2937",
    "muted": "#5f6b7a",
    "line": "#788394",
    "op": "#fefefe",
    "group": "#f4f6f9",
    "group2": "#e9edf3",
    "groupline": "#cbd3de",
    "input": "#005b8f",
    "inputfill": "#e6f1f8",
    "inputline": "#3484b6",
    "parameter": "#6b4300",
    "parameterfill": "#fff3d6",
    "parameterline": "#b07304",
    "constant": "#5e6b7a",
    "constantfill": "#f7f7f7",
    "result": "#fffffc",
    "resultfill": "#2b3a55",
    "resultline": "#2b3a54",
    "resultmuted": "#c6d0e0",
    "resultgrad": "#ffb892",
    "grad": "#b03a00",
    "alarm": "#b8102e",
    "alarmink": "#fffdfd",
    "backward": "#fff7f2",
    "backwardline": "#e0a98c",
}

DARK = {
    "ground": "#111820",
    "ink": "#e6eaf0",
    "muted": "#9aa7b8",
    "line": "#748296",
    "op": "#1c2530",
    "group": "#161e28",
    "group2": "#202b38",
    "groupline": "#34424f",
    "input": "#7cc7f2",
    "inputfill": "#12304a",
    "inputline": "#3d8fc2",
    "parameter": "#f5c25b",
    "parameterfill": "#3a2c0c",
    "parameterline": "#b9841b",
    "constant": "#9aa7b9",
    "constantfill": "#1a2029",
    "result": "#111821",
    "resultfill": "#d5deea",
    "resultline": "#d5deeb",
    "resultmuted": "#44546a",
    "resultgrad": "#a33600",
    "grad": "#ff9d6b",
    "alarm": "#ff8093",
    "alarmink": "#1a0508",
    "backward": "#241812",
    "backwardline": "#7d5236",
}

PALETTES = {"light": LIGHT, "auto": LIGHT, "dark": DARK}
HEAT = ("#24386f", "#4a5a78", "#767676", "#a59c74", "#c9b45c", "#e3c63a")
"""Gradients from the smallest to the largest: dark blue to yellow, told apart by any eye.

The same in both palettes; the width says it too.
"""
FONT = "Helvetica,Arial,sans-serif"


LIGHT_PAGES = (
    "[data-jp-theme-light=true]",
    ".vscode-light",
    "html[theme=light]",
    "html[data-theme=light]",
)
DARK_PAGES = (
    "[data-jp-theme-light=false]",
    ".vscode-dark",
    "html[theme=dark]",
    "html[data-theme=dark]",
)


def theme_sheet(svg: str, scope: str = "agd") -> str:
    """CSS by which ``svg``, drawn in the light palette, follows a dark page.

    Its attributes stay, for readers without style sheets. Everything is confined to elements of
    class ``scope``: a style sheet inside an SVG reaches the whole page.
    """
    uses = [
        (use, name, f'[{use}="{colour}"]')
        for name, colour in LIGHT.items()
        for use in ("fill", "stroke")
        if f'{use}="{colour}"' in svg
    ]
    names = dict.fromkeys(name for _, name, _ in uses)
    light, dark = (
        "".join(f"--{name}:{colours[name]};" for name in names) for colours in (LIGHT, DARK)
    )
    rules = [
        f".{scope}{{{light}}}",
        f"@media(prefers-color-scheme:dark){{.{scope}{{{dark}}}}}",
        ",".join(f"{page} .{scope}" for page in LIGHT_PAGES) + f"{{{light}}}",
        ",".join(f"{page} .{scope}" for page in DARK_PAGES) + f"{{{dark}}}",
    ]
    return "\n".join(
        rules + [f".{scope} {where}{{{use}:var(--{name})}}" for use, name, where in uses]
    )
