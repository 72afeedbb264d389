"""How capacity depends on the number of inputs: tables of docs/clopath2012.md."""

import numpy
from scipy.optimize import curve_fit
from scipy.stats import chi2 as chi_squared

from tables import markdown, percent, plain, with_error

# Below this many inputs that are drawn afresh from one pattern to the next, capacity is not near its limit.
ENOUGH = 40

LAWS = {"a + b / N": -1.0, "a + b N^(-2/3)": -2.0 / 3.0}


def changes(point):
    return point["inputs"].item() * (1 - point["input_correlation"].item())


def contradicted(inputs, correlation, capacity):
    """The capacity of N inputs (coding levels 1/2) where the prefix ends at the limit of large N, or at the first pair
    of successive patterns that contradict each other, whichever comes first.

    Successive targets differ with probability (1 - c) / 2. The pair contradicts itself where every input that is active
    in the pattern with target 1 is active in the other one too: with probability (1 - (1 - c) / 4)^N.
    """
    rate = (1 - correlation) / 2 * (1 - (1 - correlation) / 4) ** inputs
    return -numpy.expm1(-rate * capacity * inputs) / (rate * inputs)


def collapse(data, dimension):
    """Capacity over its limit, by N (1 - c), and what first contradictions leave of it."""
    indices = numpy.ndindex(data.sizes[dimension], data.sizes["inputs"])
    points = [data.isel({dimension: i, "inputs": j}) for i, j in indices]
    points = [point for point in points if point["input_correlation"].item() >= 0.8]
    points.sort(key=lambda point: (round(changes(point), 6), point["inputs"].item()))
    rows = []
    for point in points:
        theory, inputs, correlation = (point[name].item() for name in ("capacity_theory", "inputs", "input_correlation"))
        ratio, error = point["capacity_mean"].item() / theory, point["capacity_sem"].item() / theory
        expected = contradicted(inputs, correlation, theory) / theory
        sizes = [f"{changes(point):.0f}", plain(inputs), plain(correlation)]
        rows.append([*sizes, with_error(ratio, error), f"{expected:.3f}"])
    return markdown(["N (1 - c)", "N", "c", "capacity over that of N → ∞", "by first contradictions"], rows)


def extrapolated(sizes, means, errors, power):
    """Both constants of a + b N^power with their errors, and χ² with its degrees of freedom."""
    function = lambda size, a, b: a + b * size**power
    constants, covariance = curve_fit(function, sizes, means, sigma=errors, absolute_sigma=True)
    chi2 = (((function(sizes, *constants) - means) / errors) ** 2).sum()
    return constants, numpy.sqrt(numpy.diag(covariance)), chi2, sizes.size - 2


def extrapolation(cases):
    """The two laws at infinitely many inputs beside the theory; of sizes with N (1 - c) of 40 or more, if there are three.

    `cases` are pairs of a label and the data over the dimension `inputs` at one correlation.
    """
    rows = []
    for label, data in cases:
        drawn_afresh = data["inputs"].values * (1 - data["input_correlation"].item())
        large = data.isel(inputs=numpy.flatnonzero(drawn_afresh >= ENOUGH - 1e-9))
        if large.sizes["inputs"] < 3:
            continue
        sizes = large["inputs"].values.astype(float)
        theory, theory_error = large["capacity_theory"].values[-1], large["capacity_theory_sem"].values[-1]
        for law, power in LAWS.items():
            fit = extrapolated(sizes, large["capacity_mean"].values, large["capacity_sem"].values, power)
            (value, slope), (error, slope_error), chi2, freedom = fit
            distance = (value - theory) / numpy.hypot(error, theory_error)
            rows.append(
                [label, f"{sizes[0]:.0f} to {sizes[-1]:.0f}", law]
                + [with_error(value, error), with_error(slope, slope_error, 1)]
                + [with_error(theory, theory_error), f"{distance:+.1f}", f"{chi_squared.sf(chi2, freedom):.2f}"]
            )
    header = ["", "N", "law", "a", "b", "theory", "a less theory, in errors", "p of the fit"]
    return markdown(header, rows)


def excess(data):
    """At one correlation: how far each size is above the theory, in per cent and in standard errors."""
    rows = []
    for index in range(data.sizes["inputs"]):
        point = data.isel(inputs=index)
        theory, theory_error = point["capacity_theory"].item(), point["capacity_theory_sem"].item()
        mean, error = point["capacity_mean"].item(), point["capacity_sem"].item()
        both = numpy.hypot(error, theory_error)
        sequences = int(numpy.isfinite(point["capacity"].values).sum())
        lost = 1 - contradicted(point["inputs"].item(), point["input_correlation"].item(), theory) / theory
        rows.append(
            [f"N {plain(point['inputs'].item())}", str(sequences), with_error(mean, error, 4)]
            + [with_error(theory, theory_error, 4), f"{100 * (mean / theory - 1):+.2f} ± {100 * both / theory:.2f} %"]
            + [f"{(mean - theory) / both:+.1f}", percent(-lost)]
        )
    header = ["", "sequences", "capacity", "theory", "excess", "in errors", "by first contradictions"]
    return markdown(header, rows)
