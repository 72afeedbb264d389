"""Fills the tables of docs/clopath2012.md from the results of sweeps/clopath2012; `make clopath2012` runs the sweeps and this."""

import argparse
import json
import pathlib
import subprocess

import numpy

import clopath2012_cells as cells
import clopath2012_fit as fit
import clopath2012_size as size
from tables import fill, markdown, measured, opened, percent, plain, with_error

DOCUMENT = pathlib.Path(__file__).with_suffix(".md")
EQUAL = "input_correlation_output_correlation"
CODINGS = "input_coding_output_coding"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the microzone program")
    parser.add_argument("results", type=pathlib.Path, help="the folder that holds a folder of results per sweep")
    parser.add_argument("--suffix", default="", help="of the names of the sweeps; --suffix=-small for the small twins")
    parser.add_argument("--output", type=pathlib.Path, default=DOCUMENT, help="where the filled document goes")
    arguments = parser.parse_args()

    def directory(name):
        return arguments.results / f"clopath2012-{name}{arguments.suffix}"

    def results(name):
        return opened(directory(name))

    def microzone(*words):
        return subprocess.run([arguments.program, *map(str, words)], check=True, capture_output=True, text=True).stdout

    theory = fit.Theory(microzone)
    tables = {
        "equal": lambda: equal(results("fig2-equal")),
        "grid": lambda: pivot(results("fig2-grid"), "input_correlation", "output_correlation"),
        "grid-deviation": lambda: grid_deviation(results("fig2-grid")),
        "fit-both": lambda: fit.grid_fit(results("fig2-grid")),
        "fit-equal": lambda: fit.diagonal_fits(theory, results("fig2-equal")),
        "divergence": lambda: fit.divergence(theory),
        "silent": lambda: pivot(results("fig2-grid"), "input_correlation", "output_correlation", "silent_fraction"),
        "variance": lambda: pivot(results("fig2-grid"), "input_correlation", "output_correlation", "weight_variance"),
        "independence": lambda: cells.independence(results("fig2-grid"), ["silent_fraction", "weight_variance"]),
        "free-weights": lambda: cells.free_weights(results("free-weights"), EQUAL, labels(results("free-weights"), EQUAL)),
        "weights": lambda: weights(results("fig2-equal")),
        "coding": lambda: pivot(results("fig3-coding"), CODINGS, EQUAL),
        "coding-silent": lambda: pivot(results("fig3-coding"), CODINGS, EQUAL, "silent_fraction"),
        "factorisation": lambda: factorisation(results("fig3-coding"), microzone),
        "sparse": lambda: cells.sparse(results("fig3-sparse"), EQUAL, labels(results("fig3-sparse"), EQUAL)),
        "robustness-factor": lambda: robustness_factor(results("fig3-robustness")),
        "robustness": lambda: pivot(results("fig3-robustness"), "robustness", EQUAL),
        "robustness-silent": lambda: pivot(results("fig3-robustness"), "robustness", EQUAL, "silent_fraction"),
        "bistability": lambda: pivot(results("fig4-bistability"), "output_correlation", "bistability"),
        "bistability-silent": lambda: pivot(
            results("fig4-bistability"), "output_correlation", "bistability", "silent_fraction"
        ),
        "rule": lambda: pivot(results("fig4-rule"), "bistability", "learner"),
        "epochs": lambda: pairs(results("fig4-epochs"), "learning_rate", "epochs", "bistability"),
        "bistability-coding": lambda: pivot(results("fig4-coding"), CODINGS, "bistability"),
        "best-range": lambda: cells.best_range(microzone),
        "ranges": lambda: cells.ranges(results("fig4-coding-range")),
        "convergence": lambda: cells.convergence(results("convergence")),
        "both": lambda: pairs(results("fig5"), "input_correlation", "output_correlation", "bistability"),
        "both-silent": lambda: cells.silent_by_theory(microzone),
        "best-bistability": lambda: cells.best_bistability(microzone),
        "size": lambda: pivot(results("finite-size"), EQUAL, "inputs"),
        "size-08": lambda: size.excess(results("finite-size-08")),
        "extrapolation": lambda: size.extrapolation(sizes(results)),
        "collapse": lambda: size.collapse(results("finite-size"), EQUAL),
    }

    fill(DOCUMENT, arguments.output, tables)


def labels(data, dimension):
    """What each index along a dimension stands for."""
    if dimension == EQUAL:
        return [f"c = {plain(value)}" for value in data["input_correlation"].values]
    if dimension == CODINGS:
        pairs = zip(data["input_coding"].values, data["output_coding"].values)
        return [f"f_in {plain(inputs)}, f_out {plain(outputs)}" for inputs, outputs in pairs]
    name = {"input_correlation": "c_in ", "output_correlation": "c_out ", "bistability": "γ ", "robustness": "κ ", "inputs": "N "}
    name |= {"learning_rate": "rate ", "epochs": "epochs "}
    return [name.get(dimension, "") + plain(value) for value in data[dimension].values]


def pivot(data, rows, columns, name="capacity"):
    """A table of one observable over two dimensions."""
    body = [
        [label] + [measured(data.isel({rows: row, columns: column}), name) for column in range(data.sizes[columns])]
        for row, label in enumerate(labels(data, rows))
    ]
    return markdown([""] + labels(data, columns), body)


