"""Learning speed of Cayco-Gajic, Clopath & Silver (2017, Nat Commun 8:1116) on the circuit of the experiment `recoding`.

By hand: it needs numba, and takes four minutes; docs/textbook.py reads learning_speed.json, of which the runs were left out.

The circuit is ours (docs/textbook.md): M = 187 mossy fibres, N = 487 granule cells, K different fibres drawn uniformly for
each cell, a cell is active (1, else 0) when at least k = floor(3K/4) + 1 of its fibres are.  This k is their strict threshold
(4/K) * active > 3; their cells are graded above it, which for K <= 4 is the same as ours.
The task, the training and the measure are theirs, from their code (SilverLabUCL/MF-GC-network-backprop-public,
analytical_model/test_mf_grc_backprop.py and plot_bp_learning_speed.m):
  - 640 patterns, each in one of 10 classes at random; 10 logistic units (target 1 for the class, 0 for the other nine) with bias and
    weights of either sign, start uniform in +-1/(inputs + 1);
  - online gradient descent: delta = o(1 - o)(o - target), weights -= .01 * input * delta, new random order each epoch;
  - error of an epoch = mean over the patterns, each before its own update, of the root mean square over the 10 units;
  - speed = 1/(first epoch with error <= .2), no value if the cap on epochs is reached; normalised = granule / mossy.
Inputs: `independent` (fibres active with probability p) or `exact` (round(p M) active: their uncorrelated case).
Scale: `raw`, or `rescaled`: granule patterns times one constant so that their total variance (trace of the covariance over the 640
patterns) is that of the mossy patterns.  This takes the gain of the signal out (it is a rate of the weights times the gain squared).
A seed fixes fibres, wiring, classes, starting weights and orders, each by a stream of its own; the mossy run of one (seed, inputs,
p) serves all K.  The trainer visits active inputs only (`--check` compares it with a literal dense copy of their step).
"""
import argparse
import json
import os
import pathlib
import shlex
import sys
import time
os.environ.setdefault("OMP_NUM_THREADS", "1")
import numba
import numpy as np

MOSSY_FIBRES, GRANULE_CELLS, PATTERNS, CLASSES = 187, 487, 640, 10
RATE, CRITERION = .01, .2


def stream(seed, purpose, *keys):
    """A generator of its own for each purpose, the same on every machine."""
    return np.random.default_rng([seed, ["fibres", "wiring", "classes", "mossy", "granule"].index(purpose), *keys])


def mossy_patterns(seed, inputs, p):
    """Patterns x fibres, Boolean.  Both kinds of input use the same uniforms."""
    uniform = stream(seed, "fibres", round(1000 * p)).random((PATTERNS, MOSSY_FIBRES))
    if inputs == "independent":
        return uniform < p
    return uniform.argsort(1).argsort(1) < round(p * MOSSY_FIBRES)  # the smallest round(p M) ranks


def granule_patterns(seed, mossy, dendrites):
    """Patterns x cells, Boolean: K = `dendrites` different fibres a cell, threshold floor(3K/4) + 1."""
    wiring = stream(seed, "wiring", dendrites).random((GRANULE_CELLS, MOSSY_FIBRES)).argsort(1)[:, :dendrites]
    return mossy[:, wiring].sum(2) >= 3 * dendrites // 4 + 1


@numba.njit
def run_epoch(order, starts, active, gain, classes, weights, bias):
    """One epoch of online gradient descent, in place; returns the mean root mean square error before each update."""
    outputs, total, delta = bias.size, 0., np.empty(bias.size)
    for pattern in order:
        inputs = active[starts[pattern]:starts[pattern + 1]]
        delta[:] = 0.
        for cell in inputs:
            for unit in range(outputs):
                delta[unit] += weights[cell, unit]
        square = 0.
        for unit in range(outputs):
            output = 1. / (1. + np.exp(-(gain * delta[unit] + bias[unit])))
            error = output - (1. if classes[pattern] == unit else 0.)
            square += error * error
            step = RATE * output * (1. - output) * error
            bias[unit] -= step
            delta[unit] = gain * step
        total += np.sqrt(square / outputs)
        for cell in inputs:
            for unit in range(outputs):
                weights[cell, unit] -= delta[unit]
    return total / order.size


