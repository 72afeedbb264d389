"""Tables of docs/textbook.md on `micromodules` and `rebound`: functions of the results of their sweeps."""

import numpy

from tables import markdown, measured, percent, plain

LOOPS = [
    "olive_rate", "nuclear_rate", "nuclear_variance", "difference_variance", "response_target", "response_others",
]
CELL = ["latency", "tonic_rate", "availability"]
INHIBITION = ["inhibition_mean", "inhibition_variance"]

# A standard error below this share of the mean is rounding: the value is the same in every run.
ROUNDING = 1e-9


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
    mean, error = point[f"{name}_mean"].item(), point[f"{name}_sem"].item()
    if numpy.isnan(mean):
        return "–"
    if error <= ROUNDING * abs(mean):
        theory = point[f"{name}_theory"].item() if f"{name}_theory" in point else numpy.nan
        return f"{mean:.{digits}f}" + ("" if numpy.isnan(theory) else f" [{theory:.{digits}f}]")
    return measured(point, name, digits)


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


def loops_against_theory(data):
    """Sweep micromodules-theory."""
    return against_theory(data, LOOPS)


def stability(data):
    """Sweep micromodules-stability: growth per step; a cross where an olive cell fell silent without noise."""

    def cell(point):
        cross = " ✗" if point["diverged_mean"].item() == 1.0 else ""
        return f"{point['growth_mean'].item():.5f}{cross}"

    shown = data.sel(nuclear_step=[0.4, 4, 10, 20, 30, 32, 50])
    return grid(shown, "loop_delay", "nuclear_step", cell, "delay (s), h")


def stability_against_theory(data):
    """Sweep micromodules-stability: growth and period beside the largest root."""
    return against_theory(data, ["growth", "period"])


def lasting_error(data):
    """Sweep micromodules-loop: rate of the olive."""
    return grid(data, "nucleo_olivary_inhibition", "error_rate", lambda point: value(point, "olive_rate"), "k, e (1/s)")


def learned_response(data):
    """Sweep micromodules-loop: nuclear rate."""
    return grid(data, "nucleo_olivary_inhibition", "error_rate", lambda point: value(point, "response_target", 2), "k, e (1/s)")


def specificity(data):
    """Sweep micromodules-crosstalk: responses with an error, and differences without."""
    rows = []
    for index, crosstalk in enumerate(data["crosstalk"].values):
        quiet, error = (data.isel(crosstalk=index, error_rate=position) for position in (0, -1))
        cells = [value(error, "response_target", 2), value(error, "response_others"), value(error, "olive_rate")]
        rows.append([plain(crosstalk), *cells, value(quiet, "difference_variance", 2)])
    header = ["ε", "response of the target", "response of the others", "olive rate", "variance of differences, no error"]
    return markdown(header, rows)


def floor(data):
    """Sweep micromodules-floor: the nuclear rate, whose equilibrium is 0."""
    return grid(data, "nuclear_step", "equilibrium_rate", lambda point: value(point, "nuclear_rate"), "h, c_eq (1/s)")


def floor_variance(data):
    """Sweep micromodules-floor: variance of the mean over eight modules."""
    return grid(data, "nuclear_step", "equilibrium_rate", lambda point: value(point, "nuclear_variance"), "h, c_eq (1/s)")


def pause(data):
    """Sweep rebound-pause: spikes in the pause."""
    return grid(data, "inhibition", "pause", lambda point: value(point, "burst_spikes", 2), "g_I, pause (ms)")


def exclusion(data, current):
    """Sweep rebound-exclusion: tonic rate, T channels ready at the pause, spikes in it with and without T current."""
    own = data.isel(applied_current=int(numpy.argmin(abs(data["applied_current"].values - current))))
    dimension = own["synchrony"].dims[0]
    names = [
        "constant" if cells == 0 else f"synchrony {plain(synchrony)}"
        for cells, synchrony in zip(own["purkinje_cells"].values, own["synchrony"].values)
    ]
    rows = []
    for index, inhibition in enumerate(own["inhibition"].values):
        cells = []
        for column in range(len(names)):
            point = own.isel({"inhibition": index, dimension: column})
            tonic, ready, burst, plain_burst = (
                point[f"{name}_mean"].item()
                for name in ("tonic_rate", "availability", "burst_spikes", "burst_without_t_current")
            )
            cells.append(f"{tonic:.1f}; {ready:.2f}; {burst:.1f} / {plain_burst:.1f}")
        rows.append([plain(inhibition), *cells])
    return markdown(["g_I", *names], rows)


def share(data):
    """Sweep rebound-share: spikes in the pause."""
    return grid(data, "paused_share", "inhibition", lambda point: value(point, "burst_spikes", 2), "share, g_I")


def cell_against_theory(data):
    """Sweep rebound-theory."""
    return against_theory(data, CELL)


def inhibition_against_theory(data):
    """Sweep rebound-moments."""
    return against_theory(data, INHIBITION)
