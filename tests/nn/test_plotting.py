"""The style of figures that ships: it loads by its name and has the colours of ``nn.plotting``."""

from __future__ import annotations

from matplotlib import style

from nn import plotting


def test_the_style_has_our_colours_first() -> None:
    with style.context("nn.style"):
        from matplotlib import rcParams

        cycle = rcParams["axes.prop_cycle"].by_key()["color"]
    assert cycle[:3] == [plotting.BLUE, plotting.ORANGE, plotting.GREEN]
    assert plotting.GREY in cycle
