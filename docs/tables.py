"""What the scripts share that fill the tables of a document.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; what is between them is replaced and everything else is left
alone, so no number of a table has passed through a hand.
"""

import re
import sys

import numpy
import xarray

# A standard error below this share of the mean is rounding: the value is the same in every run.
ROUNDING = 1e-9


def opened(directory):
    """The results of a sweep that is complete: a missing task would pass for a run without a value."""
    results = xarray.open_dataset(directory / "results.h5", engine="h5netcdf").load()
    missing = int((results["status"] == 0).sum())
    if missing > 0:
        sys.exit(f"{directory}: {missing} of {results['status'].size} tasks are missing; run the sweep to its end first.")
    return results


def fill(document, output, tables):
    """Writes the document with its tables filled in; `tables` makes the text of each, by name."""

    def filled(match):
        return f"{match[1]}\n{tables[match[2]]()}\n{match[3]}"

    text = document.read_text(encoding="utf-8")
    text = re.sub(r"(<!-- table: ([a-z0-9-]+) -->)\n.*?(<!-- end -->)", filled, text, flags=re.DOTALL)
    output.write_text(text, encoding="utf-8")


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def plain(value):
    return str(value) if isinstance(value, str) else f"{value:g}"


def percent(fraction):
    """With its sign; what rounds to zero has none."""
    text = f"{100 * fraction:+.1f} %"
    return "0.0 %" if text in ("-0.0 %", "+0.0 %") else text


def number(value, digits=3, sign=""):
    """A dash where there is no value."""
    return "–" if numpy.isnan(value) else "∞" if numpy.isinf(value) else f"{value:{sign}.{digits}f}"


def with_error(value, error, digits=3, sign=""):
    """A value and its standard error; no error where there is none: all runs agree, or the value is exact."""
    text = number(value, digits, sign)
    return text if error <= ROUNDING * abs(value) else f"{text} ± {number(error, digits)}"


def measured(point, name, digits=3, scale=1.0):
    """Mean and standard error over the replicates; theory in brackets; how many replicates failed, if any."""
    mean, error = (scale * point[f"{name}_{kind}"].item() for kind in ("mean", "sem"))
    text = with_error(mean, error, digits)
    if name + "_theory" in point and point[name + "_theory"].notnull().all():
        text += f" [{scale * point[name + '_theory'].item():.{digits}f}]"
    failed = int((point["status"] == 2).sum())
    return text + (f" ({failed} failed)" if failed else "")


def grid(data, rows, columns, cell, header):
    """A table over two parameters, each with a dimension of its own or with one that it shares."""
    row_dimension, column_dimension = data[rows].dims[0], data[columns].dims[0]
    body = [
        [plain(data[rows].values[row])]
        + [
            cell(data.isel({row_dimension: row, column_dimension: column}))
            for column in range(data.sizes[column_dimension])
        ]
        for row in range(data.sizes[row_dimension])
    ]
    return markdown([header] + [plain(value) for value in data[columns].values], body)


def value(point, name, digits=3):
    """Mean, error and theory; a dash where no run has a value, and no error where all runs agree."""
    if numpy.isnan(point[f"{name}_mean"].item()):
        return "–"
    runs = point[name].values
    present = int(numpy.isfinite(runs).sum())
    left_out = f" ({present} of {runs.size})" if present < runs.size else ""
    return measured(point, name, digits) + left_out


def against_theory(data, names):
    """How far measurements are from theory, by observable: in errors where runs differ, else as a share of the theory."""
    rows = []
    for name in names:
        mean, error, theory = (data[f"{name}_{kind}"].values.ravel() for kind in ("mean", "sem", "theory"))
        known = numpy.isfinite(theory) & numpy.isfinite(mean)
        scattered = known & (error > ROUNDING * numpy.abs(mean))
        same = known & ~scattered
        cells = [f"`{name}`", str(int(scattered.sum())), "", "", "", str(int(same.sum())), ""]
        if scattered.any():
            errors = (mean[scattered] - theory[scattered]) / error[scattered]
            largest = errors[numpy.argmax(numpy.abs(errors))]
            cells[2:5] = [f"{numpy.sqrt((errors**2).mean()):.2f}", f"{errors.mean():+.2f}", f"{largest:+.1f}"]
        if same.any():
            deviations = numpy.abs(mean[same] - theory[same]) / numpy.where(theory[same] == 0, 1, numpy.abs(theory[same]))
            cells[6] = f"{deviations.max():.0e}"
        rows.append(cells)
    header = ["observable", "points with noise", "root mean square, in errors", "mean", "largest"]
    return markdown(header + ["points without noise", "largest deviation, relative"], rows)
