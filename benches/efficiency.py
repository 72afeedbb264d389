"""Measures the parallel efficiency of a heterogeneous sweep of capacity on two cores. The goal is 97 %.

The sweep takes about a minute on one core. Its 168 tasks take from a millisecond to several seconds, so the order in
which they are given out matters. Each round runs the sweep four times, each time from nothing, with results stored:

  1 rank, 1 thread         for comparison
  1 rank, 2 threads        what is measured
  2 ranks, 1 thread each   what is measured, under mpirun
  two runs at once         for comparison: two separate runs with 1 thread each, so twice the work, and no waiting

The wall time of a run lasts from the first task given out to the last result stored, according to the run's own record.
Two busy cores may each be slower than one alone (they share caches, memory and a power budget), and no scheduler can
change that. So there are three efficiencies, each a median over the rounds:

  busy      CPU seconds / (2 x wall time). The rest is time in which a core waited: for a task, for the other core at
            the end, for a message. Slow cores do not count against it, nor does work that one thread would not have
            had. The CPU seconds of a run of one null task (the start of the program and of MPI) are subtracted.
  machine   wall time of each of two runs at once / (2 x wall time): compared with what two cores of this machine do
            when neither waits for the other. Waiting and additional work count against it, slow cores do not. It
            compares different runs, so it varies more.
  wall      wall time of 1 rank, 1 thread / (2 x wall time): what the user gains. Slow cores count against it.

The goal applies to the first two: together they show time lost and work added, and nothing else.

"Others" is the share of the two cores that other programs, or other guests of the host, took during the run. If it is
above 2 %, the numbers say more about them than about microzone.

Run by `make efficiency`, or: python benches/efficiency.py target/release/microzone [--rounds N] [--quick]
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

CORES = 2
GOAL = 0.97
MOST_OTHERS = 0.02

SWEEP = """\
[sweep]
name = "efficiency"
experiment = "capacity"
seed = 2012
replicates = {replicates}

[grid]
inputs = {inputs}
output_correlation = [0.0, 0.4, 0.8]
"""
FULL = SWEEP.format(replicates=8, inputs=[20, 50, 100, 200, 400, 800, 1600])
QUICK = SWEEP.format(replicates=8, inputs=[20, 50, 100, 200, 400])
ONE_NULL_TASK = '[sweep]\nname = "one"\nexperiment = "null"\n'

ONE, THREADS, RANKS, TWICE = "1 rank, 1 thread", "1 rank, 2 threads", "2 ranks, 1 thread each", "two runs at once"
MPIRUN = ("mpirun", "-n", "2")
# The launcher of each run, its threads, and how many run at the same time.
RUNS = {ONE: ((), 1, 1), THREADS: ((), 2, 1), RANKS: (MPIRUN, 1, 1), TWICE: ((), 1, 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built program, with MPI")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3, each of about three minutes)")
    parser.add_argument("--quick", action="store_true", help="a sweep of a few seconds")
    arguments = parser.parse_args()
    if len(os.sched_getaffinity(0)) < CORES:
        raise SystemExit(f"this needs {CORES} cores")
    program = arguments.program.resolve()
    start_up = {name: measure(program, ONE_NULL_TASK, *run)["cpu"] for name, run in RUNS.items()}
    rounds = []
    for _ in range(arguments.rounds):
        rounds.append({name: measure(program, QUICK if arguments.quick else FULL, *run) for name, run in RUNS.items()})
        print("wall seconds: " + "; ".join(f"{name} {run['wall']:.2f}" for name, run in rounds[-1].items()), flush=True)
    print()
    report(rounds, start_up)


def measure(program, sweep, launcher, threads, copies):
    """Wall and CPU seconds of a run (means, if there are copies at the same time), and the share that others took."""
    with tempfile.TemporaryDirectory(prefix="microzone-efficiency-") as folder:
        folder = pathlib.Path(folder)
        (folder / "sweep.toml").write_text(sweep)
        command = [*launcher, program, "run", folder / "sweep.toml", "--threads", str(threads), "--out"]
        start, busy, own = time.perf_counter(), busy_seconds(), children_seconds()
        processes = [start_quietly([*command, folder / str(copy)]) for copy in range(copies)]
        for process in processes:
            output = process.communicate()[1]
            if process.returncode:
                raise SystemExit(f"microzone failed:\n{output}")
        others = (busy_seconds() - busy - (children_seconds() - own)) / (CORES * (time.perf_counter() - start))
        records = [json.loads((folder / str(copy) / "runs/run-0001.json").read_text()) for copy in range(copies)]
    wall = statistics.mean(record["end"] - record["start"] for record in records)
    return {"wall": wall, "cpu": statistics.mean(record["cpu_seconds"] for record in records), "others": others}


def start_quietly(command):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def busy_seconds():
    """What all programs, and other guests of the host, have taken from the cores since the system started."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _idle, _wait, interrupts, soft_interrupts, stolen = map(int, fields)
    return (user + nice + system + interrupts + soft_interrupts + stolen) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(rounds, start_up):
    header = ("run", "wall s, least", "median", "CPU s", "busy %", "machine %", "wall %", "others %, most")
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    verdicts = []
    for name in RUNS:
        walls = [each[name]["wall"] for each in rounds]
        cpu = statistics.median(each[name]["cpu"] - start_up[name] for each in rounds)
        efficiencies = median_efficiencies(rounds, name, start_up[name]) if name in (THREADS, RANKS) else {}
        shown = [f"{100 * efficiencies[kind]:.1f}" if efficiencies else "" for kind in ("busy", "machine", "wall")]
        others = f"{100 * max(each[name]['others'] for each in rounds):.1f}"
        row = (name, f"{min(walls):.2f}", f"{statistics.median(walls):.2f}", f"{cpu:.2f}", *shown, others)
        print("| " + " | ".join(row) + " |")
        verdicts += [verdict(name, kind, efficiency) for kind, efficiency in efficiencies.items() if kind != "wall"]
    if max(run["others"] for each in rounds for run in each.values()) > MOST_OTHERS:
        verdicts = ["The machine was not quiet: do not quote these numbers."]
    print("\n" + "\n".join(verdicts))


def median_efficiencies(rounds, name, start_up):
    def median(of_round):
        return statistics.median(of_round(each) / (CORES * each[name]["wall"]) for each in rounds)

    return {
        "busy": median(lambda each: each[name]["cpu"] - start_up),
        "machine": median(lambda each: each[TWICE]["wall"]),
        "wall": median(lambda each: each[ONE]["wall"]),
    }


def verdict(name, kind, efficiency):
    reached = "reached" if efficiency >= GOAL else "missed"
    return f"{name}: {kind} {100 * efficiency:.1f} %, the goal of {100 * GOAL:.0f} % is {reached}"


if __name__ == "__main__":
    main()
