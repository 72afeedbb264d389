"""Fills the tables of docs/schweighofer2000.md from the results of sweeps/schweighofer2000.

`make schweighofer2000` runs the sweeps and this.
"""

import argparse
import functools
import json
import pathlib
import subprocess

import schweighofer2000_claims as claims
import schweighofer2000_reaching as reaching
from tables import fill, markdown, measured, opened, plain

DOCUMENT = pathlib.Path(__file__).with_suffix(".md")
DIFFUSIONS = (0.0, 3300.0)
PER_MILLE = 1000.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the microzone program")
    parser.add_argument("results", type=pathlib.Path, help="the folder that holds a folder of results a sweep")
    parser.add_argument("--suffix", default="", help="of the names of the sweeps; --suffix=-small for the small twins")
    parser.add_argument("--output", type=pathlib.Path, default=DOCUMENT, help="where the filled document goes")
    arguments = parser.parse_args()

    @functools.cache
    def results(name):
        return opened(arguments.results / f"schweighofer2000-{name}{arguments.suffix}")

    @functools.cache
    def theory(*flags):
        command = [arguments.program, "theory", "information", *map(str, flags), "--format", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    rate, frequency, lag, spread, movement = map(results, ("fig2a", "fig2b", "lag", "spread", "fig1"))
    crosstalk = results("crosstalk")
    tables = {
        "fig2a-paper": lambda: paper(rate, "io_rate"),
        "fig2a-corrected": lambda: corrected(rate, "io_rate"),
        "fig2a-bound": lambda: bound(rate, "io_rate"),
        "fig2b-paper": lambda: paper(frequency, "input_frequency"),
        "fig2b-corrected": lambda: corrected(frequency, "input_frequency"),
        "fig2b-bound": lambda: bound(frequency, "input_frequency"),
        "lag": lambda: corrected(lag, "lag"),
        "lag-paper": lambda: paper(lag, "lag"),
        "spread": lambda: spread_table(spread),
        "crosstalk": lambda: spread_table(crosstalk),
        "fig1": lambda: movement_table(movement),
        "cells-heard": lambda: cells_heard(frequency["input_frequency"].values, theory),
        "claims": lambda: claims.table(results, theory),
    } | reaching.tables(results)
    fill(DOCUMENT, arguments.output, tables)


NAMES = {"io_rate": "spikes/s", "input_frequency": "Hz", "lag": "ms"}


def rows(data, axis):
    """The label of each value along an axis, and the data there by diffusion."""
    for value in data[axis].values:
        point = data.sel({axis: value})
        yield f"{plain(value)} {NAMES[axis]}", {diffusion: point.sel(diffusion=diffusion) for diffusion in DIFFUSIONS}


def paired_ratio(points, name):
    """The mean with diffusion over that without."""
    return reaching.ratio_of_means(points[3300.0][name].values, points[0.0][name].values, 2)


def paired_difference(points, name, scale=1.0):
    return reaching.difference(*(scale * points[diffusion][name].values for diffusion in (3300.0, 0.0)), 2)


def paper(data, axis):
    """The paper's estimate, and what is left of it when the samples of the rate are shuffled."""
    body = []
    for label, points in rows(data, axis):
        cells = [label]
        for diffusion in DIFFUSIONS:
            point = points[diffusion]
            left = 100 * point["information_shuffled_mean"].item() / point["information_mean"].item()
            cells += [measured(point, "information"), f"{left:.1f} %", measured(point, "information_pooled")]
        body.append(cells + [paired_ratio(points, "information")])
    header = [""]
    for diffusion in DIFFUSIONS:
        header += [f"D = {plain(diffusion)}: information", "left when shuffled", "pooled"]
    return markdown(header + ["ratio"], body)


def corrected(data, axis):
    """Estimates without bias, in thousandths of the entropy of the rate."""
    body = []
    for label, points in rows(data, axis):
        cells = [label]
        for name in ("information_corrected", "information_kraskov"):
            cells += [measured(points[diffusion], name, 2, PER_MILLE) for diffusion in DIFFUSIONS]
            cells.append(paired_difference(points, name, PER_MILLE))
        body.append(cells)
    header = [""]
    for name in ("binned", "nearest neighbours"):
        header += [f"{name}: D = {plain(diffusion)}" for diffusion in DIFFUSIONS] + ["difference"]
    return markdown(header, body)


def bound(data, axis):
    """The rate of information about a Gaussian signal, with its theory, and the number of cells that are heard."""
    body = []
    for label, points in rows(data, axis):
        name = "information_rate_bound"
        theory = [points[diffusion][f"{name}_theory"].item() for diffusion in DIFFUSIONS]
        cells = [measured(points[diffusion], name) for diffusion in DIFFUSIONS]
        heard = points[3300.0]["effective_cells_mean"].item()
        body.append([label, *cells, paired_ratio(points, name), f"{theory[1] / theory[0]:.2f}", f"{heard:.2f}"])
    header = ["", "D = 0, bits/s", "D = 3300, bits/s", "ratio", "in theory", "cells heard at D = 3300"]
    return markdown(header, body)


def cells_heard(frequencies, theory):
    """In closed form, at D = 3300: in the middle of the microzone, and over 81 places of it."""
    body = []
    for frequency in frequencies:
        found = theory("--input-frequency", frequency)
        names = ("effective_cells", "mean_effective_cells", "least_effective_cells", "greatest_effective_cells")
        body.append([f"{plain(frequency)} Hz", *(f"{found[name]:.2f}" for name in names)])
    return markdown(["", "in the middle of the microzone", "mean over 81 places", "least", "greatest"], body)


def spread_table(data):
    """Cells that are heard, in closed form, and the rate of information over that without diffusion, measured."""
    frequencies = data["input_frequency"].values
    body = []
    for diffusion in data["diffusion"].values:
        cells = [f"D = {plain(diffusion)}"]
        for frequency in frequencies:
            point = data.sel(input_frequency=frequency)
            heard = point["effective_cells_mean"].sel(diffusion=diffusion).item()
            cells += [f"{heard:.2f}", measured(point.sel(diffusion=diffusion), "information_rate_bound")]
        body.append(cells)
    header = [""]
    for frequency in frequencies:
        header += [f"{plain(frequency)} Hz: cells heard", "bits/s"]
    return markdown(header, body)


def movement_table(data):
    body = []
    for diffusion in data["diffusion"].values:
        for microzones in data["microzones"].values:
            point = data.sel(diffusion=diffusion, microzones=microzones)
            names = ("mean_concentration", "largest_concentration", "spatial_variation")
            scales = (1000.0, 1000.0, 1.0)
            cells = [measured(point, name, 2, scale) for name, scale in zip(names, scales)]
            body.append([f"D = {plain(diffusion)}, {microzones}", *cells])
    return markdown(["", "mean concentration, ms", "largest, ms", "standard deviation / mean"], body)


if __name__ == "__main__":
    main()
