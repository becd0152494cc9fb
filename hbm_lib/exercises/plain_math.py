"""Formulas for a terminal: the TeX of an exercise's prompt as plain Unicode.

It knows the commands that the exercises use, by the tables below. A command it
does not know stays as it was written; a test reads every prompt and finds it.
"""

import re
from collections import deque

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ",
    "ell": "ℓ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω", "mid": "|",
    "sim": "~",
    "propto": "∝", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "times": "×", "cdot": "·", "pm": "±", "approx": "≈",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "to": "→", "in": "∈", "ldots": "…", "dots": "…",
    "partial": "∂", "top": "ᵀ", "exp": "exp", "log": "log", "max": "max", "min": "min", "Pr": "Pr",
    ",": " ", ";": " ", ":": " ", " ": " ", "quad": "\u2003", "qquad": "\u2003\u2003", "%": "%", "{": "{", "}": "}",
    "!": "", "left": "", "right": "", "bigl": "", "bigr": "", "Bigl": "", "Bigr": "", "big": "", "Big": "",
}
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
UPRIGHT = ("text", "mathrm", "mathbf", "mathbb", "mathcal", "operatorname")
SUBSCRIPTS = dict(zip("0123456789+-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
SUPERSCRIPTS = dict(zip("0123456789+-=()nijkᵀ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵏᵀ", strict=True))

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_MATH = re.compile(r"(`+)(?:(?!\1).)*\1|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.DOTALL)


def readable(markdown: str) -> str:
    """Return a Markdown text with its formulas in Unicode; code stays as it is.

    Parameters
    ----------
    markdown : str
        Text with formulas between dollar signs. One between double signs
        becomes a quotation of its own.

    Returns
    -------
    str
    """
    def replaced(match: re.Match) -> str:
        if match["display"] is not None:
            return f"\n\n> {_escaped(unicode(match['display']))}\n\n"
        return match[0] if match["inline"] is None else _escaped(unicode(match["inline"]))

    return _MATH.sub(replaced, markdown)


def unicode(tex: str) -> str:
    """Return one formula in Unicode, as in ``θⱼ ~ Normal(μ, τ²)``.

    Parameters
    ----------
    tex : str
        A formula without its dollar signs.

    Returns
    -------
    str
    """
    return re.sub(r" +", " ", _row(deque(_TOKEN.findall(tex)))).strip()


def _escaped(text: str) -> str:
    """Keep what Markdown would take for its own."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def _row(tokens: deque[str]) -> str:
    """Translate up to the closing brace or the end."""
    out = ""
    while tokens:
        token = tokens.popleft()
        if token == "}":
            break
        if token in "_^":
            out += _script(token, _next(tokens))
        else:
            out += _one(token, tokens)
    return out


def _next(tokens: deque[str]) -> str:
    """Translate the next group, command or sign: a command's argument."""
    while tokens and tokens[0].isspace():
        tokens.popleft()
    return _one(tokens.popleft(), tokens) if tokens else ""


def _one(token: str, tokens: deque[str]) -> str:
    """Translate one token, which may take arguments from those that follow."""
    if token == "{":
        return _row(tokens)
    if token.isspace():
        return " "
    name = token.removeprefix("\\")
    if name == token:
        return token
    if name in ("frac", "tfrac", "dfrac"):
        return f"{_tight(_next(tokens))}/{_tight(_next(tokens))}"
    if name == "sqrt":
        return f"√{_tight(_next(tokens))}"
    if name in ACCENTS:
        under = _next(tokens)
        return under[:1] + ACCENTS[name] + under[1:]
    return _next(tokens) if name in UPRIGHT else SYMBOLS.get(name, token)


def _tight(text: str) -> str:
    """Put in parentheses what would fall apart beside a sign."""
    return text if text.isalnum() else f"({text})"


def _script(sign: str, text: str) -> str:
    """Lower or raise a text where Unicode has the letters, else write it out."""
    table = SUBSCRIPTS if sign == "_" else SUPERSCRIPTS
    if all(letter in table for letter in text):
        return "".join(table[letter] for letter in text)
    return sign + (text if len(text) == 1 else f"({text})")
