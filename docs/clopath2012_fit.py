"""Fits of the capacity over correlation for docs/clopath2012.md: the paper's Eq. 4 as we read it, and how capacity diverges."""

import functools
import json

import numpy
from scipy.optimize import curve_fit

from tables import markdown, percent, plain, with_error

# Correlations (of inputs and outputs alike) at which the theory is asked for, the last ones beyond any simulation.
FITTED = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
BEYOND = [0.99, 0.995]


def precision(correlation):
    """The relative standard error asked of the theory: about as small as its longest sequences allow."""
    return max(0.001, float(f"{0.0005 / (1 - correlation) ** 0.5:.2g}"))


# Where the search for a, p and q begins.
START_OF_ONE = (0.4, 1.7, 0.8)
START_OF_BOTH = (0.6, 1.0, 0.7)


def of_both(correlations, a, p, q):
    """1 where either correlation is 0, and infinite where both are 1: three constants for two correlations."""
    product = correlations[0] * correlations[1]
    return 1 + a * product**p / (1 - product) ** q


def of_one(correlation, a, p, q):
    """The same for the diagonal only."""
    return 1 + a * correlation**p / (1 - correlation) ** q


def law(correlation, a, q):
    """A pure power law."""
    return a / (1 - correlation) ** q


class Theory:
    """The capacity of infinitely many inputs on the diagonal, asked for once per correlation."""

    def __init__(self, microzone):
        @functools.cache
        def of(correlation):
            flags = ("--input-correlation", correlation, "--output-correlation", correlation)
            flags += ("--standard-error", precision(correlation), "--format", "json")
            answer = json.loads(microzone("theory", "capacity", *flags))
            return answer["capacity"], answer["capacity_standard_error"]

        self.of = of

    def values(self, correlations):
        pairs = [self.of(correlation) for correlation in correlations]
        return numpy.array([value for value, _ in pairs]), numpy.array([error for _, error in pairs])


def fitted(function, where, values, errors, start):
    """Constants, their errors, χ² per degree of freedom, and the relative residuals.

    Without errors all values have the same relative weight, the errors of the constants follow from the residuals, and
    there is no χ². With errors these are scaled by √χ² where that is above 1.
    """
    sigma = values if errors is None else errors
    constants, covariance = curve_fit(
        function, where, values, p0=start, sigma=sigma, absolute_sigma=errors is not None, maxfev=10_000
    )
    residuals = function(where, *constants) / values - 1
    deviations = numpy.sqrt(numpy.diag(covariance))
    if errors is None:
        return constants, deviations, None, residuals
    chi2 = ((residuals * values / errors) ** 2).sum() / (values.size - len(constants))
    return constants, deviations * numpy.sqrt(max(chi2, 1.0)), chi2, residuals


def row(label, fit, names, places):
    constants, errors, chi2, residuals = fit
    worst = int(numpy.abs(residuals).argmax())
    text = ", ".join(f"{name} = {with_error(c, e)}" for name, c, e in zip(names, constants, errors))
    rms = f"{100 * numpy.sqrt((residuals**2).mean()):.2f} %"
    quality = "–" if chi2 is None else f"{chi2:.1f}"
    return [label, text, rms, f"{percent(residuals[worst])} at {places[worst]}", quality]


HEADER = ["fitted to", "constants", "rms deviation", "largest deviation", "χ² per degree of freedom"]


def grid_fit(grid):
    """The function of both correlations, fitted to the cells of Fig. 2B, C whose inputs and outputs are correlated."""
    cells = grid.stack(cell=("input_correlation", "output_correlation"))
    inside = (cells["input_correlation"] > 0) & (cells["output_correlation"] > 0)
    cells = cells.isel(cell=numpy.flatnonzero(inside.values))
    where = numpy.array([cells["input_correlation"].values, cells["output_correlation"].values])
    places = [f"{plain(i)}, {plain(o)}" for i, o in where.T]
    names = ("a", "p", "q")
    theory, simulation = cells["capacity_theory"].values, cells["capacity_mean"].values
    equally = fitted(of_both, where, theory, None, START_OF_BOTH)
    weighted = fitted(of_both, where, simulation, cells["capacity_sem"].values, START_OF_BOTH)
    rows = [row("theory, 25 cells", equally, names, places), row("simulation, 25 cells", weighted, names, places)]
    return markdown(HEADER, rows)


def diagonal_functions(theory):
    """The fits of both functions to the theory on the diagonal, with equal relative weights."""
    values, _ = theory.values(FITTED)
    where = numpy.array(FITTED)
    both = lambda c, a, p, q: of_both((c, c), a, p, q)
    one = fitted(of_one, where, values, None, START_OF_ONE)
    return one, fitted(both, where, values, None, START_OF_BOTH)


def diagonal_fits(theory, equal):
    """Functions of one correlation, fitted to the diagonal: theory with equal relative weights, and the simulation."""
    values, _ = theory.values(FITTED)
    where = numpy.array(FITTED)
    places = [f"c = {plain(c)}" for c in FITTED]
    names = ("a", "p", "q")
    one, both = diagonal_functions(theory)
    rows = [row("theory, c 0.1 to 0.98: 1 + a c^p / (1 - c)^q", one, names, places)]
    rows.append(row("the same: 1 + a c^2p / (1 - c²)^q", both, names, places))
    high = where >= 0.8
    power = fitted(law, where[high], values[high], None, (0.6, 0.7))
    high_places = [f"c = {plain(c)}" for c in where[high]]
    rows.append(row("theory, c 0.8 to 0.98: a / (1 - c)^q, without the 1", power, ("a", "q"), high_places))
    # Where cells of 1000 inputs are large enough: N (1 - c) of 40 or more.
    kept = (equal["input_correlation"].values > 0) & (equal["input_correlation"].values <= 0.95)
    correlations = equal["input_correlation"].values[kept]
    mean, error = equal["capacity_mean"].values[kept], equal["capacity_sem"].values[kept]
    places = [f"c = {plain(c)}" for c in correlations]
    simulated = fitted(of_one, correlations, mean, error, START_OF_ONE)
    rows.append(row("simulation, c 0.2 to 0.95: 1 + a c^p / (1 - c)^q", simulated, names, places))
    return markdown(HEADER, rows)


def divergence(theory):
    """How steep log capacity is in log 1 / (1 - c), and what the two functions give beyond where they were fitted."""
    one, both = (fit[0] for fit in diagonal_functions(theory))
    rows, before = [], None
    for c in [0.5, 0.8, 0.9, 0.95, 0.98, *BEYOND]:
        capacity, error = theory.of(c)
        slopes = ["", ""]
        if before is not None:
            steps = numpy.log((1 - before[0]) / (1 - c))
            slopes[0] = with_error(
                numpy.log(capacity / before[1]) / steps, numpy.hypot(error / capacity, before[2] / before[1]) / steps
            )
            excess = numpy.hypot(error / (capacity - 1), before[2] / (before[1] - 1)) / steps
            slopes[1] = with_error(numpy.log((capacity - 1) / (before[1] - 1)) / steps, excess)
        deviations = [percent(of_one(c, *one) / capacity - 1), percent(of_both((c, c), *both) / capacity - 1)]
        rows.append([f"c = {plain(c)}", with_error(capacity, error), *slopes, *deviations])
        before = (c, capacity, error)
    header = ["", "theory", "exponent of α", "exponent of α - 1", "a c^p / (1 - c)^q", "a c^2p / (1 - c²)^q"]
    return markdown(header, rows)
