"""Tables of docs/clopath2012.md on what depends on what: weights, factors, bistable ranges, the proof of convergence."""

import json

import numpy
from scipy.stats import f as f_distribution

from tables import markdown, measured, percent, plain, with_error


def independence(data, names):
    """Whether an observable depends on the correlations, over the cells of a grid, which have independent sequences.

    The variance between sequences is taken to be that of all cells together: of ten alone it is itself uncertain. F is
    the mean of (mean - theory)² over its expectation; the slopes over both correlations are by least squares.
    """
    rows = []
    inputs, outputs = numpy.meshgrid(data["input_correlation"], data["output_correlation"], indexing="ij")
    design = numpy.stack([numpy.ones(inputs.size), inputs.ravel(), outputs.ravel()], axis=1)
    for name in names:
        mean, theory = (data[f"{name}_{kind}"].values.ravel() for kind in ("mean", "theory"))
        sequences = data.sizes["replicate"]
        variance = data[name].var("replicate", ddof=1).values.mean() / sequences
        ratio = ((mean - theory) ** 2).mean() / variance
        chance = f_distribution.sf(ratio, mean.size, mean.size * (sequences - 1))
        covariance = variance * numpy.linalg.inv(design.T @ design)
        slopes = covariance @ (design.T @ mean) / variance
        average = with_error(mean.mean(), numpy.sqrt(variance / mean.size), 4)
        cells = [f"`{name}`", f"{theory[0]:.3f}", average, f"{ratio:.2f}", f"{chance:.2f}"]
        rows.append(cells + [with_error(slopes[i], numpy.sqrt(covariance[i, i])) for i in (1, 2)])
    header = ["", "theory", "mean over the cells", "F against theory", "p", "slope over c_in", "slope over c_out"]
    return markdown(header, rows)


def over_first(data, rows, columns, row_labels, column_labels):
    """Capacity over that in the first column of the same row, with the theory: equal rows where capacity factorises."""
    body = []
    for row, label in enumerate(row_labels):
        points = [data.isel({rows: row, columns: column}) for column in range(data.sizes[columns])]
        cells = [label]
        for point in points[1:]:
            parts = [(each["capacity_mean"].item(), each["capacity_sem"].item()) for each in (point, points[0])]
            ratio = parts[0][0] / parts[1][0]
            error = ratio * numpy.hypot(*(error / mean for mean, error in parts))
            theory = point["capacity_theory"].item() / points[0]["capacity_theory"].item()
            cells.append(f"{with_error(ratio, error, 2)} [{theory:.2f}]")
        body.append(cells)
    return markdown([""] + column_labels[1:], body)


def sparse(data, dimension, labels):
    """Capacity for sparse outputs, and times f_out |ln f_out|, the scale on which a sparse perceptron's capacity grows."""
    rows = []
    for index, coding in enumerate(data["output_coding"].values):
        cells = [f"f_out {plain(coding)}"]
        for column in range(len(labels)):
            point = data.isel({"output_coding": index, dimension: column})
            scaled = point["capacity_theory"].item() * coding * abs(numpy.log(coding))
            cells += [measured(point, "capacity", 2), f"{scaled:.2f}"]
        rows.append(cells)
    header = [""] + [text for label in labels for text in (label, "theory × f_out \\|ln f_out\\|")]
    return markdown(header, rows)


def best_bistability(microzone):
    """The bistability of greatest capacity by theory, and what it gains over the standard cell."""
    rows = []
    for inputs in (0, 0.2, 0.5, 0.8):
        for outputs in (0, 0.2, 0.5, 0.8, 0.9):
            flags = ("--input-correlation", inputs, "--output-correlation", outputs, "--standard-error", 0.002)
            best = json.loads(microzone("theory", "capacity", *flags, "--optimal-bistability", "--format", "json"))
            capacity = with_error(best["capacity"], best["capacity_standard_error"])
            # At γ = 0 the gain is the error of the theory.
            gain = percent(best["gain"] if best["bistability"] > 0 else 0.0)
            numbers = [f"{best['bistability']:.2f}", capacity, gain]
            rows.append([plain(inputs), plain(outputs), *numbers, f"{best['silent_fraction']:.3f}"])
    return markdown(["c_in", "c_out", "best γ", "capacity", "gain over γ = 0", "silent fraction"], rows)


