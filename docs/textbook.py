"""Fills the tables of docs/textbook.md from the results of sweeps/textbook; `make textbook` runs the sweeps and this."""

import argparse
import json
import pathlib
import subprocess

import numpy

import textbook_learning as learning
import textbook_loops as loops
from tables import fill, markdown, measured, opened, percent, plain

DOCUMENT = pathlib.Path(__file__).with_suffix(".md")
SPEEDS = pathlib.Path(__file__).with_name("learning_speed.json")

# Observables of the granule layer that have a theory, and the digits that its values need.
LAYER = [
    "active_fraction", "active_cells", "active_cells_deviation", "shared_cells", "shared_cells_noisy", "granule_overlap",
    "granule_correlation", "dimension", "figure_of_merit", "one_trial_error", "empty_contexts",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the microzone program")
    parser.add_argument("results", type=pathlib.Path, help="the folder that holds a folder of results per sweep")
    parser.add_argument("--suffix", default="", help="of the names of the sweeps; --suffix=-small for the small twins")
    parser.add_argument("--output", type=pathlib.Path, default=DOCUMENT, help="where the filled document goes")
    arguments = parser.parse_args()

    def results(name):
        return opened(arguments.results / f"textbook-{name}{arguments.suffix}")

    def theory(experiment="recoding", **parameters):
        flags = [word for name, value in parameters.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        command = [arguments.program, "theory", experiment, *flags, "--format", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    tables = {
        "layer": lambda: layer(results("recoding-spectrum"), results("recoding-empty")),
        "chapter": lambda: chapter(results("recoding-chapter")),
        "expansion": lambda: pivot(results("recoding-expansion"), "mossy_fibres", "golgi_gain", "capacity_per_mossy_fibre"),
        "expansion-silent": lambda: pivot(results("recoding-expansion"), "mossy_fibres", "golgi_gain", "silent_fraction"),
        "golgi": lambda: pivot(results("recoding-golgi"), "golgi_gain", "mossy_fibres", "capacity"),
        "golgi-silent": lambda: pivot(results("recoding-golgi"), "golgi_gain", "mossy_fibres", "silent_fraction"),
        "interneurons": lambda: pivot(results("recoding-interneurons"), "interneuron_inhibition", "wiring", "capacity"),
        "interneurons-silent": lambda: pivot(results("recoding-interneurons"), "interneuron_inhibition", "wiring", "silent_fraction"),
        "capacity": lambda: capacity(results("recoding-capacity"), theory),
        "capacity-deviation": lambda: capacity_deviation(results("recoding-capacity")),
        "dendrites": lambda: best_thresholds(results("recoding-dendrites")),
        "activity": lambda: pivot(results("recoding-activity"), "dendrites", "mossy_fibres", "figure_of_merit", digits=1),
        "trial": lambda: trial(results("recoding-trial"), theory),
        "sparse": lambda: sparse(results("recoding-sparse")),
        "separation": lambda: pivot(results("recoding-separation"), "dendrites", "mossy_coding", "capacity"),
        "speed": lambda: speed("raw"),
        "speed-rescaled": lambda: speed("rescaled"),
        "conditioning-course": lambda: learning.course_against_theory(results("conditioning-course")),
        "conditioning-interval": lambda: learning.intervals(results("conditioning-interval")),
        "conditioning-lead": lambda: learning.leads(results("conditioning-lead")),
        "conditioning-potentiation": lambda: learning.potentiation(results("conditioning-potentiation")),
        "conditioning-loop": lambda: learning.loop(results("conditioning-loop")),
        "conditioning-inhibition": lambda: learning.inhibition(results("conditioning-inhibition")),
        "conditioning-teaching": lambda: learning.teaching(results("conditioning-teaching")),
        "conditioning-extinction": lambda: learning.extinction(results("conditioning-extinction")),
        "conditioning-plasticity": lambda: learning.plasticity(results("conditioning-plasticity")),
        "loops": lambda: loops.loops_against_theory(results("micromodules-theory")),
        "stability": lambda: loops.stability(results("micromodules-stability")),
        "stability-theory": lambda: loops.stability_against_theory(results("micromodules-stability")),
        "lasting-error": lambda: loops.lasting_error(results("micromodules-loop")),
        "learned-response": lambda: loops.learned_response(results("micromodules-loop")),
        "specificity": lambda: loops.specificity(results("micromodules-crosstalk")),
        "floor": lambda: loops.floor(results("micromodules-floor")),
        "floor-variance": lambda: loops.floor_variance(results("micromodules-floor")),
        "cell": lambda: loops.cell_against_theory(results("rebound-theory")),
        "moments": lambda: loops.inhibition_against_theory(results("rebound-moments")),
        "pause": lambda: loops.pause(results("rebound-pause")),
        "share": lambda: loops.share(results("rebound-share")),
        "exclusion": lambda: loops.exclusion(results("rebound-exclusion"), 1.2),
        "exclusion-current": lambda: loops.exclusion(results("rebound-exclusion"), 3),
        "prediction-theory": lambda: learning.tracking_against_theory(results("prediction-theory")),
        "prediction-delay": lambda: learning.delays(results("prediction-delay")),
        "prediction-disturbance": lambda: learning.disturbances(results("prediction-disturbance")),
        "prediction-learning": lambda: learning.wiener(results("prediction-learning"), theory),
        "prediction-change": lambda: learning.changes(results("prediction-change"), theory),
    }
    fill(DOCUMENT, arguments.output, tables)


SYMBOLS = {
    "mossy_fibres": "M", "golgi_gain": "g", "interneuron_inhibition": "q'", "mossy_coding": "p", "dendrites": "K",
    "granule_threshold": "k", "granule_cells": "N", "wiring": "", "output_coding": "f_out", "noise": "noise", "load": "load",
    "mossy_correlation": "c", "output_correlation": "c_out",
}


def label(data, dimension, index):
    """What an index along a dimension stands for: the value, or all the values that move together."""
    names = [name for name in SYMBOLS if name in data and data[name].dims == (dimension,)]
    values = {name: data[name].values[index] for name in names}
    return ", ".join(f"{SYMBOLS[name]} {plain(value)}".strip() for name, value in values.items())


def pivot(data, rows, columns, name, digits=3):
    """A table of one observable over two dimensions."""
    rows, columns = data[rows].dims[0], data[columns].dims[0]
    header = [""] + [label(data, columns, index) for index in range(data.sizes[columns])]
    body = [
        [label(data, rows, row)]
        + [measured(data.isel({rows: row, columns: column}), name, digits) for column in range(data.sizes[columns])]
        for row in range(data.sizes[rows])
    ]
    return markdown(header, body)


def deviations(data, name):
    """(mean - theory) / error of every value that has a theory and an error that is no rounding."""
    mean, error, theory = (data[f"{name}_{kind}"].values.ravel() for kind in ("mean", "sem", "theory"))
    known = numpy.isfinite(theory) & (error > 1e-9 * numpy.abs(mean))
    return (mean[known] - theory[known]) / error[known], mean[known] / theory[known] - 1


def layer(spectrum, empty):
    """How far the circuits are from their theory, by observable; empty contexts want circuits of their own."""
    rows = []
    for name in LAYER:
        errors, relative = deviations(empty if name == "empty_contexts" else spectrum, name)
        largest = errors[numpy.argmax(numpy.abs(errors))]
        cells = [f"`{name}`", str(len(errors)), f"{numpy.sqrt((errors**2).mean()):.2f}", f"{errors.mean():+.2f}"]
        rows.append(cells + [f"{largest:+.1f}", percent(numpy.median(relative))])
    header = ["observable", "values", "root mean square, in errors", "mean, in errors", "largest", "median deviation"]
    return markdown(header, rows)


def chapter(data):
    """The chapter's layer over the noise of the copies."""
    rows = []
    for index, fibres in enumerate(data["mossy_fibres"].values):
        for column, noise in enumerate(data["noise"].values):
            point = data.isel(mossy_fibres=index, noise=column)
            cells = [measured(point, name) for name in ("active_cells", "active_cells_deviation", "shared_cells_noisy")]
            cells.append(measured(point, "shared_cells", digits=5))
            rows.append([f"{fibres}", plain(noise), *cells])
    return markdown(["M", "noise", "active cells", "their deviation", "shared with the copy", "shared by chance"], rows)


def capacity(data, theory):
    """Exact capacities beside S, T and their product."""
    names = ("granule_threshold", "mossy_coding", "mossy_correlation", "output_coding", "output_correlation", "golgi_gain")
    rows = []
    circuits, sizes = data["wiring"].dims[0], data["granule_cells"].dims[0]
    for index in range(data.sizes[circuits]):
        own = data.isel({circuits: index})
        given = {name: own[name].item() for name in names}
        parts = theory(wiring=own["wiring"].item(), granule_cells=1000, mossy_fibres=250, **given)
        product = parts["wiring_capacity"] * parts["correlated_capacity"]
        cells = [f"{parts['wiring_capacity']:.3f}", f"{parts['correlated_capacity']:.3f}", f"{product:.3f}"]
        for size in range(data.sizes[sizes]):
            point = own.isel({sizes: size})
            cells.append(f"{point['capacity_mean'].item():.3f} ± {point['capacity_sem'].item():.3f}")
        words = [f"{SYMBOLS[name]} {plain(value)}" for name, value in given.items() if name != "golgi_gain" or value > 0]
        rows.append([", ".join([own["wiring"].item(), *words]), *cells])
    header = [f"N = {cells}" for cells in data["granule_cells"].values]
    return markdown(["circuit", "S", "T", "S × T", *header], rows)


def capacity_deviation(data):
    """The relative deviation of the exact capacity from S × T, by size."""
    rows = []
    sizes = data["granule_cells"].dims[0]
    for size, cells in enumerate(data["granule_cells"].values):
        point = data.isel({sizes: size})
        theory = point["capacity_theory"]
        relative = (point["capacity_mean"] / theory - 1).values
        errors = (numpy.hypot(point["capacity_sem"], point["capacity_theory_sem"]) / theory).values
        weights = errors**-2
        mean = (weights * relative).sum() / weights.sum()
        chi = ((relative / errors) ** 2).sum()
        rows.append([str(cells), f"{100 * mean:+.1f} ± {100 * weights.sum() ** -0.5:.1f} %", f"{chi:.1f} of {len(errors)}"])
    return markdown(["N", "mean deviation, weighted", "χ²"], rows)


def best_thresholds(data):
    """For each K the threshold of the greatest figure of merit (by theory), where less than half of the cells are active."""
    rows = []
    dendrites, cells_dimension = data["dendrites"].values, data["dendrites"].dims[0]
    for coding in range(data.sizes["mossy_coding"]):
        for fibres in range(data.sizes["mossy_fibres"]):
            point = data.isel(mossy_coding=coding, mossy_fibres=fibres)
            theory = numpy.where(point["active_fraction_theory"] < 0.5, point["figure_of_merit_theory"], -numpy.inf)
            cells = []
            for count in sorted(set(dendrites)):
                own = numpy.flatnonzero(dendrites == count)
                best = own[numpy.argmax(theory[own])]
                threshold = int(data["granule_threshold"].values[best])
                cells.append(f"{measured(point.isel({cells_dimension: best}), 'figure_of_merit', 1)}, k {threshold}")
            heading = f"p {plain(data['mossy_coding'].values[coding])}, M {data['mossy_fibres'].values[fibres]}"
            rows.append([heading, *cells])
    return markdown(["", *[f"K {count}" for count in sorted(set(dendrites))]], rows)


def trial(data, theory):
    """One-trial errors beside both theories."""
    rows = []
    layers = data["mossy_fibres"].dims[0]
    for layer_index in range(data.sizes[layers]):
        fibres = int(data["mossy_fibres"].values[layer_index])
        for noise_index, noise in enumerate(data["noise"].values):
            cells = []
            for load_index, load in enumerate(data["load"].values):
                point = data.isel({layers: layer_index, "noise": noise_index, "load": load_index})
                refined = theory(mossy_fibres=fibres, noise=noise, load=load, learner="none").get("one_trial_error_refined")
                text = "" if refined is None else f" / {refined:.4f}"
                cells.append(measured(point, "one_trial_error", 4).replace("]", f"{text}]"))
            rows.append([f"M {fibres}, noise {plain(noise)}", *cells])
    return markdown([""] + [f"load {plain(load)}" for load in data["load"].values], rows)


def sparse(data):
    """Capacity and empty contexts where few cells are active."""
    rows = []
    for coding_index, coding in enumerate(data["mossy_coding"].values):
        for gain_index, gain in enumerate(data["golgi_gain"].values):
            point = data.isel(mossy_coding=coding_index, golgi_gain=gain_index)
            cells = [measured(point, "active_cells", 2), measured(point, "empty_contexts", 4)]
            rows.append([f"p {plain(coding)}, g {plain(gain)}", *cells, measured(point, "capacity")])
    return markdown(["", "active cells", "empty contexts", "capacity"], rows)


def speed(scale):
    """Learning speed of a readout without signs, relative to that of the mossy fibres: see docs/learning_speed.py."""
    runs = json.loads(SPEEDS.read_text(encoding="utf-8"))
    runs = {(run["K"], run["p"]): run for run in runs["summary"] if (run["inputs"], run["scale"]) == ("independent", scale)}
    codings = sorted({coding for _, coding in runs})
    rows = []
    for dendrites in sorted({dendrites for dendrites, _ in runs}):
        rows.append([f"K {dendrites}, k {3 * dendrites // 4 + 1}", *(relative_speed(runs[dendrites, coding]) for coding in codings)])
    return markdown([""] + [f"p {plain(coding)}" for coding in codings], rows)


def relative_speed(run):
    """Mean and error over the seeds that reached the criterion, and how many of them did, if not all."""
    own = run["normalised_speed"]
    if not own or own["seeds"] == 0:
        return "none learns"
    few = "" if own["seeds"] == run["seeds"] else f" ({own['seeds']} of {run['seeds']})"
    return f"{own['mean']:.2f} ± {own['standard_error']:.2f}{few}"


if __name__ == "__main__":
    main()
