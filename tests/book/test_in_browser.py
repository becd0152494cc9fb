"""Every page in a real Chromium, opened from the file system: light, dark, 390 pixels wide.

No console error, no request to another host, no fault found by axe-core, no sideways scrolling on
a phone, mathematics set, live charts drawn and following their slider, nothing that jumps while a page loads.
"""

import os
import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOST_SHIFT = 0.1  # the sum of layout shifts that the Web Vitals call good
RUN_AXE = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]});
  return found.violations.map(v => `${v.id}: ${v.help}: ` +
    v.nodes.slice(0, 3).map(n => `${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 200)}`).join(" | "));
}"""


@pytest.fixture(scope="module")
def browser():
    found = next((shutil.which(name) for name in NAMES if shutil.which(name)), None)
    if found is None:
        sentence = ("No Chromium was found, so the pages were not opened in a browser. Install it "
                    "with your system's packages (Debian: apt-get install chromium).")
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: message.type == "error"
            and page.faults.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: page.faults.append(f"script: {error}"))
    page.on("request", lambda request: not request.url.startswith(("file:", "data:", "blob:"))
            and page.faults.append(f"request to another host: {request.url}"))
    page.on("requestfailed", lambda request: page.faults.append(f"cannot load {request.url}"))
    yield page
    context.close()


def settle(page):
    """Come near every live chart, as a reader does, and wait until all stand."""
    for box in page.locator(".hbm-live").all():
        box.scroll_into_view_if_needed()
        page.wait_for_function("box => box.dataset.drawn", arg=box.element_handle(), timeout=15_000)
    page.evaluate("() => document.fonts.ready")


def theme(page):
    return page.evaluate("document.documentElement.dataset.theme")


def test_a_page_stands_light_dark_and_on_a_phone(tab, page_path):
    tab.goto(page_path.as_uri())
    settle(tab)
    assert theme(tab) == "light"
    tab.add_style_tag(content="*, *::before, *::after { transition: none !important; }")
    tab.evaluate(AXE)
    light = tab.evaluate(RUN_AXE)

    tab.emulate_media(color_scheme="dark")
    tab.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    tab.wait_for_function("() => [...document.querySelectorAll('.hbm-live')]"
                          ".every(box => box.dataset.drawn === 'dark')")
    dark = [fault for fault in tab.evaluate(RUN_AXE) if fault not in light]

    tab.set_viewport_size({"width": 390, "height": 844})
    wide = tab.evaluate("document.documentElement.scrollWidth")
    escaping = tab.evaluate("""() => {
      const scrolls = e => { for (; e && e !== document.body; e = e.parentElement) {
        const o = getComputedStyle(e).overflowX; if (o === 'auto' || o === 'scroll' || o === 'hidden') return true; }
        return false; };
      return [...document.querySelectorAll('article *')].filter(e =>
        e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
        .slice(0, 3).map(e => e.outerHTML.slice(0, 120)); }""")

    faults = [*tab.faults, *(f"axe, light: {fault}" for fault in light),
              *(f"axe, dark: {fault}" for fault in dark),
              *(f"leaves the phone's screen: {element}" for element in escaping)]
    if wide > 390:
        faults.append(f"the page is {wide} pixels wide on a screen of 390")
    assert not faults, "\n".join(faults)


@pytest.mark.pages_with('class="math')
def test_mathematics_is_set_without_a_script(tab, page_path):
    tab.goto(page_path.as_uri())
    settle(tab)
    formulas = tab.locator("span.math, div.math")
    assert tab.locator("mjx-container").count() == formulas.count() > 0
    assert tab.locator("mjx-assistive-mml > math").count() == formulas.count()
    assert tab.locator("mjx-merror, [data-mjx-error]").count() == 0
    empty = tab.evaluate("""() => [...document.querySelectorAll("mjx-c")]
      .filter(c => ["none", "normal"].includes(getComputedStyle(c, "::before").content)).map(c => c.className)""")
    assert not empty, "characters without their glyph"
    missing = tab.evaluate("""() => [...document.fonts].filter(font => font.status === "error").map(font => font.family)""")
    assert not missing
    assert not tab.evaluate("() => 'MathJax' in window")
    assert not tab.faults


@pytest.mark.pages_with('class="hbm-live')
def test_a_live_chart_follows_its_slider(tab, page_path):
    tab.goto(page_path.as_uri())
    settle(tab)
    for box in tab.locator(".hbm-live").all():
        slider = box.locator("input[type=range]").first
        drawing = box.locator(".hbm-canvas svg").first
        room, taken = (part.bounding_box()["width"] for part in (box, drawing))
        assert 0.8 * room <= taken <= room + 1, f"a drawing {taken} pixels wide in a place of {room}"
        slider.evaluate("e => { e.value = e.min; e.dispatchEvent(new Event('input')); }")
        tab.wait_for_timeout(200)
        at_the_left = drawing.inner_html()
        slider.evaluate("e => { e.value = e.max; e.dispatchEvent(new Event('input')); }")
        tab.wait_for_timeout(200)
        assert drawing.inner_html() != at_the_left
        assert "NaN" not in drawing.inner_html()
    assert not tab.faults


@pytest.mark.pages_with('class="hbm-live')
def test_vega_is_fetched_only_near_a_chart_and_moves_nothing(tab, page_path):
    tab.set_viewport_size({"width": 1350, "height": 400})
    fetched = []
    tab.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
    tab.goto(page_path.as_uri(), wait_until="load")
    first = tab.locator(".hbm-live").first
    assert first.bounding_box()["y"] > 1000, "the chart is near the top: this test would test nothing"
    tab.wait_for_timeout(500)
    assert "charts.js" in " ".join(fetched)
    assert "vega.js" not in fetched
    tall = first.bounding_box()["height"]
    settle(tab)
    assert "vega.js" in fetched
    assert abs(first.bounding_box()["height"] - tall) <= 24, "the chart takes another height than its picture"


def shift(page) -> float:
    """Return how far the page jumped while it loaded: the sum of the browser's layout shifts."""
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(700)
    return page.evaluate("() => window.shifts.reduce((sum, value) => sum + value, 0)")


@pytest.fixture
def watched(tab):
    """A tab of the size that Lighthouse calls a desktop, which notes every layout shift."""
    tab.set_viewport_size({"width": 1350, "height": 940})
    tab.add_init_script("""window.shifts = [];
      new PerformanceObserver(list => list.getEntries().forEach(entry => shifts.push(entry.value)))
        .observe({type: "layout-shift", buffered: true});""")
    return tab


def test_a_page_stands_still_while_it_loads(watched, page_path):
    watched.goto(page_path.as_uri())
    assert shift(watched) < MOST_SHIFT


def test_the_measure_sees_a_formula_that_pushes_the_text(watched, tmp_path):
    page = tmp_path / "jumps.html"
    page.write_text("""<div id="a"></div><p style="height: 600px">text</p><script>
      requestAnimationFrame(() => setTimeout(() => { a.style.height = "300px"; }, 200));</script>""", encoding="utf-8")
    watched.goto(page.as_uri())
    assert shift(watched) > MOST_SHIFT


def test_the_search_finds_a_page_from_the_file_system(tab, html):
    tab.goto((html / "search.html").as_uri() + "?q=shrinkage")
    tab.wait_for_selector("#search-results li a", timeout=15_000)
    assert tab.locator("#search-results li a").count() >= 1
    assert not tab.faults


def test_the_checker_catches_a_bad_page(tab, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<html><body><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
                   '<script>console.error("planted")</script></body></html>', encoding="utf-8")
    tab.goto(bad.as_uri())
    tab.evaluate(AXE)
    found = tab.evaluate(RUN_AXE)
    assert any(fault.startswith("image-alt") for fault in found)
    assert any("planted" in fault for fault in tab.faults)
