"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer

RIGHT = {
    "P": "L + X.T @ X", "m_n": "np.linalg.inv(P) @ (L @ m + X.T @ y)", "V": "np.linalg.inv(P)", "a_n": "a + n / 2",
    "b_n": "b + (y @ y + m @ L @ m - m_n @ P @ m_n) / 2",
}
SLOPE = {"df": "2 * a + n", "at": "m_n[-1]", "width": "(b_n / a_n * V[-1, -1]) ** 0.5"}
LS = "np.linalg.solve(X.T @ X, X.T @ y)"


def computed(result, formulas):
    """Build a function that computes its results by formulas written as text, one after the other."""

    def answer(X, y, mean, precision, a, b):
        known = {"np": np, "inv": np.linalg.inv, "X": X, "y": y, "m": mean, "L": precision, "a": a, "b": b}
        known |= {"n": len(y), "p": len(mean)}
        for name, formula in formulas.items():
            known[name] = eval(formula, known)
        return tuple(known[name] for name in result)

    return answer


def ordered(right, changed):
    """Put what the right formulas do not have first."""
    return {name: formula for name, formula in changed.items() if name not in right} | right | changed


def wrong(name, **changed):
    return wrong_answer(name, posterior=computed(("m_n", "V", "a_n", "b_n"), ordered(RIGHT, changed)))


def wrong_slope(name, **changed):
    return wrong_answer(name, last_slope=computed(("df", "at", "width"), ordered(RIGHT | SLOPE, changed)))


WRONG = (
    wrong("least squares returned", m_n=LS),
    wrong("least squares returned", m_n=LS, V="np.linalg.inv(X.T @ X)", a_n="(n - p) / 2", b_n="np.sum((y - X @ m_n)**2) / 2"),
    wrong("covariance for the prior's precision", L="inv(L)"),
    wrong("shrunk toward zero", m_n="np.linalg.inv(P) @ X.T @ y"),
    wrong("prior mean without its precision", m_n="np.linalg.inv(P) @ (m + X.T @ y)"),
    wrong("prior added to least squares", m_n=f"0.5 * m + 0.5 * {LS}"),
    wrong("precision for covariance", V="P"),
    wrong("covariance of least squares", V="np.linalg.inv(X.T @ X)"),
    wrong("covariances added", V="np.linalg.inv(L) + np.linalg.inv(X.T @ X)"),
    wrong("noise put into V", V="(b + (y @ y + m @ L @ m - m_n @ P @ m_n) / 2) / (a + n / 2) * inv(P)"),
    wrong("noise put into V", V="(b + (y @ y + m @ L @ m - m_n @ P @ m_n) / 2) / (a + n / 2 - 1) * inv(P)"),
    wrong("shape not halved", a_n="a + n"),
    wrong("conditional for marginal", a_n="a + (n + p) / 2"),
    wrong("degrees of freedom of least squares", a_n="a + (n - p) / 2"),
    wrong("prior forgotten in the scale", b_n="b + np.sum((y - X @ m_n)**2) / 2"),
    wrong("residuals of least squares", b_n=f"b + np.sum((y - X @ {LS})**2) / 2"),
    wrong("residuals of least squares", d=f"{LS} - m", b_n=f"b + (np.sum((y - X @ {LS})**2) + d @ L @ d) / 2"),
    wrong("residuals about the prior's line", b_n="b + np.sum((y - X @ m)**2) / 2"),
    wrong("squares of the prior mean forgotten", b_n="b + (y @ y - m_n @ P @ m_n) / 2"),
    wrong("squares not halved", b_n="b + y @ y + m @ L @ m - m_n @ P @ m_n"),
    wrong("distance without the precision", b_n="b + (np.sum((y - X @ m_n)**2) + np.sum((m_n - m)**2)) / 2"),
    wrong("prior of the noise left out", a_n="n / 2"),
    wrong("prior of the noise left out", b_n="(y @ y + m @ L @ m - m_n @ P @ m_n) / 2"),
    wrong("different", b_n="b + y @ y / 2"),
    wrong_answer("shape", posterior=lambda X, y, mean, precision, a, b: mean),
    wrong_slope("shape for degrees of freedom", df="a_n"),
    wrong_slope("degrees of freedom of the t test", df="n - p"),
    wrong_slope("degrees of freedom of the t test", df="n"),
    wrong_slope("first for last", at="m_n[0]", width="(b_n / a_n * V[0, 0]) ** 0.5"),
    wrong_slope("variance for scale", width="b_n / a_n * V[-1, -1]"),
    wrong_slope("mean of the noise for b over a", width="(b_n / (a_n - 1) * V[-1, -1]) ** 0.5"),
    wrong_slope("noise forgotten in the scale", width="V[-1, -1] ** 0.5"),
    wrong_slope("other columns taken as known", width="(b_n / a_n / P[-1, -1]) ** 0.5"),
)
