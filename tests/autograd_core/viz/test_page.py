"""The interactive page: its text, and in headless Chromium (where installed) its behaviour."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import autograd_core as ag
import nn

pytest.importorskip("pygraphviz")
in_browser = pytest.mark.usefixtures("browser")


@pytest.fixture
def opened(browser, network, tmp_path):
    """The page of a network, open; the log must stay empty."""
    file = ag.draw(network).save(tmp_path / "graph.html")
    browser.get(file.as_uri())
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def all_of(browser, selector):
    from selenium.webdriver.common.by import By

    return browser.find_elements(By.CSS_SELECTOR, selector)


def one(browser, selector):
    (found,) = all_of(browser, selector)
    return found


def press(browser, name):
    one(browser, f"[data-do={name}]").click()


def status(browser):
    return one(browser, "footer").text


def shown(browser, selector):
    return [x for x in all_of(browser, f".level:not([hidden]) {selector}") if x.is_displayed()]


def test_the_file_needs_no_other(network):
    page = ag.draw(network).html()
    urls = set(re.findall(r"https?://[^\"' )]+", page))
    assert urls <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert len(page) < 120_000
    assert page.count("<script") == 2


def test_whatever_a_user_names_stays_text():
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028"
    with ag.scope(evil):
        y = ag.Node(2.0, name=evil) * 3.0
    y.name = evil
    page = ag.draw(y).html()
    assert "<script>alert" not in page
    assert "<img" not in page
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.S)[1])
    assert data["levels"][-1]["boxes"]
    assert len(data["events"]) == 2


def test_events_are_both_passes_in_order(network):
    page = ag.draw(network).html()
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.S)[1])
    kinds = [event["kind"] for event in data["events"]]
    assert kinds == ["forward"] * 7 + ["backward"] * 10
    assert [level["boxes"] is not None for level in data["levels"]] == [True, True, True]
    texts = [event["text"] for event in data["events"]]
    assert "∇W = δ₄" not in texts
    assert any(text.startswith("∇W") and "ᵀ" in text for text in texts)


def test_a_graph_too_long_to_replay_says_so():
    y = ag.Node(1.0, name="x")
    for _ in range(500):
        y = np.sin(y)
    page = ag.draw(y).html()
    assert "no replay: 500 operations are more than 400" in page


def test_a_function_shows_the_source_line_of_each_operation():
    page = ag.draw(lambda x: np.sum(np.sin(x)), np.ones(3)).html()
    assert re.search(r"test_page\.py:\d+ in", page)


@in_browser
def test_it_opens_whole(opened):
    assert len(shown(opened, "g.node")) == 12
    assert "loss" in status(opened)
    assert opened.title.startswith("loss")
    assert not shown(opened, "g.future")


@in_browser
def test_the_slider_and_buttons_step_through_both_passes(opened):
    press(opened, "first")
    assert "Nothing is computed yet" in status(opened)
    assert len(shown(opened, "g.future")) == 7
    press(opened, "next")
    assert status(opened).startswith("forward 1 of 7")
    assert len(shown(opened, "g.future")) == 6
    assert len(shown(opened, "g.node.now")) == 1
    for _ in range(7):
        press(opened, "next")
    assert status(opened).startswith("backward 1 of 10")
    assert not shown(opened, "g.future")
    assert len(shown(opened, "g.edge.now")) == 1
    assert all_of(opened, ".level:not([hidden]) .nabla.later")
    press(opened, "last")
    assert not all_of(opened, ".level:not([hidden]) .nabla.later")


@in_browser
def test_play_runs_and_pauses(opened):
    from selenium.webdriver.support.ui import WebDriverWait

    press(opened, "play")
    WebDriverWait(opened, 5).until(lambda b: status(b).startswith("forward 1"))
    assert "pause" in one(opened, "[data-do=play]").text
    press(opened, "play")
    assert "play" in one(opened, "[data-do=play]").text


@in_browser
def test_modules_fold_and_unfold(opened):
    levels = all_of(opened, "[data-level]")
    assert [button.text for button in levels] == ["model", "modules", "operations"]
    levels[0].click()
    assert len(shown(opened, "g.node")) == 4
    folded = next(n for n in shown(opened, "g.node") if "mlp" in n.get_attribute("aria-label"))
    folded.click()
    assert len(shown(opened, "g.node")) == 6
    assert levels[1].get_attribute("aria-pressed") == "true"


@in_browser
def test_a_click_pins_details_and_escape_lets_go(opened):
    from selenium.webdriver.common.keys import Keys

    tanh = next(n for n in shown(opened, "g.node") if "tanh" in n.get_attribute("aria-label"))
    tanh.click()
    details = one(opened, "aside").text
    assert "tanh" in details
    assert "(5, 8)" in details
    assert "float64" in details
    assert "its gradient" in details
    assert len(all_of(opened, "aside .bars")) == 2
    one(opened, "body").send_keys(Keys.ESCAPE)
    assert not all_of(opened, ".pinned")


@in_browser
def test_search_finds_and_dims(opened):
    one(opened, "input[type=search]").send_keys("matmul")
    assert one(opened, "output").text == "2 found"
    assert len(shown(opened, "g.node.found")) == 2
    assert len(shown(opened, "g.node.dim")) == 10


@in_browser
def test_keys_theme_and_zoom(opened):
    from selenium.webdriver.common.keys import Keys

    body = one(opened, "body")
    body.send_keys(Keys.HOME)
    body.send_keys(Keys.ARROW_RIGHT)
    assert status(opened).startswith("forward 1 of 7")
    before = one(opened, ".level:not([hidden])").get_attribute("style")
    body.send_keys("+")
    assert one(opened, ".level:not([hidden])").get_attribute("style") != before
    dark = "dark" in one(opened, ".agp").get_attribute("class")
    press(opened, "theme")
    assert ("dark" in one(opened, ".agp").get_attribute("class")) is not dark


@in_browser
def test_it_can_be_read_aloud(opened):
    for node in shown(opened, "g.node"):
        assert node.get_attribute("role") == "button"
        assert node.get_attribute("aria-label")
        assert node.get_attribute("tabindex") == "0"
    assert one(opened, "footer").get_attribute("aria-live") == "polite"
    assert all(button.get_attribute("aria-label") for button in all_of(opened, "[data-do]"))


def test_an_operation_with_several_results_has_its_details(rng):
    x = ag.Node(rng.normal(size=(5, 3)), name="x")
    page = ag.draw(np.sum(nn.BatchNorm(3, dtype=np.float64)(x) ** 2)).html()
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.S)[1])
    (card,) = (b for b in data["levels"][-1]["boxes"].values() if b["title"] == "batch_norm")
    assert ["results", "3"] in card["facts"]
