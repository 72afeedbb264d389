"""Fills the tables of docs/schweighofer2000.md and draws its figures from the results of sweeps/schweighofer2000.

`make schweighofer2000` runs the sweeps and this.
"""

import argparse
import functools
import pathlib

import matplotlib
import numpy
import xarray

import schweighofer2000_reaching as reaching
from tables import fill, markdown, measured, plain

matplotlib.use("svg")
# The same bytes at every run.
matplotlib.rcParams.update({"svg.hashsalt": "microzone", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})

from matplotlib import pyplot  # noqa: E402  (the backend must be chosen first)

DOCUMENT = pathlib.Path(__file__).with_suffix(".md")
COLOURS = {0.0: "tab:orange", 3300.0: "tab:blue"}
PER_MILLE = 1000.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path, help="the folder that holds a folder of results a sweep")
    parser.add_argument("--suffix", default="", help="of the names of the sweeps; --suffix=-small for the small twins")
    parser.add_argument("--output", type=pathlib.Path, default=DOCUMENT, help="where the filled document goes, and its figures")
    arguments = parser.parse_args()

    @functools.cache
    def results(name):
        path = arguments.results / f"schweighofer2000-{name}{arguments.suffix}" / "results.h5"
        return xarray.open_dataset(path, engine="h5netcdf").load()

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
    } | reaching.tables(results)
    fill(DOCUMENT, arguments.output, tables)
    draw_information(rate, frequency, arguments.output.with_name("schweighofer2000-fig2.svg"))
    draw_sheet(movement, arguments.output.with_name("schweighofer2000-fig1.svg"))
    reaching.draw(results, arguments.output.with_name("schweighofer2000-fig3.svg"))
    reaching.draw_paths(results, arguments.output.with_name("schweighofer2000-paths.svg"))


NAMES = {"io_rate": "spikes/s", "input_frequency": "Hz", "lag": "ms"}


def rows(data, axis):
    """The label of each value along an axis, and the data there by diffusion."""
    for value in data[axis].values:
        point = data.sel({axis: value})
        yield f"{plain(value)} {NAMES[axis]}", {diffusion: point.sel(diffusion=diffusion) for diffusion in COLOURS}


def paired_ratio(points, name):
    """The mean with diffusion over that without; its error from the paired differences, to first order."""
    without, with_diffusion = (points[diffusion][name].values for diffusion in (0.0, 3300.0))
    ratio = with_diffusion.mean() / without.mean()
    residual = (with_diffusion - ratio * without) / without.mean()
    return f"{ratio:.2f} ± {residual.std(ddof=1) / len(residual) ** 0.5:.2f}"


def paired_difference(points, name, scale=1.0):
    difference = scale * (points[3300.0][name] - points[0.0][name]).values
    return f"{difference.mean():+.2f} ± {difference.std(ddof=1) / len(difference) ** 0.5:.2f}"


def paper(data, axis):
    """The paper's estimate, and what is left of it when the samples of the rate are shuffled."""
    body = []
    for label, points in rows(data, axis):
        cells = [label]
        for diffusion in COLOURS:
            point = points[diffusion]
            left = 100 * point["information_shuffled_mean"].item() / point["information_mean"].item()
            cells += [measured(point, "information"), f"{left:.1f} %", measured(point, "information_pooled")]
        body.append(cells + [paired_ratio(points, "information")])
    header = [""]
    for diffusion in COLOURS:
        header += [f"D = {plain(diffusion)}: information", "left when shuffled", "pooled"]
    return markdown(header + ["ratio"], body)


def corrected(data, axis):
    """Estimates without bias, in thousandths of the entropy of the rate."""
    body = []
    for label, points in rows(data, axis):
        cells = [label]
        for name in ("information_corrected", "information_kraskov"):
            cells += [measured(points[diffusion], name, 2, PER_MILLE) for diffusion in COLOURS]
            cells.append(paired_difference(points, name, PER_MILLE))
        body.append(cells)
    header = [""]
    for name in ("binned", "nearest neighbours"):
        header += [f"{name}: D = {plain(diffusion)}" for diffusion in COLOURS] + ["difference"]
    return markdown(header, body)


