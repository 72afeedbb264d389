"""Pictures of two reports for the guide: the upper part of the page, in a real Chromium.

usage: screenshots.py PROGRAM RESULTS

RESULTS holds the directories of sweeps/guide/*.toml; `make screenshots` computes them first.
"""

import io
import pathlib
import shutil
import subprocess
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

program, results = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
chromium = shutil.which("chromium") or sys.exit("there is no chromium: run `make packages`")
folder = pathlib.Path(__file__).parent / "guide"

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
    for name, scheme in [("reaching-map", "light"), ("capacity-grid", "dark")]:
        subprocess.run([program, "report", results / name], check=True)
        context = browser.new_context(color_scheme=scheme, viewport={"width": 1120, "height": 900})
        page = context.new_page()
        page.goto((results / name / "report.html").as_uri())
        # From the title to the end of the first figure and of the tables beside it.
        ends = "[...document.querySelectorAll('#figure-1, .marginals')].map(part => part.getBoundingClientRect().bottom)"
        bottom = page.evaluate(f"Math.max(...{ends})")
        clip = {"x": 0, "y": 0, "width": 1120, "height": bottom + 20}
        picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
        path = folder / f"report-{name}.png"
        # A palette takes a third of the bytes.
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path)
    browser.close()
