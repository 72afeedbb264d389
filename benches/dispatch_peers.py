"""Times a task that does nothing, in microzone and in the tools that are otherwise used to run a sweep.

Everything runs in one go on one machine, with two workers per tool. Every task has an argument of its own and does
nothing. microzone stores the result of each task, reads it back and merges it. The peers' tasks have no results that
would need to be stored: their numbers cover giving a task out and learning that it is done.

  dispatch  wall time per task once the workers are up and have had a few tasks
  all in    wall time per task of the whole process: start of the interpreter and the workers, tasks, end

  microzone           dispatch: from the first task given out to the last result stored, by the run's own record
  multiprocessing     Pool.map, with tasks sent one by one or 100 at a time
  mpi4py.futures      MPIPoolExecutor.map likewise, with a rank that gives out tasks and two that do them
  joblib              Parallel (loky), with batches of 1, of 100, and of the size that it finds itself
  Ray                 remote functions, all answers fetched by one ray.get
  dask.distributed    Client.map and gather on a local cluster
  HyperQueue          one job of many programs, by its Python interface: server, worker and client are one process;
                      dispatch ends when a last task, which depends on all others, has run
  GNU parallel        dispatch: from the start of the first program to the end of the last, by its log

For the last two a task is a process, /bin/true. A round measures every tool once. Before each measurement the script
watches for half a second how much of the machine other programs take; above 5 % do not quote the numbers.

Run by `make dispatch-peers`, or: python benches/dispatch_peers.py target/release/microzone [--rounds N] [--quick]
"""

import argparse
import collections.abc
import dataclasses
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

WORKERS = 2
WARM_UP = 10 * WORKERS
QUICK = 20  # by how much there are fewer tasks
MOST_OTHERS = 0.05
LIMIT = 300  # seconds of one measurement

SWEEP = '[sweep]\nname = "null"\nexperiment = "null"\n[grid]\nindex = {{ start = 0, stop = {}, steps = {} }}\n'


def null(_index):
    """The task."""


# What a peer's own process does. Each function returns the seconds that all tasks took.


def timed(call, tasks):
    """The seconds that `call` takes for all tasks, once it has brought the workers up with a few."""
    call(range(WARM_UP))
    start = time.perf_counter()
    answers = call(range(tasks))
    seconds = time.perf_counter() - start
    assert len(answers) == tasks
    return seconds


def with_multiprocessing(tasks, chunk):
    import multiprocessing

    with multiprocessing.Pool(WORKERS) as pool:
        return timed(lambda indices: pool.map(null, indices, chunksize=chunk), tasks)


def with_mpi4py(tasks, chunk):
    from mpi4py.futures import MPIPoolExecutor

    with MPIPoolExecutor() as executor:
        assert executor.num_workers == WORKERS, "mpi4py uses another MPI than mpirun: remove .python-dispatch-peers"
        return timed(lambda indices: list(executor.map(null, indices, chunksize=chunk)), tasks)


def with_joblib(tasks, chunk):
    import joblib

    with joblib.Parallel(n_jobs=WORKERS, batch_size=chunk) as parallel:
        return timed(lambda indices: parallel(joblib.delayed(null)(index) for index in indices), tasks)


def with_ray(tasks):
    import ray

    options = {"include_dashboard": False, "log_to_driver": False, "_node_ip_address": "127.0.0.1"}
    ray.init(address="local", num_cpus=WORKERS, _temp_dir=os.environ["HOME"], **options)
    remote = ray.remote(null)
    seconds = timed(lambda indices: ray.get([remote.remote(index) for index in indices]), tasks)
    ray.shutdown()
    return seconds


def with_dask(tasks):
    import distributed

    options = {"threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(n_workers=WORKERS, **options) as cluster, distributed.Client(cluster) as client:
        return timed(lambda indices: client.gather(client.map(null, indices)), tasks)


def with_hyperqueue(tasks):
    import hyperqueue
    import hyperqueue.cluster

    workers = hyperqueue.cluster.WorkerConfig(cores=WORKERS)
    with hyperqueue.LocalCluster(worker_config=workers) as cluster:
        client = cluster.client()
        run_hyperqueue_job(client, WARM_UP)
        return run_hyperqueue_job(client, tasks)


def run_hyperqueue_job(client, tasks):
    """The seconds of a job. The client checks only once a second whether it has ended, so a last task leaves a file."""
    import hyperqueue

    last = pathlib.Path.home() / f"end-{tasks}"
    silent = {"stdout": None, "stderr": None}
    start = time.time()
    job = hyperqueue.Job(default_workdir=last.parent)
    programs = [job.program(["/bin/true", str(index)], **silent) for index in range(tasks)]
    job.program(["/bin/touch", str(last)], deps=programs, **silent)
    client.wait_for_jobs([client.submit(job)])
    return last.stat().st_mtime - start


# What starts a tool. Each function returns the seconds that all tasks took, and those of the whole process.


def run(command, folder, **options):
    """The output of a process, and its seconds."""
    # So that no tool leaves anything behind.
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "RAY_USAGE_STATS_ENABLED": "0"}
    start = time.perf_counter()
    process = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env=environment, timeout=LIMIT, **options
    )
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\nfailed:\n{process.stdout}{process.stderr}")
    return process.stdout, seconds


def microzone(folder, tasks, launcher, threads):
    sweep, out = folder / "null.toml", folder / "out"
    sweep.write_text(SWEEP.format(tasks - 1, tasks))
    command = [*launcher, folder / "microzone", "run", sweep, "--out", out, "--threads", threads]
    _, seconds = run(command, folder)
    record = json.loads((out / "runs/run-0001.json").read_text())
    assert record["tasks"]["done"] == tasks
    return record["end"] - record["start"], seconds