def bound(data, axis):
    """The rate of information about a Gaussian signal, with its theory, and the number of cells that are heard."""
    body = []
    for label, points in rows(data, axis):
        name = "information_rate_bound"
        theory = [points[diffusion][f"{name}_theory"].item() for diffusion in COLOURS]
        cells = [measured(points[diffusion], name) for diffusion in COLOURS]
        heard = points[3300.0]["effective_cells_mean"].item()
        body.append([label, *cells, paired_ratio(points, name), f"{theory[1] / theory[0]:.2f}", f"{heard:.2f}"])
    header = ["", "D = 0, bits/s", "D = 3300, bits/s", "ratio", "in theory", "cells heard at D = 3300"]
    return markdown(header, body)


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


def draw_information(rate, frequency, path):
    """Fig. 2 as the paper has it, with its control, and as it is without bias."""
    figure, axes = pyplot.subplots(2, 3, figsize=(10, 5.6), layout="constrained")
    for row, (data, axis, label) in enumerate(
        [(rate, "io_rate", "mean rate (spikes/s), signal of 1 Hz"), (frequency, "input_frequency", "frequency (Hz), 1 spike/s")]
    ):
        for diffusion, colour in COLOURS.items():
            points = data.sel(diffusion=diffusion)
            curve(axes[row][0], points, axis, "information", colour, f"D = {plain(diffusion)}")
            curve(axes[row][0], points, axis, "information_shuffled", colour, "the same, shuffled", line=":", marker="x")
            curve(axes[row][1], points, axis, "information_corrected", colour, "16 × 16 bins")
            curve(axes[row][1], points, axis, "information_kraskov", colour, "nearest neighbours", line="--", marker="x")
            curve(axes[row][2], points, axis, "information_rate_bound", colour, "measured", line="")
            theory = points["information_rate_bound_theory"]
            axes[row][2].plot(points[axis], theory, color=colour, label="closed form")
        axes[row][1].axhline(0, color="grey", linewidth=0.5)
        for panel, name in zip(axes[row], ("the paper's estimate / entropy", "without bias / entropy", "rate bound (bits/s)")):
            panel.set(xscale="log", xlabel=label, ylabel=name)
        axes[row][0].set_ylim(0, 1)
    axes[0][2].set_yscale("log")
    for panel in axes[0]:
        panel.legend(frameon=False, fontsize=7)
    figure.savefig(path, metadata={"Date": None})


def curve(panel, points, axis, name, colour, label, line="-", marker="o"):
    mean, error = points[f"{name}_mean"], points[f"{name}_sem"]
    panel.errorbar(points[axis], mean, error, color=colour, linestyle=line, marker=marker, markersize=3, label=label)


def draw_sheet(data, path):
    """The first replicate's sheet, with and without diffusion, joined and separated."""
    pairs = [(diffusion, microzones) for diffusion in data["diffusion"].values for microzones in data["microzones"].values]
    figure, axes = pyplot.subplots(len(pairs) // 2, 2, figsize=(10, 5.6), layout="constrained", sharex=True, sharey=True)
    extent = [0, 4 * 315, 0, 630]
    for panel, (diffusion, microzones) in zip(axes.flat, pairs):
        field = data["concentration"].sel(diffusion=diffusion, microzones=microzones).isel(replicate=0)
        top = numpy.quantile(field.values, 0.999)
        # One pixel of the picture is 2 × 2 domains.
        coarse = field.coarsen(x=2, y=2).mean()
        image = panel.imshow(PER_MILLE * coarse, origin="lower", extent=extent, cmap="magma", vmin=0, vmax=PER_MILLE * top)
        panel.set_title(f"D = {plain(diffusion)} µm²/s, {microzones}")
        for rim in (315, 630, 945):
            panel.axvline(rim, color="white", linewidth=0.5, linestyle=":")
        figure.colorbar(image, ax=panel, label="nitric oxide (ms)", shrink=0.8)
    figure.supxlabel("x (µm): shoulder flexor, shoulder extensor, elbow flexor, elbow extensor")
    figure.supylabel("y (µm)")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
