"""Every number in a page's prose must come from a claim of that page, or be declared as given.

A number counts when it has a decimal point, a per cent sign, or two digits or more. It may repeat
a claim's number to fewer digits. Quantities that are conventions or data, not results, are
declared in the page's source: ``<!-- given: 0.95, 1981, 28 -->``.
"""

import re
from dataclasses import dataclass

NUMBER = re.compile(
    r"(?<![\w.,/])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w]|[.,]\d)(\s?%|\s+per\s?cent\b)?"
)
GIVEN = re.compile(r"<!--\s*given:(.*?)-->", re.S)
CODE_BLOCKS = {"code-cell", "code", "code-block", "math", "eval-rst", "raw", "bibliography",
               "literalinclude", "mermaid", "glossary-code"}


@dataclass(frozen=True)
class Number:
    """A number as it stands in a text."""

    text: str
    line: int

    @property
    def value(self) -> float:
        """Return the number without its sign."""
        return float(self.text.replace(",", ""))

    @property
    def decimals(self) -> int:
        """Return how many digits follow the decimal point."""
        return len(self.text.partition(".")[2])


def blank(text: str) -> str:
    """Replace everything but line ends by spaces, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", text)


def without_code(text: str) -> str:
    """Blank code blocks; keep the prose inside directives and the captions of code cells."""
    kept, fences, front = [], [], text.startswith("---\n")
    for index, line in enumerate(text.split("\n")):
        if front:
            kept.append("")
            front = index == 0 or line != "---"
            continue
        fence = re.match(r"\s*(`{3,}|:{3,}|~{3,})\s*(?:\{([\w:-]+)\})?(.*)$", line)
        inside_code = bool(fences) and fences[-1][1]
        if fence and fences and not fence[2] and not fence[3].strip() and (
                fence[1].startswith(fences[-1][0])):
            fences.pop()
            kept.append("")
        elif fence and not inside_code:
            is_code = fence[2] is None or fence[2] in CODE_BLOCKS
            fences.append((fence[1], is_code))
            kept.append("" if is_code else fence[3])
        elif inside_code:
            caption = re.match(r"\s+caption:\s*(.*)$", line)
            kept.append(caption[1] if caption else "")
        elif fences and re.match(r"\s*:[\w-]+:", line):
            kept.append("")
        else:
            kept.append(line)
    return "\n".join(kept)


def prose(text: str) -> str:
    """Return a page's prose, everything else blanked, line for line."""
    text = re.sub(r"<!--.*?-->", lambda m: blank(m[0]), text, flags=re.S)
    text = without_code(text)
    for pattern in (
        r"\$\$.*?\$\$(?:\s*\([\w-]+\))?",           # displayed mathematics and its label
        r"\{[\w:-]+\}`[^`]*`",                       # roles: references, citations, terms
        r"`[^`]*`",                                  # code
        r"(?<![\\$\d])\$(?:[^$\n]|\n(?!\n))+?\$",    # mathematics in a line
        r"\]\([^)]*\)",                              # where links point
        r"<[^>\n]+>",                                # addresses and tags
        r"^\([\w-]+\)=\s*$",                         # targets
        r"^\s*\d+\.(?=\s)",                          # numbers of list items
    ):
        text = re.sub(pattern, lambda m: blank(m[0]), text, flags=re.S | re.M)
    return text


def numbers(text: str) -> list[Number]:
    """Return every number of a text, with its line."""
    return [Number(match[1], text.count("\n", 0, match.start()) + 1)
            for match in NUMBER.finditer(text)]


def results(text: str) -> list[Number]:
    """Return the numbers of a text that look like results."""
    found = []
    for match in NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match[1])
        if "." in match[1] or match[2] or len(digits) > 1:
            found.append(Number(match[1], text.count("\n", 0, match.start()) + 1))
    return found


def supported(number: Number, known: list[Number]) -> bool:
    """Tell whether a number repeats a known one, to as many digits or fewer."""
    return any(other.decimals >= number.decimals
               and round(other.value, number.decimals) == number.value for other in known)


def unsupported(source: str, claims: list[str]) -> list[Number]:
    """Return the numbers of a page's prose that neither a claim nor a declaration explains."""
    known = [number for claim in claims for number in numbers(claim)]
    given = [number for match in GIVEN.findall(source) for number in numbers(
        re.sub(r",(?!\d{3}\b)", " ", match))]
    exact = {number.value for number in given}
    return [number for number in results(prose(source))
            if number.value not in exact and not supported(number, known)]