def python(folder, tasks, peer, *chunk, launcher=(), module=()):
    script = pathlib.Path(__file__).resolve()
    output, seconds = run([*launcher, sys.executable, *module, script, "--peer", peer.__name__, tasks, *chunk], folder)
    return float(output.split()[-1]), seconds


def mpi4py(folder, tasks, chunk):
    launcher = ("mpirun", "-n", 1 + WORKERS)
    return python(folder, tasks, with_mpi4py, chunk, launcher=launcher, module=("-m", "mpi4py.futures"))


def gnu_parallel(folder, tasks):
    log = folder / "log"
    command = ["parallel", "--will-cite", "--jobs", WORKERS, "--joblog", log, "/bin/true", "{}"]
    _, seconds = run(command, folder, input="".join(f"{index}\n" for index in range(tasks)))
    times = [tuple(map(float, line.split("\t")[2:4])) for line in log.read_text().splitlines()[1:]]
    assert len(times) == tasks
    return max(start + lasted for start, lasted in times) - min(start for start, _ in times), seconds


@dataclasses.dataclass(frozen=True)
class Tool:
    name: str
    tasks: int  # so many that a measurement takes 2 to 10 s
    measure: collections.abc.Callable
    arguments: tuple = ()


TOOLS = (
    Tool("microzone, 1 rank × 2 threads", 1_000_000, microzone, ((), 2)),
    Tool("microzone, 2 ranks × 1 thread", 1_000_000, microzone, (("mpirun", "-n", "2"), 1)),
    Tool("multiprocessing, chunks of 1", 100_000, python, (with_multiprocessing, 1)),
    Tool("multiprocessing, chunks of 100", 5_000_000, python, (with_multiprocessing, 100)),
    Tool("mpi4py.futures, chunks of 1", 10_000, mpi4py, (1,)),
    Tool("mpi4py.futures, chunks of 100", 1_000_000, mpi4py, (100,)),
    Tool("joblib, batches of 1", 20_000, python, (with_joblib, 1)),
    Tool("joblib, batches of 100", 500_000, python, (with_joblib, 100)),
    Tool("joblib, its own batches", 500_000, python, (with_joblib, "auto")),
    Tool("Ray", 10_000, python, (with_ray,)),
    Tool("dask.distributed", 3_000, python, (with_dask,)),
    Tool("HyperQueue, processes", 2_000, python, (with_hyperqueue,)),
    Tool("GNU parallel, processes", 2_000, gnu_parallel),
)
PACKAGES = ("mpi4py", "joblib", "ray", "distributed", "hyperqueue")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built program, with MPI")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default 3, of about two minutes)")
    parser.add_argument("--quick", action="store_true", help=f"tasks divided by {QUICK}: shows only that all tools run")
    arguments = parser.parse_args()
    check_tools()
    divisor = QUICK if arguments.quick else 1
    results = {tool: [] for tool in TOOLS}
    others = []
    for number in range(arguments.rounds):
        for tool in TOOLS:
            others.append(share_of_others())
            results[tool].append(measure(tool, arguments.program, tool.tasks // divisor))
        print(f"round {number + 1} of {arguments.rounds} done", file=sys.stderr)
    print(versions(arguments.program) + "\n")
    print_table(results, divisor)
    most = max(others)
    print(f"\nOther programs took {100 * statistics.median(others):.0f} % of the machine, at most {100 * most:.0f} %.")
    if most > MOST_OTHERS:
        print("The machine was not quiet: do not quote these numbers.")


def check_tools():
    """Fails with what to do if a tool is missing."""
    missing = [f"Python package {name}" for name in PACKAGES if not importlib.util.find_spec(name)]
    missing += [program for program in ("mpirun", "parallel") if not shutil.which(program)]
    if missing:
        raise SystemExit(f"missing: {', '.join(missing)}\n`make dispatch-peers` installs the tools and runs this")
    if len(os.sched_getaffinity(0)) < WORKERS:
        raise SystemExit(f"this needs {WORKERS} cores")


def measure(tool, program, tasks):
    """Microseconds per task: dispatch, and all in."""
    with tempfile.TemporaryDirectory(prefix="mz-", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        (folder / "microzone").symlink_to(program.resolve())
        dispatch, whole = tool.measure(folder, tasks, *tool.arguments)
    return 1e6 * dispatch / tasks, 1e6 * whole / tasks


def share_of_others(seconds=0.5):
    def busy():
        fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        user, nice, system, _idle, _wait, interrupts, soft_interrupts, stolen = map(int, fields)
        return (user + nice + system + interrupts + soft_interrupts + stolen) / os.sysconf("SC_CLK_TCK")

    start, busy_before = time.perf_counter(), busy()
    time.sleep(seconds)
    return (busy() - busy_before) / (os.cpu_count() * (time.perf_counter() - start))


def versions(program):
    def first_line(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0]

    packages = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    tools = [first_line(str(program), "--version"), f"Python {sys.version.split()[0]}", *packages]
    return ", ".join([*tools, first_line("parallel", "--version")])


def print_table(results, divisor):
    print("Microseconds per task that does nothing, on two workers. microzone's results are stored, read back and")
    print("merged; the peers' results are not stored.\n")
    header = ("tool", "tasks", "dispatch, least", "median", "all in, least", "median")
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for tool, measured in results.items():
        columns = [value for column in zip(*measured) for value in (min(column), statistics.median(column))]
        numbers = [f"{tool.tasks // divisor}", *map(three_digits, columns)]
        print("| " + " | ".join([tool.name, *numbers]) + " |")


def three_digits(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def be_a_peer(name, tasks, *chunk):
    chunk = [int(word) if word.isdigit() else word for word in chunk]
    print(globals()[name](int(tasks), *chunk))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        be_a_peer(*sys.argv[2:])
    else:
        main()
