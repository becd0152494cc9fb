"""Formulas of a prompt, readable in a terminal."""

import re

import pytest

from hbm_lib.exercises import bank
from hbm_lib.exercises.plain_math import readable, unicode


@pytest.mark.parametrize(("tex", "plain"), [
    (r"\theta_j \mid \mu, \tau \sim \text{Normal}(\mu, \tau)", "θⱼ | μ, τ ~ Normal(μ, τ)"),
    (r"w_j = 1/\sigma_j^2", "wⱼ = 1/σⱼ²"),
    (r"Q = \sum_j w_j (y_j - \bar y_w)^2", "Q = ∑ⱼ wⱼ (yⱼ - y\u0304_w)²"),
    (r"V_\mu(\tau)^{1/2}", "V_μ(τ)^(1/2)"),
    (r"\exp\!\left(-\tfrac12 w_j \bigl(y_j - \hat\mu(\tau)\bigr)^2\right)", "exp(-1/2 wⱼ (yⱼ - μ\u0302(τ))²)"),
    (r"\text{Normal}\!\left(\bar\theta,\; \tau/\sqrt{J}\right)", "Normal(θ\u0304, τ/√J)"),
    (r"\frac{\sigma^2}{\sigma^2 + \tau^2}", "σ²/(σ² + τ²)"),
    (r"\theta_j = \mu + \tau\,\eta_j", "θⱼ = μ + τ ηⱼ"),
    (r"x^{n+1}_{ij}", "xⁿ⁺¹ᵢⱼ"),
    (r"\unknown x", r"\unknown x"),
])
def test_a_formula(tex, plain):
    assert unicode(tex) == plain


def test_formulas_in_a_text():
    text = "Given $\\tau$ and `price_$x$_y`:\n\n$$\\theta_j =\n  \\mu$$\n\nThen $V_\\mu*2$."
    assert readable(text) == "Given τ and `price_$x$_y`:\n\n\n\n> θⱼ = μ\n\n\n\nThen V\\_μ\\*2."


@pytest.mark.parametrize("name", bank.names())
def test_no_prompt_keeps_tex(name):
    text = re.sub(r"`[^`]*`", "", readable(bank.prompt(bank.find(name))))
    assert "$" not in text
    assert not re.search(r"\\\\|\\[A-Za-z]", text), "a command that hbm_lib.exercises.plain_math does not know"
