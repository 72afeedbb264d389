"""Times microzone's exact decision against HiGHS and SciPy's NNLS on the very same storage problems, in one run.

All use one thread. The peers get the problem in the form that suits them:

  HiGHS   max k subject to s (w . xi - 1) - k >= 0, w >= 0; storable where k* > 0. (Asked only whether weights exist, it often
          answers "unknown".) Simplex and interior point are tried; the faster one is reported.
  NNLS    min | (A' l + g, b . l - 1) | over l, g >= 0, the smaller one of the two forms: a refutation exists where it is 0.

Neither gives a proof: they answer within a tolerance. microzone's answer is a certificate checked in integers.

Run by `make peers`, or: python benches/peers.py target/release/examples/instance [--quick]
"""

import argparse
import itertools
import os
import subprocess
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import highspy  # noqa: E402  (the number of threads must be set first)
import numpy  # noqa: E402
import scipy.optimize  # noqa: E402

# Correlation of inputs and outputs, and loads: a little below the capacity of large cells, and at it.
LOADS = {0.0: (0.95, 1.0), 0.9: (2.6, 3.05)}
SIZES = (200, 500, 1000)
TIME_LIMIT = 120.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", help="the built example `instance`")
    parser.add_argument("--samples", type=int, default=1, help="problems a case (default 1)")
    parser.add_argument("--quick", action="store_true", help="only up to 200 inputs")
    arguments = parser.parse_args()
    header = ("inputs", "correlation", "patterns", "answer", "microzone s", "HiGHS s", "ratio", "NNLS s", "ratio")
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    disagreements = 0
    sizes = SIZES[:1] if arguments.quick else SIZES
    loads = [(correlation, load) for correlation, loads in LOADS.items() for load in loads]
    for inputs, (correlation, load), sample in itertools.product(sizes, loads, range(arguments.samples)):
        row, agrees = compare(arguments.instance, inputs, correlation, round(load * inputs), sample)
        print("| " + " | ".join(row) + " |", flush=True)
        disagreements += not agrees
    if disagreements:
        raise SystemExit(f"{disagreements} answers differ from microzone's")


def compare(program, inputs, correlation, patterns, sample):
    """One row of the table, and whether all answers that came in time are the same."""
    ours, seconds, targets, active = read_instance(program, inputs, correlation, patterns, sample)
    signs = 2.0 * targets - 1.0
    matrix = signs[:, None] * active
    highs_answer, highs_seconds = min((highs(matrix, signs, solver) for solver in ("simplex", "ipm")), key=lambda r: r[1])
    nnls_answer, nnls_seconds = nnls(matrix, signs)
    agrees = all(answer in (ours, "too long") for answer in (highs_answer, nnls_answer))
    row = [str(inputs), str(correlation), str(patterns), ours, f"{seconds:.4f}"]
    for answer, peer_seconds in ((highs_answer, highs_seconds), (nnls_answer, nnls_seconds)):
        bound = "> " if answer == "too long" else ""
        remark = "" if answer in (ours, "too long") else f" ({answer})"
        row += [f"{bound}{peer_seconds:.2f}{remark}", f"{bound}{peer_seconds / seconds:.0f}"]
    return row, agrees


def read_instance(program, inputs, correlation, patterns, sample):
    command = [program, *map(str, (inputs, correlation, patterns, sample, 5))]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    answer, seconds = lines[0].split()
    digits = numpy.array([list(line.replace(" ", "").encode()) for line in lines[1:]], dtype=float) - ord("0")
    return answer, float(seconds), digits[:, 0], digits[:, 1:]


def highs(matrix, signs, solver):
    """The widest margin by HiGHS: its answer, and the seconds of its run without building the model."""
    patterns, inputs = matrix.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = inputs + 1, patterns
    model.col_cost_ = numpy.append(numpy.zeros(inputs), -1.0)
    model.col_lower_ = numpy.append(numpy.zeros(inputs), -highspy.kHighsInf)
    model.col_upper_ = numpy.full(inputs + 1, highspy.kHighsInf)
    model.row_lower_, model.row_upper_ = signs, numpy.full(patterns, highspy.kHighsInf)
    full = numpy.hstack([matrix, -numpy.ones((patterns, 1))])
    rows = [numpy.flatnonzero(row) for row in full]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = numpy.cumsum([0] + [len(row) for row in rows])
    model.a_matrix_.index_ = numpy.concatenate(rows)
    model.a_matrix_.value_ = full[full != 0.0]
    program = highspy.Highs()
    program.setOptionValue("log_to_console", False)
    for option, value in (("threads", 1), ("solver", solver), ("time_limit", TIME_LIMIT)):
        program.setOptionValue(option, value)
    program.passModel(model)
    start = time.perf_counter()
    program.run()
    seconds = time.perf_counter() - start
    if program.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return "too long", seconds
    margin = program.getSolution().col_value[inputs]
    return ("storable" if margin > 0.0 else "not-storable"), seconds


def nnls(matrix, signs):
    """Whether multipliers that refute the weights exist, by SciPy's active sets, and the seconds."""
    patterns, inputs = matrix.shape
    columns = numpy.vstack([numpy.hstack([matrix.T, numpy.eye(inputs)]), numpy.append(signs, numpy.zeros(inputs))])
    target = numpy.append(numpy.zeros(inputs), 1.0)
    start = time.perf_counter()
    try:
        residual = scipy.optimize.nnls(columns, target, maxiter=20 * (patterns + inputs))[1]
    except RuntimeError:
        return "too long", time.perf_counter() - start
    return ("not-storable" if residual < 1e-9 else "storable"), time.perf_counter() - start


if __name__ == "__main__":
    main()
