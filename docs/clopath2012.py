"""Fills the tables of docs/clopath2012.md from the results of sweeps/clopath2012; `make clopath2012` runs the sweeps and this."""

import argparse
import json
import pathlib
import subprocess

import numpy
import xarray

from tables import fill, markdown, measured, percent, plain

DOCUMENT = pathlib.Path(__file__).with_suffix(".md")
EQUAL = "input_correlation_output_correlation"
CODINGS = "input_coding_output_coding"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the microzone program")
    parser.add_argument("results", type=pathlib.Path, help="the folder that holds a folder of results a sweep")
    parser.add_argument("--suffix", default="", help="of the names of the sweeps; --suffix=-small for the small twins")
    parser.add_argument("--output", type=pathlib.Path, default=DOCUMENT, help="where the filled document goes")
    arguments = parser.parse_args()

    def directory(name):
        return arguments.results / f"clopath2012-{name}{arguments.suffix}"

    def results(name):
        return xarray.open_dataset(directory(name) / "results.h5", engine="h5netcdf").load()

    def microzone(*words):
        return subprocess.run([arguments.program, *map(str, words)], check=True, capture_output=True, text=True).stdout

    tables = {
        "equal": lambda: equal(results("fig2-equal")),
        "grid": lambda: pivot(results("fig2-grid"), "input_correlation", "output_correlation"),
        "grid-deviation": lambda: grid_deviation(results("fig2-grid")),
        "weights": lambda: weights(results("fig2-equal")),
        "coding": lambda: pivot(results("fig3-coding"), CODINGS, EQUAL),
        "coding-silent": lambda: pivot(results("fig3-coding"), CODINGS, EQUAL, "silent_fraction"),
        "factorisation": lambda: factorisation(results("fig3-coding"), microzone),
        "robustness": lambda: pivot(results("fig3-robustness"), "robustness", EQUAL),
        "robustness-silent": lambda: pivot(results("fig3-robustness"), "robustness", EQUAL, "silent_fraction"),
        "bistability": lambda: pivot(results("fig4-bistability"), "output_correlation", "bistability"),
        "bistability-silent": lambda: pivot(
            results("fig4-bistability"), "output_correlation", "bistability", "silent_fraction"
        ),
        "rule": lambda: pivot(results("fig4-rule"), "bistability", "learner"),
        "epochs": lambda: pairs(results("fig4-epochs"), "learning_rate", "epochs", "bistability"),
        "bistability-coding": lambda: pivot(results("fig4-coding"), CODINGS, "bistability"),
        "both": lambda: pairs(results("fig5"), "input_correlation", "output_correlation", "bistability"),
        "best-bistability": lambda: best_bistability(microzone),
        "size": lambda: pivot(results("finite-size"), EQUAL, "inputs"),
        "extrapolation": lambda: extrapolation(microzone("table", directory("finite-size"), "--format", "json")),
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
    """Mean |simulation - theory| / theory over the grid, its standard error, and what noise alone would give."""
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
            [text, str(count), f"{100 * deviation[chosen].mean():.2f} ± {100 * own:.2f} %", f"{100 * noise:.2f} %"]
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
        rows.append([label] + [f"{r:.3f} ± {e:.3f} [{t:.3f}]" for r, e, t in zip(ratio, errors, ratios)])
    return markdown([""] + labels(data, EQUAL), rows)


def pairs(data, first, second, columns):
    """A table of capacities, one row for each pair of values of two dimensions."""
    rows = []
    for i, first_label in enumerate(labels(data, first)):
        for j, second_label in enumerate(labels(data, second)):
            pair = data.isel({first: i, second: j})
            cells = [measured(pair.isel({columns: k}), "capacity") for k in range(data.sizes[columns])]
            rows.append([f"{first_label}, {second_label}", *cells])
    return markdown([""] + labels(data, columns), rows)


def best_bistability(microzone):
    """The bistability of greatest capacity by theory, and what it gains over the standard cell."""
    rows = []
    for inputs in (0, 0.2, 0.5, 0.8):
        for outputs in (0, 0.2, 0.5, 0.8, 0.9):
            flags = ("--input-correlation", inputs, "--output-correlation", outputs, "--standard-error", 0.002)
            best = json.loads(microzone("theory", "capacity", *flags, "--optimal-bistability", "--format", "json"))
            capacity = f"{best['capacity']:.3f} ± {best['capacity_standard_error']:.3f}"
            numbers = [f"{best['bistability']:.2f}", capacity, percent(best['gain'])]
            rows.append([plain(inputs), plain(outputs), *numbers, f"{best['silent_fraction']:.3f}"])
    return markdown(["c_in", "c_out", "best γ", "capacity", "gain over γ = 0", "silent fraction"], rows)


def extrapolation(table):
    """The two fits of the capacity at infinitely many inputs, beside the theory."""
    rows = []
    for row in json.loads(table)["extrapolated"]["rows"]:
        cells = [f"c = {plain(row['input_correlation'])}", f"{row['capacity_theory']:.3f}"]
        for law in ("inverse", "two_thirds"):
            value, error = row[f"capacity_{law}"], row[f"capacity_{law}_sem"]
            deviation = percent(row[f'deviation_{law}'])
            cells += [f"{value:.3f} ± {error:.3f}", deviation, f"{row[f'capacity_{law}_chi2']:.1f}"]
        rows.append(cells)
    return markdown(["", "theory", "a + b / N", "deviation", "χ²", "a + b N^(-2/3)", "deviation", "χ²"], rows)


if __name__ == "__main__":
    main()
