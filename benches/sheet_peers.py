"""Times a step of microzone's sheet of nitric oxide against SciPy and NumPy on the very same run; compares the results.

All use one thread, and each starts its run anew in every round, in turn with the others; times are medians over
stretches of steps and over rounds. Every peer has all concentrations in an array after each step, and gets the form
that suits it:

  SciPy DCT       exact steps in cosine modes; what a cell's release adds to them is computed beforehand, so that a step
                  is one inverse transform
  NumPy matrices  exact steps: the field times one matrix on either side, by BLAS, and exact footprints of releases
  SciPy ndimage   correlate1d along both axes with the exact heat kernel, cut off (and scaled to conserve the amount) at
                  the smallest radius whose error is below 1e-3, and exact footprints
  NumPy Euler     explicit substeps in single precision: the fewest that are stable, and the fewest whose error is below
                  1e-3, where that is more

Errors are those of the field after the last step, the largest one over the largest concentration, against the DCT in
double precision. For the peers, "below 1e-3" is judged by this error, of this run; microzone does not know the run, and
chooses its kernel for a harder one. With exact modes it computes concentrations only where they are asked for; "and the
field" adds the time that all of them take.

Run by `make peers`, or: python benches/sheet_peers.py target/release/examples/sheet [--quick]
"""

import argparse
import os
import statistics
import subprocess
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy  # noqa: E402  (the number of threads must be set first)
import scipy.fft  # noqa: E402
import scipy.ndimage  # noqa: E402
import scipy.special  # noqa: E402

# In µm²/s; the paper's estimate for nitric oxide is 3300.
DIFFUSIONS = (330, 3300, 20000, 60000)
DECAY = 0.3  # 1/s
STEP = 0.005  # s
SIDE = 35 / 6  # of a domain, in µm
ROWS, COLUMNS = 108, 216  # of domains
CELLS = 108

# What microzone is asked for and what it may then be off, over the largest concentration.
ACCURACY, TOLERANCE = 1e-3, 1e-3
EXACT_ACCURACY, EXACT_TOLERANCE = 0, 1e-9

# Steps and rounds. After either number of steps some cells have just released, so that the field has sharp edges.
FULL, QUICK = (450, 5), (125, 2)
STRETCH = 25  # steps that are timed together, as in examples/sheet.rs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheet", help="the built example `sheet`")
    parser.add_argument("--quick", action="store_true", help="fewer steps and rounds")
    arguments = parser.parse_args()
    steps, rounds = QUICK if arguments.quick else FULL
    header = ("diffusion µm²/s", "method", "µs a step", "error", "over microzone's time")
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    disagreements = []
    for diffusion in DIFFUSIONS:
        disagreements += compare(arguments.sheet, diffusion, steps, rounds)
    if disagreements:
        raise SystemExit("\n".join(disagreements))


def compare(program, diffusion, steps, rounds):
    """Prints the rows of one coefficient of diffusion; in what microzone differs from the exact solution."""
    releases = microzone(program, diffusion, ACCURACY, steps)["releases"]
    assert releases[-1], "no cell releases in the last step: an easy field"
    exact = run(DiscreteCosines(diffusion, numpy.float64), releases)[0]

    def error(field):
        return float(abs(field - exact).max() / exact.max())

    def is_accurate(method):
        return error(run(method, releases)[0]) <= ACCURACY

    stable = Euler.fewest_stable_substeps(diffusion)
    accurate = fewest(lambda substeps: is_accurate(Euler(diffusion, substeps)), stable)
    radius = fewest(lambda radius: is_accurate(Correlation(diffusion, radius)), 1)
    peers = {
        "SciPy DCT, single precision": lambda: DiscreteCosines(diffusion, numpy.float32),
        "SciPy DCT, double precision": lambda: DiscreteCosines(diffusion, numpy.float64),
        "NumPy matrices, single precision": lambda: Matrices(diffusion),
        f"SciPy ndimage, radius {radius}": lambda: Correlation(diffusion, radius),
        f"NumPy Euler, fewest stable substeps: {stable}": lambda: Euler(diffusion, stable),
    }
    if accurate > stable:
        peers[f"NumPy Euler, substeps for 1e-3: {accurate}"] = lambda: Euler(diffusion, accurate)
    ours = f"microzone, accuracy {ACCURACY:g}"
    ours_exact, ours_exact_field = "microzone, exact modes", "microzone, exact modes and the field"
    times = {name: [] for name in (ours, ours_exact, ours_exact_field, *peers)}
    fields = {}
    for _ in range(rounds):
        answer = microzone(program, diffusion, ACCURACY, steps)
        times[ours].append(answer["step"])
        fields[ours] = answer["field"]
        answer = microzone(program, diffusion, EXACT_ACCURACY, steps)
        times[ours_exact].append(answer["step"])
        times[ours_exact_field].append(answer["step"] + answer["written"])
        fields[ours_exact] = fields[ours_exact_field] = answer["field"]
        for name, peer in peers.items():
            fields[name], seconds = run(peer(), releases)
            times[name] += seconds
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    for name, median in medians.items():
        numbers = (f"{1e6 * median:.0f}", f"{error(fields[name]):.1e}", f"{median / medians[ours]:.1f}")
        row = (str(diffusion), name, *numbers)
        print("| " + " | ".join(row) + " |", flush=True)
    allowed = {ours: TOLERANCE, ours_exact: EXACT_TOLERANCE}
    return [
        f"{name}, diffusion {diffusion}: off by {error(fields[name]):.1e}, more than {most:g}"
        for name, most in allowed.items()
        if not error(fields[name]) <= most  # so that a field with NaN is a disagreement
    ]


