"""Measures the parallel efficiency of a heterogeneous sweep of capacity on two cores. The goal is 97 %.

The sweep takes about a minute on one core. Its 168 tasks take from a millisecond to several seconds, so the order in
which they are given out matters. Each round runs the sweep four times, each time from nothing, with results stored:

  1 rank, 1 thread         for comparison
  1 rank, 2 threads        what is measured
  2 ranks, 1 thread each   what is measured, under mpirun
  two runs at once         for comparison: two separate runs with 1 thread each, so twice the work, and no waiting

The wall time of a run lasts from the first task given out to the last result stored, according to the run's own record.
Two busy cores may each be slower than one alone (they share caches, memory and a power budget), and no scheduler can
change that. So there are four efficiencies, each a median over the rounds:

  busy      CPU seconds of the threads that compute tasks / (2 x wall time). The rest is time in which a core did no
            task. It waited for one, or for the other core at the end; it did what only the parallel program has to do
            (looking for messages, writing results); or other programs had it. Slow cores do not count against it.
  occupied  the same, with the time in which these threads had a task, but other threads or programs had the core. This
            is the work of the scheduler alone, and it can be measured on a machine that is not quiet.
  machine   wall time of each of two runs at once / (2 x wall time): compared with what two cores of this machine do
            when neither waits for the other. Slow cores do not count against it, nor does the work of a run's main
            thread, which each of the two runs has as well. It compares different runs, so it varies more.
  wall      wall time of 1 rank, 1 thread / (2 x wall time): what the user gains. Slow cores count against it, and that
            the main thread of the single run had a core for itself.

The goal applies to `busy` and `machine`.

"Others" is the share of the two cores that other programs, this script, and other guests of the host took during the
run. If it is above 2 %, all efficiencies but `occupied` say more about them than about microzone. Times of threads are
read every 0.05 s, so up to that much of a run's end is missing from `busy` and `occupied`.

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

ONE, THREADS, RANKS, TWICE = "1 rank, 1 thread", "1 rank, 2 threads", "2 ranks, 1 thread each", "two runs at once"
MPIRUN = ("mpirun", "-n", "2")
# The launcher of each run, its threads, how many run at the same time, and of how many processes these consist.
RUNS = {ONE: ((), 1, 1, 1), THREADS: ((), 2, 1, 1), RANKS: (MPIRUN, 1, 1, 2), TWICE: ((), 1, 2, 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built program, with MPI")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3, each of about three minutes)")
    parser.add_argument("--quick", action="store_true", help="a sweep of a few seconds")
    arguments = parser.parse_args()
    if len(os.sched_getaffinity(0)) < CORES:
        raise SystemExit(f"this needs {CORES} cores")
    program = arguments.program.resolve()
    rounds = []
    for _ in range(arguments.rounds):
        rounds.append({name: measure(program, QUICK if arguments.quick else FULL, *run) for name, run in RUNS.items()})
        print("wall seconds: " + "; ".join(f"{name} {run['wall']:.2f}" for name, run in rounds[-1].items()), flush=True)
    print()
    report(rounds)


def measure(program, sweep, launcher, threads, copies, ranks):
    """Seconds of a run (means, if there are copies at the same time), and the share of the cores that others took."""
    with tempfile.TemporaryDirectory(prefix="microzone-efficiency-") as folder:
        folder = pathlib.Path(folder)
        (folder / "sweep.toml").write_text(sweep)
        command = [*launcher, program, "run", folder / "sweep.toml", "--threads", str(threads), "--out"]
        start, busy, own = time.perf_counter(), busy_seconds(), children_seconds()
        processes = [start_quietly([*command, folder / str(copy)]) for copy in range(copies)]
        ran, waited = watch_tasks(processes, folder, ranks)
        for process in processes:
            output = process.communicate()[1]
            if process.returncode:
                raise SystemExit(f"microzone failed:\n{output}")
        others = (busy_seconds() - busy - (children_seconds() - own)) / (CORES * (time.perf_counter() - start))
        records = [json.loads((folder / str(copy) / "runs/run-0001.json").read_text()) for copy in range(copies)]
    wall = statistics.mean(record["end"] - record["start"] for record in records)
    cpu = statistics.mean(record["cpu_seconds"] for record in records)
    return {"wall": wall, "cpu": cpu, "ran": ran / copies, "waited": waited / copies, "others": others}


def watch_tasks(processes, folder, expected):
    """The seconds that the threads which compute, in so many ranks, ran and waited for a core."""
    last, ranks = {}, []
    while any(process.poll() is None for process in processes):
        if len(ranks) < expected:
            ranks = [rank for rank in pathlib.Path("/proc").glob("[0-9]*") if is_rank(rank, folder)]
        for thread in (thread for rank in ranks for thread in rank.glob("task/*")):
            try:
                if (thread / "comm").read_text() == "compute\n":
                    last[thread] = [int(time) / 1e9 for time in (thread / "schedstat").read_text().split()[:2]]
            except OSError:  # it has just ended
                pass
        time.sleep(0.05)
    return map(sum, zip(*last.values(), strict=True))


def is_rank(process, folder):
    try:
        is_ours = os.fsencode(folder) in (process / "cmdline").read_bytes()
        return is_ours and (process / "comm").read_text() == "microzone\n"
    except OSError:
        return False


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


def report(rounds):
    seconds = ("wall s, least", "median", "CPU s", "in tasks")
    percents = ("busy %", "occupied %", "machine %", "wall %", "others %, most")
    header = ("run", *seconds, *percents)
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    verdicts = []
    for name in RUNS:
        walls, cpu, ran = ([each[name][what] for each in rounds] for what in ("wall", "cpu", "ran"))
        times = (min(walls), *map(statistics.median, (walls, cpu, ran)))
        efficiencies = median_efficiencies(rounds, name) if name in (THREADS, RANKS) else {}
        shares = [f"{100 * efficiency:.1f}" for efficiency in efficiencies.values()] or [""] * 4
        others = f"{100 * max(each[name]['others'] for each in rounds):.1f}"
        print("| " + " | ".join((name, *(f"{time:.2f}" for time in times), *shares, others)) + " |")
        verdicts += [verdict(name, kind, efficiencies[kind]) for kind in ("busy", "machine") if kind in efficiencies]
    if max(run["others"] for each in rounds for run in each.values()) > MOST_OTHERS:
        verdicts = ["The machine was not quiet: do not quote these numbers, except `occupied`."]
    print("\n" + "\n".join(verdicts))


def median_efficiencies(rounds, name):
    def median(of_round):
        return statistics.median(of_round(each) / (CORES * each[name]["wall"]) for each in rounds)

    return {
        "busy": median(lambda each: each[name]["ran"]),
        "occupied": median(lambda each: each[name]["ran"] + each[name]["waited"]),
        "machine": median(lambda each: each[TWICE]["wall"]),
        "wall": median(lambda each: each[ONE]["wall"]),
    }


def verdict(name, kind, efficiency):
    reached = "reached" if efficiency >= GOAL else "missed"
    return f"{name}: {kind} {100 * efficiency:.1f} %, the goal of {100 * GOAL:.0f} % is {reached}"


if __name__ == "__main__":
    main()
