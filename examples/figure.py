"""Draws an observable of a sweep over one of its axes: means with standard errors, and the theory where there is one.

    python examples/figure.py results/quickstart capacity.png
    python examples/figure.py results/quickstart silent.svg --observable silent_fraction --at bistability=1

All words of the figure come from the results: the title, the labels and units of axes, what the sweep fixes. The file
ending sets the format. Needs xarray, h5netcdf and matplotlib; `make python` installs them in .python.
"""

import argparse
import itertools
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot
import xarray

MOST_LINES = 8
# Okabe and Ito's colours, which colour-blind readers can tell apart, and markers for printing without colour.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999"]
MARKERS = "osD^vP*X"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path, help="the results directory")
    parser.add_argument("figure", type=pathlib.Path, help="the file to draw: .png, .svg or .pdf")
    parser.add_argument("--observable", help="what to draw; default: the first with one value per task")
    parser.add_argument("--x", help="the axis along which to draw; default: the numeric axis with most values")
    parser.add_argument("--at", action="append", default=[], metavar="AXIS=VALUE", help="draw this value only")
    arguments = parser.parse_args()

    with xarray.open_dataset(arguments.directory / "results.h5", engine="h5netcdf") as results:
        results.load()
    # `sel` finds a value; on a text axis the value is a `str`.
    for axis, value in (words.split("=", 1) for words in arguments.at):
        results = results.sel({axis: value if results[axis].dtype.kind in "OU" else float(value)})
    name = arguments.observable or next(iter(scalars(results)), None)
    if name not in scalars(results):
        sys.exit(f"{arguments.directory}: no observable {name!r}; --observable is one of: {', '.join(scalars(results))}")
    mean = results[f"{name}_mean"]
    if not mean.dims:
        sys.exit(f"{arguments.directory}: {name} has no axis left to draw along")
    x = arguments.x or max(mean.dims, key=lambda axis: (is_number(results, axis), results.sizes[axis]))
    others = [axis for axis in mean.dims if axis != x]
    places = list(itertools.product(*(range(results.sizes[axis]) for axis in others)))
    if x not in mean.dims or len(places) > MOST_LINES:
        sys.exit(f"{len(places)} lines over {x!r}; choose --x among {', '.join(mean.dims)}, and values by --at AXIS=VALUE")

    figure, axes = pyplot.subplots(figsize=(7.2, 4.8), layout="constrained")
    for place, colour, marker in zip(places, COLOURS, MARKERS):
        draw_line(axes, results.isel(dict(zip(others, place))), name, x, others, colour, marker)
    decorate(axes, results, name, x, others)
    figure.savefig(arguments.figure, dpi=150)
    print(f"{arguments.figure}: {name} over {x}, {len(places)} lines of {results.sizes[x]} points")


def scalars(results):
    """The observables that have one mean per point."""
    axes = [axis for axis in results["status"].dims if axis != "replicate"]
    names = [name.removesuffix("_mean") for name in results.data_vars if name.endswith("_mean")]
    return [name for name in names if f"{name}_sem" in results and set(results[f"{name}_mean"].dims) <= set(axes)]


def is_number(results, axis):
    """Whether positions along the axis are numbers; those of parameters that move together are only counted."""
    return results[axis].dtype.kind in "if" and f"{axis}_label" not in results.coords


def draw_line(axes, line, name, x, others, colour, marker):
    # One line of text per parameter, so that long names leave space for the data.
    label = "\n".join(value_of(line, axis).replace(", ", "\n") for axis in others)
    if is_number(line, x):
        positions = line[x].values
    else:
        positions = range(line.sizes[x])
        axes.set_xticks(positions, texts(line, x))
    axes.errorbar(
        positions,
        line[f"{name}_mean"],
        line[f"{name}_sem"],
        fmt=marker,
        color=colour,
        markerfacecolor="white",
        capsize=2,
        label=label or None,
    )
    if f"{name}_theory" in line:
        theory = line[f"{name}_theory"].values
        if is_number(line, x):
            axes.plot(positions, theory, color=colour)
        else:
            # Words have nothing between them, so that no line connects them.
            axes.hlines(theory, [place - 0.2 for place in positions], [place + 0.2 for place in positions], colour)


def texts(results, axis):
    """The words for each position, one line per parameter that moves."""
    return [str(word).replace(", ", "\n") for word in named(results, axis).values]


def named(results, axis):
    """The coordinate that names positions: parameters that move together have labels."""
    return results[f"{axis}_label" if f"{axis}_label" in results.coords else axis]


def value_of(results, axis):
    """Where the data are along an axis: `diffusion = 3300 µm²/s`."""
    if not is_number(results, axis):
        return str(named(results, axis).item())
    value, unit = results[axis].item(), results[axis].attrs.get("units", "")
    return f"{results[axis].attrs['long_name']} = {value:g} {unit}".strip()


def heading(variable):
    """The label of an axis: `diffusion (µm²/s)`."""
    unit = variable.attrs.get("units")
    return variable.attrs["long_name"] + (f" ({unit})" if unit else "")


def decorate(axes, results, name, x, others):
    axes.set_xlabel(heading(named(results, x)))
    axes.set_ylabel(heading(results[name]))
    values = results[x].values
    if is_number(results, x) and values.min() > 0 and values.max() >= 100 * values.min():
        axes.set_xscale("log")
    # Scalar coordinates are what the sweep fixes, and what --at has chosen.
    fixed = [value_of(results, scalar) for scalar, values in results.coords.items() if not values.dims]
    lines = "lines: theory" if f"{name}_theory" in results else ""
    note = f"bars: one standard error, {results.sizes['replicate']} replicates"
    axes.set_title(results.attrs["title"], loc="left", fontweight="bold", pad=24)
    axes.annotate(
        "; ".join(filter(None, [", ".join(fixed), note, lines])),
        (0, 1),
        xytext=(0, 6),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize="small",
    )
    axes.spines[["top", "right"]].set_visible(False)
    if others:
        axes.get_figure().legend(frameon=False, loc="outside right center")
    if not is_number(results, x):
        axes.set_xlim(-0.5, results.sizes[x] - 0.5)


if __name__ == "__main__":
    main()