def microzone(program, diffusion, accuracy, steps):
    """Our run: seconds a step and for writing out the field, the releases (cell, rate) of each step, the last field."""
    command = [program, str(diffusion), str(accuracy), str(steps)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    seconds_a_step, seconds_a_field, count = lines[0].split()
    field_start = 1 + int(count)
    releases = [[] for _ in range(steps)]
    for line in lines[1:field_start]:
        step, cell, rate = line.split()
        releases[int(step)].append((int(cell), float(rate)))
    field = numpy.array([line.split() for line in lines[field_start:]], dtype=float)
    assert field.shape == (ROWS, COLUMNS)
    return {"step": float(seconds_a_step), "written": float(seconds_a_field), "releases": releases, "field": field}


def run(method, releases):
    """The field after the last step, and the seconds a step of each stretch."""
    seconds = []
    for first in range(0, len(releases), STRETCH):
        stretch = releases[first : first + STRETCH]
        start = time.perf_counter()
        for released in stretch:
            method.step(released)
        seconds.append((time.perf_counter() - start) / len(stretch))
    return method.field.astype(float), seconds


def fewest(is_enough, start):
    """The smallest number from `start` on that is enough, if more never make it worse."""
    too_few, number = start - 1, start
    while not is_enough(number):
        too_few, number = number, 2 * number
    while number - too_few > 1:
        middle = (too_few + number) // 2
        too_few, number = (too_few, middle) if is_enough(middle) else (middle, number)
    return number


def release_site(cell):
    """The domains of a cell's dendrite, as `Plan::dendrite` says."""
    column, row = divmod(cell, 3)
    rows = (36 * row + 12 * (column % 3) + numpy.arange(36)) % ROWS
    return rows, slice(6 * column, 6 * column + 6)


def release_field(cell):
    field = numpy.zeros((ROWS, COLUMNS))
    rows, columns = release_site(cell)
    field[rows, columns] = 1.0
    return field


def eigenvalues(domains):
    """Of minus the second difference with closed ends, mode by mode."""
    return 4 * numpy.sin(numpy.pi * numpy.arange(domains) / (2 * domains)) ** 2


def rates(diffusion):
    """At which the modes of the sheet decay, in 1/s."""
    return DECAY + diffusion / SIDE**2 * (eigenvalues(ROWS)[:, None] + eigenvalues(COLUMNS))


def transform(field):
    return scipy.fft.dctn(field, type=2, norm="ortho", workers=1)


def inverse_transform(modes):
    return scipy.fft.idctn(modes, type=2, norm="ortho", workers=1)


def release_modes(diffusion, cell):
    """What one step of release at unit rate leaves in the modes."""
    rate = rates(diffusion)
    return transform(release_field(cell)) * -numpy.expm1(-rate * STEP) / rate


class DiscreteCosines:
    """Exact steps in the modes of the sheet."""

    def __init__(self, diffusion, precision):
        self.modes = numpy.zeros((ROWS, COLUMNS), precision)
        self.decay = numpy.exp(-rates(diffusion) * STEP).astype(precision)
        self.releases = [release_modes(diffusion, cell).astype(precision) for cell in range(CELLS)]
        self.field = None

    def step(self, released):
        self.modes *= self.decay
        for cell, rate in released:
            self.modes += rate * self.releases[cell]
        self.field = inverse_transform(self.modes)


class Footprints:
    """What one step of release at unit rate leaves, cell by cell: exact, down to 1e-9 of its maximum."""

    def __init__(self, diffusion):
        self.footprints = []
        for cell in range(CELLS):
            field = inverse_transform(release_modes(diffusion, cell))
            rows, columns = numpy.nonzero(field > 1e-9 * field.max())
            box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
            self.footprints.append((box, field[box].astype(numpy.float32)))

    def add(self, released, field):
        for cell, rate in released:
            box, footprint = self.footprints[cell]
            field[box] += rate * footprint


class Matrices:
    """Exact steps by two products of matrices, since diffusion along the two axes commutes."""

    def __init__(self, diffusion):
        self.along = self.propagator(ROWS, diffusion, DECAY)
        self.across = self.propagator(COLUMNS, diffusion, 0.0)
        self.footprints = Footprints(diffusion)
        self.field = numpy.zeros((ROWS, COLUMNS), numpy.float32)

    @staticmethod
    def propagator(domains, diffusion, decay):
        factors = numpy.exp(-(decay + diffusion / SIDE**2 * eigenvalues(domains)) * STEP)
        modes = scipy.fft.dct(numpy.eye(domains), type=2, norm="ortho", axis=0)
        return (modes.T @ (factors[:, None] * modes)).astype(numpy.float32)

    def step(self, released):
        self.field = self.along @ self.field @ self.across
        self.footprints.add(released, self.field)


class Correlation:
    """Steps with the heat kernel of each axis, cut off at a radius."""

    def __init__(self, diffusion, radius):
        exchange = diffusion * STEP / SIDE**2
        kernel = scipy.special.ive(abs(numpy.arange(-radius, radius + 1)), 2 * exchange)
        self.kernel = kernel / kernel.sum()
        self.decaying_kernel = numpy.exp(-DECAY * STEP) * self.kernel
        self.footprints = Footprints(diffusion)
        self.field = numpy.zeros((ROWS, COLUMNS), numpy.float32)
        self.across = numpy.zeros_like(self.field)

    def step(self, released):
        # SciPy's "reflect" repeats the domain at the rim: no flux.
        scipy.ndimage.correlate1d(self.field, self.decaying_kernel, axis=1, output=self.across, mode="reflect")
        scipy.ndimage.correlate1d(self.across, self.kernel, axis=0, output=self.field, mode="reflect")
        self.footprints.add(released, self.field)


class Euler:
    """Explicit substeps in single precision."""

    def __init__(self, diffusion, substeps):
        self.substeps = substeps
        self.seconds = STEP / substeps
        self.exchange = diffusion * self.seconds / SIDE**2
        # With a rim of one domain, which repeats its neighbour: no flux.
        self.padded = numpy.zeros((ROWS + 2, COLUMNS + 2), numpy.float32)
        self.field = self.padded[1:-1, 1:-1]
        self.neighbours = numpy.zeros((ROWS, COLUMNS), numpy.float32)
        self.sites = [release_field(cell).astype(numpy.float32) for cell in range(CELLS)]

    @staticmethod
    def fewest_stable_substeps(diffusion):
        return max(1, int(numpy.ceil(STEP * rates(diffusion).max() / 2)))

    def step(self, released):
        stays = 1 - 4 * self.exchange - DECAY * self.seconds
        source = sum(self.seconds * rate * self.sites[cell] for cell, rate in released) if released else None
        padded, field, neighbours = self.padded, self.field, self.neighbours
        for _ in range(self.substeps):
            padded[0, :], padded[-1, :] = padded[1, :], padded[-2, :]
            padded[:, 0], padded[:, -1] = padded[:, 1], padded[:, -2]
            numpy.add(padded[:-2, 1:-1], padded[2:, 1:-1], out=neighbours)
            neighbours += padded[1:-1, :-2]
            neighbours += padded[1:-1, 2:]
            neighbours *= self.exchange
            field *= stays
            field += neighbours
            if source is not None:
                field += source


if __name__ == "__main__":
    main()
