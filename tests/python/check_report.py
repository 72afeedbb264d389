"""Opens a page of `microzone report` in a real Chromium, as a reader does.

usage: check_report.py REPORT.html PICTURE

Prints one line per finding as `name: value`; pictures go to PICTURE-light.png, PICTURE-dark.png, PICTURE-narrow.png,
and the printed page to PICTURE.pdf.
"""

import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

report, picture = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
chromium = shutil.which("chromium") or sys.exit("there is no chromium: run `make packages`")


def opened(browser, complaints, **options):
    page = browser.new_context(accept_downloads=True, **options).new_page()
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    own = report.as_uri()
    page.on("request", lambda request: request.url.startswith((own, "data:", "blob:")) or complaints.append(request.url))
    page.goto(own)
    return page


def column(page, index):
    cells = page.locator(".listing:not([hidden]) tbody tr:not([hidden])").all()
    return [row.locator("td").nth(index).inner_text() for row in cells]


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
    complaints = []
    page = opened(browser, complaints, color_scheme="light", viewport={"width": 1120, "height": 900})
    page.screenshot(path=f"{picture}-light.png", full_page=True)

    # Sorting: by the mean, which is behind the axes, up and down.
    heads = page.locator(".listing:not([hidden]) thead th").all()
    keys = [head.get_attribute("data-key") for head in heads]
    mean = next(index for index, key in enumerate(keys) if key.endswith("_mean"))
    numbers = "rows => rows.map(row => Number(row.cells[%d].dataset.key))" % mean
    visible = page.locator(".listing:not([hidden]) tbody tr")
    heads[mean].locator("button").click()
    up = visible.evaluate_all(numbers)
    print("sorted up:", up == sorted(up), heads[mean].get_attribute("aria-sort"))
    heads[mean].locator("button").click()
    down = visible.evaluate_all(numbers)
    print("sorted down:", down == sorted(up, reverse=True) and down != up, heads[mean].get_attribute("aria-sort"))

    # Filtering: by a comparison, by a text, and by a column that there is not.
    count = page.locator("output[name=count]")
    print("all:", count.inner_text())
    page.fill("[name=filter]", f"{keys[0]} > 0")
    print("filtered:", count.inner_text(), sorted(set(column(page, 0)), key=float))
    page.fill("[name=filter]", "nonsense > 0")
    print("refused:", count.inner_text())
    page.fill("[name=filter]", "")

    # Another observable, and its file.
    if page.locator("[name=observable]").count():
        name = page.locator("[name=observable] option").nth(1).get_attribute("value")
        page.select_option("[name=observable]", name)
        print("observable:", name, page.locator(".listing:not([hidden])").get_attribute("id"))
    with page.expect_download() as download:
        page.click("[name=csv]")
    text = pathlib.Path(download.value.path()).read_text()
    print("csv:", download.value.suggested_filename, text.splitlines()[0])
    with page.expect_download() as download:
        page.click("button.download")
    print("sweep:", download.value.suggested_filename, pathlib.Path(download.value.path()).read_text().startswith("[sweep]"))

    # A figure by the keyboard alone: from the top of the page by Tab.
    page.reload()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "FIGURE":
            break
    readings = []
    for key in ["ArrowRight", "ArrowRight", "ArrowUp", "Home", "End", "ArrowRight"]:
        page.keyboard.press(key)
        readings.append(page.locator("figure:focus .reading").inner_text())
    print("readings:", *readings, sep="\n  ")
    ring = page.locator("figure:focus svg .spot")
    print("ring:", ring.count(), float(ring.get_attribute("cx")) > 0)
    names = page.evaluate("[...document.querySelectorAll('button, input, select, a, figure')].filter(element => "
                          "!(element.ariaLabel || element.textContent.trim() || element.labels?.length)).length")
    print("without a name:", names)

    page.emulate_media(media="print")
    page.pdf(path=f"{picture}.pdf")
    print("pdf:", pathlib.Path(f"{picture}.pdf").read_bytes()[:4].decode())

    dark = opened(browser, complaints, color_scheme="dark", viewport={"width": 1120, "height": 900})
    dark.screenshot(path=f"{picture}-dark.png", full_page=True)
    colour = "getComputedStyle(document.querySelector('%s')).%s"
    print("dark:", dark.evaluate(colour % ("body", "backgroundColor")),
          dark.evaluate(colour % ("figure svg text", "fill")),
          dark.evaluate(colour % ("figure svg rect", "fill")))
    narrow = opened(browser, complaints, color_scheme="light", viewport={"width": 400, "height": 800})
    narrow.screenshot(path=f"{picture}-narrow.png", full_page=True)
    print("narrow:", narrow.evaluate("document.documentElement.scrollWidth"))
    plain = opened(browser, complaints, java_script_enabled=False, viewport={"width": 1120, "height": 900})
    print("without a script:", plain.locator(".listing:visible").count() == plain.locator(".listing").count())
    print("complaints:", *complaints)
    browser.close()
