"""Tables of docs/textbook.md on `micromodules` and `rebound`: functions of the results of their sweeps."""

import numpy

from tables import against_theory, grid, markdown, plain, value

LOOPS = [
    "olive_rate", "nuclear_rate", "nuclear_variance", "difference_variance", "response_target", "response_others",
]
CELL = ["latency", "tonic_rate", "availability"]
INHIBITION = ["inhibition_mean", "inhibition_variance"]

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
    """Sweep rebound-pause: spikes in the pause, with and without T current."""

    def cell(point):
        return f"{value(point, 'burst_spikes', 2)} / {point['burst_without_t_current_mean'].item():.2f}"

    return grid(data, "inhibition", "pause", cell, "g_I, pause (ms)")


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
            tonic, plain_tonic, ready, burst, plain_burst = (
                point[f"{name}_mean"].item()
                for name in (
                    "tonic_rate", "tonic_rate_without_t_current", "availability", "burst_spikes", "burst_without_t_current",
                )
            )
            cells.append(f"{tonic:.1f} / {plain_tonic:.1f}; {ready:.2f}; {burst:.1f} / {plain_burst:.1f}")
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