def epochs_to_criterion(patterns, gain, classes, random, cap):
    """(first epoch, from 1, whose error is <= .2, or None; last error)."""
    weights = random.uniform(-1, 1, (patterns.shape[1] + 1, CLASSES)) / (patterns.shape[1] + 1)  # the last row is the bias
    starts = np.concatenate([[0], patterns.sum(1).cumsum()])
    active = patterns.nonzero()[1]
    for epoch in range(1, cap + 1):
        error = run_epoch(random.permutation(PATTERNS), starts, active, gain, classes, weights[:-1], weights[-1])
        if error <= CRITERION:
            return epoch, error
    return None, error


def check():
    """The trainer against a literal dense copy of their `backprop_step_nohid`: same start, same orders, 3 epochs."""
    patterns = granule_patterns(0, mossy_patterns(0, "independent", .5), 2)
    classes = stream(0, "classes").integers(CLASSES, size=PATTERNS)
    for gain in (1., 1.7):
        _, fast = epochs_to_criterion(patterns, gain, classes, stream(0, "granule", 2), 3)
        random = stream(0, "granule", 2)
        weights = random.uniform(-1, 1, (GRANULE_CELLS + 1, CLASSES)) / (GRANULE_CELLS + 1)
        for _ in range(3):
            errors = []
            for pattern in random.permutation(PATTERNS):
                row = np.append(gain * patterns[pattern], 1)
                output = 1 / (1 + np.exp(-(row @ weights)))
                error = output - np.eye(CLASSES)[classes[pattern]]
                weights = weights - RATE * np.outer(row, np.diag(output * (1 - output)) @ error)
                errors.append(np.sqrt(np.mean(error**2)))
        print(f"gain {gain}: error after 3 epochs {fast:.15f}, difference from dense {fast - np.mean(errors):.1e}")


def run_seed(seed, arguments):
    """All runs of one seed, as records."""
    classes, records = stream(seed, "classes").integers(CLASSES, size=PATTERNS), []
    for inputs in arguments.inputs:
        for p in arguments.p:
            mossy = mossy_patterns(seed, inputs, p)
            mossy_epochs, _ = epochs_to_criterion(mossy, 1., classes, stream(seed, "mossy"), arguments.epochs)
            for dendrites in arguments.dendrites:
                granule = granule_patterns(seed, mossy, dendrites)
                variance_ratio = float(granule.var(0, ddof=1).sum() / mossy.var(0, ddof=1).sum())
                for scale in arguments.scales:
                    gain = 1. if scale == "raw" else variance_ratio**-.5 if variance_ratio else None
                    epochs, error = (None, None) if gain is None else epochs_to_criterion(
                        granule, gain, classes, stream(seed, "granule", dendrites), arguments.epochs)
                    speed = mossy_epochs / epochs if epochs and mossy_epochs else None
                    records.append(dict(
                        seed=seed, inputs=inputs, scale=scale, K=dendrites, p=p, mossy_epochs=mossy_epochs, granule_epochs=epochs,
                        normalised_speed=speed, last_error=error, gain=gain, variance_ratio=variance_ratio,
                        active_fraction=float(granule.mean()), empty_patterns=float((~granule.any(1)).mean())))
    return records


def mean_and_error(values):
    values = np.array([value for value in values if value is not None])
    error = float(values.std(ddof=1) / values.size**.5) if values.size > 1 else None
    return float(values.mean()) if values.size else None, error, values.size


def entry(runs, cap):
    """'mean ± error (reached)' of one point; '< bound' when no seed reached the error, the bound from the cap."""
    mean, error, reached = mean_and_error([run["normalised_speed"] for run in runs])
    share = "" if reached == len(runs) else f" ({reached}/{len(runs)})"
    if reached:
        return f"{mean:.2f}" + (f" ± {error:.2f}" if reached > 1 else "") + share
    mossy = mean_and_error([run["mossy_epochs"] for run in runs])[0]
    silent = not any(run["active_fraction"] for run in runs)
    return ("silent" if silent else "no mossy" if mossy is None else f"< {mossy / cap:.3f}") + share