def silent_by_theory(microzone):
    """The silent fraction over the bistable range where inputs and outputs are correlated, by theory alone."""
    ranges, rows = (0.0, 0.25, 0.5, 1.0, 1.5), []
    for inputs in (0.2, 0.5, 0.8):
        for outputs in (0.2, 0.5, 0.8, 0.9):
            cells = [f"c_in {plain(inputs)}, c_out {plain(outputs)}"]
            for half_width in ranges:
                flags = ("--input-correlation", inputs, "--output-correlation", outputs, "--bistability", half_width)
                answer = json.loads(microzone("theory", "capacity", *flags, "--format", "json"))
                cells.append(with_error(answer["silent_fraction"], answer["silent_fraction_standard_error"]))
            rows.append(cells)
    return markdown([""] + [f"γ {plain(half_width)}" for half_width in ranges], rows)


def best_range(microzone):
    """The best range for uncorrelated inputs in both units; θ/√N does not have the coding level of the inputs in it."""
    rows = []
    for outputs in (0.5, 0.8, 0.9):
        flags = ("--output-correlation", outputs, "--optimal-bistability", "--format", "json")
        best = json.loads(microzone("theory", "capacity", *flags))
        units = [best["bistability"] * numpy.sqrt((1 - f) / f) for f in (0.5, 0.2, 0.1)]
        units = [f"{value:.2f}" for value in (best["bistability"], *units)]
        rows.append([f"c_out {plain(outputs)}", *units, f"{best['capacity']:.3f}"])
    header = ["", "in u0, any f_in", "in θ/√N: f_in 0.5", "f_in 0.2", "f_in 0.1", "capacity there"]
    return markdown(header, rows)


def ranges(data):
    """Capacity by coding level of the inputs and half width of the bistable range in θ/√N."""
    dimension = data["input_coding"].dims[0]
    widths, codings, cells = [], [], {}
    for index in range(data.sizes[dimension]):
        point = data.isel({dimension: index})
        coding = point["input_coding"].item()
        width = f"{point['bistability'].item() * numpy.sqrt((1 - coding) / coding):.2f}"
        widths += [width] if width not in widths else []
        codings += [coding] if coding not in codings else []
        cells[coding, width] = measured(point, "capacity")
    rows = [[f"f_in {plain(coding)}", *(cells[coding, width] for width in widths)] for coding in codings]
    return markdown(["half width, θ/√N"] + widths, rows)


def free_weights(data, dimension, labels):
    """Both kinds of weights side by side."""
    rows = []
    for column, label in enumerate(labels):
        bounded, free = (data.sel(weight_bound=bound).isel({dimension: column}) for bound in ("non-negative", "none"))
        ratio = free["capacity_mean"].item() / bounded["capacity_mean"].item()
        parts = [each["capacity_sem"].item() / each["capacity_mean"].item() for each in (bounded, free)]
        error = ratio * numpy.hypot(*parts)
        cells = [label, measured(bounded, "capacity"), measured(free, "capacity"), with_error(ratio, error)]
        cells += [measured(each, name) for name in ("weight_skewness", "weight_kurtosis") for each in (bounded, free)]
        rows.append(cells)
    header = ["", "w ≥ 0", "free", "free over w ≥ 0", "skewness, w ≥ 0", "free", "kurtosis, w ≥ 0", "free"]
    return markdown(header, rows)


def convergence(data):
    """What the proof asks of the learning rate, and what it grants: medians and quartiles over sequences."""
    rows = []
    for bistability in range(data.sizes["bistability"]):
        for size in range(data.sizes["inputs"]):
            point = data.isel(bistability=bistability, inputs=size)
            inputs = point["inputs"].item()
            rate, decades = (point[name].values for name in ("rate_bound", "log_update_bound"))
            low, middle, high = numpy.nanquantile(rate, [0.25, 0.5, 0.75])
            updates = numpy.nanquantile(decades, [0.25, 0.5, 0.75])
            reached = [int((rate > used).sum()) for used in (0.01, 0.001)]
            rows.append(
                [f"γ {plain(point['bistability'].item())}, N {plain(inputs)}", f"{middle:.1e} ({low:.1e} to {high:.1e})"]
                + [f"{middle * inputs:.2f}", f"{updates[1]:.1f} ({updates[0]:.1f} to {updates[2]:.1f})"]
                + [f"{count} of {rate.size}" for count in reached]
            )
    header = ["", "proven rate, median (quartiles)", "times N", "log10 of updates", "0.01 is proven for", "0.001 for"]
    return markdown(header, rows)