def equal(data):
    """All scalars against c = c_in = c_out, and the slope of log capacity in log 1 / (1 - c) between successive rows."""
    correlation, capacity = data["input_correlation"].values, data["capacity_theory"].values
    slopes = numpy.diff(numpy.log(capacity)) / -numpy.diff(numpy.log1p(-correlation))
    rows = []
    for index, label in enumerate(labels(data, EQUAL)):
        point = data.isel({EQUAL: index})
        deviation = point["capacity_mean"].item() / capacity[index] - 1
        slope = f"{slopes[index - 1]:.2f}" if index else ""
        scalars = [measured(point, name) for name in ("capacity", "silent_fraction", "weight_variance")]
        rows.append([label, scalars[0], percent(deviation), slope, *scalars[1:]])
    header = ["", "capacity", "deviation", "slope of the theory", "silent fraction", "variance / mean²"]
    return markdown(header, rows)


def grid_deviation(data):
    """Simulation less theory over the grid, as a share of the theory: the mean modulus, what noise alone would give of it, and
    the mean with its error. The cells have independent sequences, and chains of the theory of their own."""
    theory = data["capacity_theory"]
    deviation = abs(data["capacity_mean"] / theory - 1).values.ravel()
    signed = (data["capacity_mean"] / theory - 1).values.ravel()
    error = (numpy.hypot(data["capacity_sem"], data["capacity_theory_sem"]) / theory).values.ravel()
    rows = []
    low = (data["input_correlation"] < 0.8).broadcast_like(theory).values.ravel()
    for text, chosen in (("all cells", numpy.full(len(error), True)), ("c_in below 0.8", low)):
        count = int(chosen.sum())
        own = numpy.sqrt((error[chosen] ** 2).sum()) / count
        noise = numpy.sqrt(2 / numpy.pi) * error[chosen].mean()
        rows.append(
            [text, str(count), f"{100 * deviation[chosen].mean():.2f} %", f"{100 * noise:.2f} %"]
            + [f"{100 * signed[chosen].mean():+.2f} ± {100 * own:.2f} %"]
        )
    return markdown(["", "cells", "mean \\|deviation\\|", "of noise alone", "mean deviation"], rows)


def weights(data):
    """The density of non-zero weights, in bins of half a mean weight, against the theory's."""
    chosen = [index for index, value in enumerate(data["input_correlation"].values) if value in (0.0, 0.6, 0.9)]
    coarse = data[["weight_histogram_mean", "weight_histogram_theory"]].coarsen(weight=5).mean()
    header = ["weight / mean"] + [labels(data, EQUAL)[index] for index in chosen]
    rows = []
    for bin_index, centre in enumerate(coarse["weight"].values):
        point = coarse.isel(weight=bin_index)
        cell = lambda index, kind: point[f"weight_histogram_{kind}"].isel({EQUAL: index}).item()
        cells = [f"{cell(index, 'mean'):.3f} [{cell(index, 'theory'):.3f}]" for index in chosen]
        rows.append([f"{centre - 0.25:.1f} to {centre + 0.25:.1f}", *cells])
    return markdown(header, rows)


def factorisation(data, microzone):
    """Capacity over that of the same correlation at coding level 0.5: constant along a row where capacity factorises."""

    def theory(coding, correlation):
        # One key, so that most of the errors cancel in the ratio.
        flags = ("--output-coding", coding, "--input-correlation", correlation, "--output-correlation", correlation)
        return json.loads(microzone("theory", "capacity", *flags, "--key", "factorisation", "--format", "json"))["capacity"]

    correlations = data["input_correlation"].values
    rows = []
    for index, label in list(enumerate(labels(data, CODINGS)))[1:]:
        point, dense = data.isel({CODINGS: index}), data.isel({CODINGS: 0})
        ratio = (point["capacity_mean"] / dense["capacity_mean"]).values
        relative = [(each["capacity_sem"] / each["capacity_mean"]).values for each in (point, dense)]
        codings = [each["output_coding"].item() for each in (point, dense)]
        ratios = [theory(codings[0], c) / theory(codings[1], c) for c in correlations]
        errors = ratio * numpy.hypot(*relative)
        rows.append([label] + [f"{with_error(r, e)} [{t:.3f}]" for r, e, t in zip(ratio, errors, ratios)])
    return markdown([""] + labels(data, EQUAL), rows)


def robustness_factor(data):
    """What correlation gains at each robustness."""
    names = labels(data, "robustness"), labels(data, EQUAL)
    return cells.over_first(data, "robustness", EQUAL, *names)


def sizes(results):
    """What can be extrapolated: the data of each correlation over the number of inputs."""
    data, own = results("finite-size"), results("finite-size-08")
    cases = [(label, data.isel({EQUAL: index})) for index, label in enumerate(labels(data, EQUAL))]
    return [*cases, ("c = 0.8, `finite-size-08`", own)]


def pairs(data, first, second, columns):
    """A table of capacities, one row for each pair of values of two dimensions."""
    rows = []
    for i, first_label in enumerate(labels(data, first)):
        for j, second_label in enumerate(labels(data, second)):
            pair = data.isel({first: i, second: j})
            cells = [measured(pair.isel({columns: k}), "capacity") for k in range(data.sizes[columns])]
            rows.append([f"{first_label}, {second_label}", *cells])
    return markdown([""] + labels(data, columns), rows)


if __name__ == "__main__":
    main()
