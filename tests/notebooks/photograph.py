"""Photographs the page of notebook 12 with Chromium: ``python -m tests.notebooks.photograph``.

Sites that show notebooks leave the page out, so the notebook shows the photograph as well.
"""

from __future__ import annotations

import html
import re
import shutil
import tempfile
from pathlib import Path

from tests.notebooks.committed import FOLDER, code_cells, read

STEPS = 9
"""From the start of the replay to the moment that is photographed."""
FLAGS = ("headless=new", "no-sandbox", "disable-gpu", "window-size=1180,800", "hide-scrollbars")


def page() -> str:
    """The page in the notebook's outputs."""
    (path,) = FOLDER.glob("12_*.ipynb")
    outputs = [output for cell in code_cells(read(path)) for output in cell.outputs]
    shown = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    (quoted,) = re.findall(r'srcdoc="([^"]*)"', shown)
    return html.unescape(quoted)


def photograph(text: str, target: Path) -> None:
    """Open a page, step into the backward pass, click on a card, and keep what is seen."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(text, encoding="utf-8")
        driver.get(file.as_uri())
        for name in ["first", *["next"] * STEPS]:
            driver.find_element(By.CSS_SELECTOR, f"[data-do={name}]").click()
        cards = ".level:not([hidden]) g.node[aria-label*=tanh]"
        driver.find_element(By.CSS_SELECTOR, cards).click()
        driver.save_screenshot(str(target))
    driver.quit()


if __name__ == "__main__":
    photograph(page(), FOLDER / "pictures" / "page.png")
