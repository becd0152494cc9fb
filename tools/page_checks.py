"""What must be true of the built book's HTML. Each check returns sentences, one a fault.

The functions take the text of a page (or a folder of pages), so that the tests can plant a fault
and see it caught.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

# Where a page is followed from: these attributes load something the moment the page opens.
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
         "audio": "src", "embed": "src", "object": "data", "use": "href", "image": "href"}
LOADING_LINKS = {"stylesheet", "preload", "prefetch", "icon", "shortcut icon", "manifest",
                 "modulepreload", "preconnect", "dns-prefetch"}
STYLE_URL = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])((?:https?:)?//[^'")]+)""")
FILE_NAME = re.compile(r"\b[\w-]+\.(?:svg|png|jpe?g|gif|py|md|ipynb)\b")
VERBS = frozenset(
    """
peaks levels narrows
is are was were be has have had does do shows show shown falls fall rises rise lies lie sits sit
stands stand runs run stays stay drops drop grows grow shrinks shrink moves move pulls pull
spreads contains contain holds hold crosses cross reaches reach meets meet follows follow bends
bend narrows narrow widens widen overlaps overlap agrees agree differs differ exceeds exceed
equals equal tends tend comes come goes go keeps keep gives give leaves leave turns passes pass
fills fill joins join separates separate compares compare climbs climb descends descend makes
make takes take puts put gets get lets let remains remain can cannot would will could may must
appears appear sinks sink misses miss avoids avoid explores explore tells says say looks gathers
gather scatters hugs hug approaches approach borrow borrows concentrate concentrates halves
halve doubles double
""".split()  # noqa: SIM905
)


def soup_of(text: str) -> BeautifulSoup:
    """Parse a page."""
    return BeautifulSoup(text, "lxml")


def is_external(address: str) -> bool:
    """Tell whether an address leaves the book."""
    return bool(re.match(r"^(?:[a-z][a-z0-9+.-]*:)?//", address, re.I))


def external_loads(text: str) -> list[str]:
    """Return what the page would load from another host as it opens."""
    soup, faults = soup_of(text), []
    for tag, attribute in LOADS.items():
        for element in soup.find_all(tag):
            address = element.get(attribute) or element.get(f"xlink:{attribute}") or ""
            if is_external(address):
                faults.append(f"<{tag}> loads {address} from another host.")
    for element in soup.find_all("link"):
        if " ".join(element.get("rel", [])) in LOADING_LINKS and is_external(
                element.get("href", "")):
            faults.append(f"<link> loads {element['href']} from another host.")
    for style in [*soup.find_all("style"), *soup.find_all(style=True)]:
        css = style.get("style") or style.get_text()
        faults += [f"A style loads {address} from another host."
                   for address in STYLE_URL.findall(css)]
    return faults


def external_styles(css: str) -> list[str]:
    """Return what a style sheet would load from another host."""
    return [f"The style sheet loads {address} from another host."
            for address in STYLE_URL.findall(css)]


def duplicate_ids(text: str) -> list[str]:
    """Return the ids that occur more than once."""
    seen, faults = set(), []
    for element in soup_of(text).find_all(id=True):
        if element["id"] in seen:
            faults.append(f"The id {element['id']!r} occurs more than once.")
        seen.add(element["id"])
    return faults


def why_no_sentence(text: str) -> str | None:
    """Say why a text is not a description in sentences, or return None when it is."""
    text = " ".join(text.split())
    if not text:
        return "is empty"
    if FILE_NAME.search(text):
        return "names a file"
    if len(text) < 40:
        return f"has {len(text)} characters; a sentence that says what is seen has 40 or more"
    if not text.endswith((".", "!", "?")):
        return "does not end like a sentence"
    if not VERBS & set(re.findall(r"[a-z]+", text.lower())):
        return "is a label without a verb; say what the figure shows"
    return None


def poor_descriptions(text: str) -> list[str]:
    """Return the figures whose description is missing or is not a sentence."""
    soup, faults = soup_of(text), []
    for image in soup.find_all("img"):
        if not image.has_attr("alt"):
            faults.append(f"The image {image.get('src')} has no alt text.")
    article = soup.find("article") or soup.find("main") or soup
    described = [(f"The image {i.get('src', '')[:60]}", i.get("alt", ""))
                 for i in article.find_all("img")]
    for kind in ("hbm-figure", "hbm-live"):
        described += [(f"The figure {i.get('id') or i.get('class')}", i.get("aria-label", ""))
                      for i in article.select(f".{kind}")]
    for name, description in described:
        reason = why_no_sentence(description)
        if reason:
            faults.append(f"{name}: its description {reason} ({description[:60]!r}).")
    return faults


@cache
def anchors(path: Path) -> frozenset[str]:
    """Return the anchors that a page offers."""
    soup = soup_of(path.read_text(encoding="utf-8"))
    names = {element["id"] for element in soup.find_all(id=True)}
    return frozenset(names | {element["name"] for element in soup.find_all("a", attrs={"name": True})})


def dead_links(path: Path) -> list[str]:
    """Return the links of a page that lead nowhere inside the book."""
    soup, faults = soup_of(path.read_text(encoding="utf-8")), []
    targets = [(tag, element.get(attribute)) for tag, attribute in
               [*LOADS.items(), ("a", "href"), ("link", "href")]
               for element in soup.find_all(tag)]
    for tag, address in targets:
        if not address or is_external(address) or urlsplit(address).scheme:
            continue
        parts = urlsplit(address)
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if target.is_dir():
            target = target / "index.html"
        if not target.exists():
            faults.append(f"<{tag}> points at {address}, which does not exist.")
        elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in anchors(target):
            faults.append(f"<{tag}> points at {address}, which has no such anchor.")
    return faults


def page_faults(path: Path) -> list[str]:
    """Return every fault of a page, from all checks."""
    text = path.read_text(encoding="utf-8")
    return (dead_links(path) + duplicate_ids(text) + poor_descriptions(text)
            + external_loads(text))


def first_load(path: Path) -> int:
    """Return the bytes (gzip) a browser fetches to open a page: HTML, styles, scripts, images.

    Fonts that the styles ask for are counted when the page preloads them; Vega is not counted, as
    it is fetched after the page stands.
    """
    soup = soup_of(path.read_text(encoding="utf-8"))
    wanted = {path}
    for tag, attribute in (("script", "src"), ("img", "src"), ("link", "href")):
        for element in soup.find_all(tag):
            address = element.get(attribute, "")
            if not address or is_external(address) or address.startswith("data:"):
                continue
            if tag == "link" and " ".join(element.get("rel", [])) not in LOADING_LINKS:
                continue
            wanted.add((path.parent / unquote(urlsplit(address).path)).resolve())
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in wanted if file.is_file())