def write(records, arguments, seconds):
    """The JSON file (all runs and the summary) and the Markdown tables."""
    seeds, summary = sorted({run["seed"] for run in records}), []
    command = "OMP_NUM_THREADS=1 nice -n 15 .venv/bin/python " + shlex.join(sys.argv)
    head = "\n| K (k) | " + " | ".join(f"p {p:g}" for p in arguments.p) + " |\n" + "|---" * (len(arguments.p) + 1) + "|\n"
    text = (f"# Normalised learning speed (granule / mossy)\n\nCommand (in /work/second): `{command}`; {seconds:.0f} seconds; "
            f"{len(seeds)} seeds; cap {arguments.epochs} epochs.\nMean ± standard error over the seeds that reached error {CRITERION}; "
            "(n/m) where only n of m did; `< b`: none did, b = mossy epochs / cap; `silent`: no cell is ever active.\n")
    for inputs in arguments.inputs:
        for scale in arguments.scales:
            rows, layer = "", ""
            for dendrites in arguments.dendrites:
                rows, layer = (part + f"| {dendrites} ({3 * dendrites // 4 + 1}) |" for part in (rows, layer))
                for p in arguments.p:
                    point = dict(inputs=inputs, scale=scale, K=dendrites, p=p)
                    runs = [run for run in records if point.items() <= run.items()]
                    means = {name: mean_and_error([run[name] for run in runs]) for name in (
                        "normalised_speed", "mossy_epochs", "granule_epochs", "variance_ratio", "active_fraction", "empty_patterns")}
                    summary.append(point | {"seeds": len(runs)} | {
                        name: dict(zip(("mean", "standard_error", "seeds"), value)) for name, value in means.items()})
                    rows += f" {entry(runs, arguments.epochs)} |"
                    layer += f" {means['variance_ratio'][0]:.2g}; {100 * means['empty_patterns'][0]:.0f} % |"
                rows, layer = rows + "\n", layer + "\n"
            mossy = [point["mossy_epochs"]["mean"] for point in summary[-len(arguments.p):]]  # the same for every K
            rows += "| mossy epochs | " + " | ".join("-" if value is None else f"{value:.0f}" for value in mossy) + " |\n"
            text += f"\n## {inputs} fibres, {scale}\n{head}{rows}"
        text += f"\n## {inputs} fibres: total variance granule / mossy; patterns without an active cell\n{head}{layer}"
    result = dict(command=command, seconds=round(seconds, 1), epochs_cap=arguments.epochs, seeds=seeds, summary=summary, runs=records)
    (arguments.output / "learning_speed.json").write_text(json.dumps(result, indent=1) + "\n")
    (arguments.output / "LEARNING_SPEED.md").write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dendrites", type=int, nargs="+", default=[1, 2, 4, 8, 16], help="the values of K")
    parser.add_argument("--p", type=float, nargs="+", default=[.1, .3, .5, .7, .9], help="the activities of the mossy fibres")
    parser.add_argument("--inputs", nargs="+", choices=["independent", "exact"], default=["independent", "exact"])
    parser.add_argument("--scales", nargs="+", choices=["raw", "rescaled"], default=["raw", "rescaled"])
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0, 1, ... (files are written after each)")
    parser.add_argument("--epochs", type=int, default=5000, help="cap on epochs (theirs: 5000)")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent, help="folder of the two files")
    parser.add_argument("--check", action="store_true", help="only compare the trainer with a dense copy of theirs")
    arguments, began, records = parser.parse_args(), time.time(), []
    if arguments.check:
        return check()
    for seed in range(arguments.seeds):
        records += run_seed(seed, arguments)
        write(records, arguments, time.time() - began)
        print(f"seed {seed} done after {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
