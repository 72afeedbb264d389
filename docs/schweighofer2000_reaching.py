"""The tables of docs/schweighofer2000.md that are about learning to reach.

Errors are normalised by the one before learning. A run in which the arm was lost has none: it is left out of means, counted
beside them, and is the largest value there is for medians.
"""

import numpy

from tables import markdown, number, plain, with_error

ERROR = "mse_normalised"
PAPERS = 3300.0
PAPERS_DECAY = 0.3


def tables(results):
    """The text of each table, by name; `results` opens a sweep by name."""
    return {
        "fig3a": lambda: microzones_table(results("fig3a")),
        "fig3b": lambda: rate_table(results("fig3b")),
        "optimum": lambda: optimum_table(results("optimum")),
        "table": lambda: three_axes_table(results("table")),
        "decay": lambda: decay_table(results("decay")),
        "learning-rate": lambda: learning_rate_table(results("learning-rate")),
        "parallel-fibre-release": lambda: release_table(results("parallel-fibre-release")),
        "accuracy": lambda: against_first(results("accuracy").isel(accuracy=slice(None, None, -1)), "accuracy", "accuracy"),
        "letter": lambda: letter_table(results("letter")),
        "feed-forward": lambda: microzones_table(gains(results("feed-forward"), 1.0)),
        "feed-forward-weak": lambda: microzones_table(gains(results("feed-forward"), 0.697)),
        "muscles": lambda: muscles_table(results("muscles")),
        "long": lambda: long_table(results("long")),
        "spectrum": lambda: spectrum_table(results("spectrum")),
        "variants": lambda: variants_table(results("variants")),
        "before-learning": lambda: before_table(results("fig3a")),
    }


def mean_and_error(values):
    """Over the values that are there."""
    values = values[~numpy.isnan(values)]
    if len(values) == 0:
        return numpy.nan, numpy.nan
    return values.mean(), values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else numpy.nan


def median(values):
    return numpy.median(numpy.where(numpy.isnan(values), numpy.inf, values))


def lost(values):
    count = int(numpy.isnan(values).sum())
    return f" (lost: {count} of {len(values)})" if count else ""


def both(values, digits=3):
    """Two cells: mean with its error, and median."""
    return [with_error(*mean_and_error(values), digits) + lost(values), number(median(values), digits)]


def difference(more, less, digits=3):
    """The mean of the differences, replicate by replicate, with its error. How many pairs, if not all."""
    differences = more - less
    pairs = int((~numpy.isnan(differences)).sum())
    if pairs == 0:
        return "no pair"
    text = with_error(*mean_and_error(differences), digits, "+")
    return text if pairs == len(differences) else f"{text} ({pairs} of {len(differences)} pairs)"


def ratio_of_means(more, less, digits=3):
    """One mean over another of paired values, with its error to first order."""
    ratio = more.mean() / less.mean()
    residuals = (more - ratio * less) / less.mean()
    return with_error(ratio, mean_and_error(residuals)[1], digits)


def paired(more, less, digits=3):
    """The mean of the differences, replicate by replicate, with its error; and their median. How many pairs, if not all."""
    differences = more - less
    pairs = int((~numpy.isnan(differences)).sum())
    if pairs == 0:
        return "no pair"
    text = f"{with_error(*mean_and_error(differences), digits, '+')} ({number(numpy.nanmedian(differences), digits, '+')})"
    return text if pairs == len(differences) else f"{text}, {pairs} pairs"


def microzones_table(data):
    """Fig. 3A."""
    body = []
    reference = data[ERROR].sel(diffusion=PAPERS, microzones="joined").values
    for diffusion in data["diffusion"].values:
        joined, separated = (data[ERROR].sel(diffusion=diffusion, microzones=kind).values for kind in ("joined", "separated"))
        against = "" if diffusion == PAPERS else paired(joined, reference)
        body.append([plain(diffusion), *both(joined), against, *both(separated), paired(separated, joined)])
    header = ["D", "joined", "median", "less that at 3300", "separated", "median", "separated less joined"]
    return markdown(header, body)


def rate_table(data):
    """Fig. 3B."""
    body = []
    for rate in data["io_rate"].values:
        point = data.sel(io_rate=rate)
        without, with_diffusion = (point[ERROR].sel(diffusion=diffusion).values for diffusion in (0.0, PAPERS))
        worse = [f"{100 * point['worse'].sel(diffusion=diffusion).mean().item():.0f} %" for diffusion in (0.0, PAPERS)]
        ratio = median(with_diffusion) / median(without)
        body.append([plain(rate), *both(without), worse[0], *both(with_diffusion), worse[1], f"{ratio:.2f}", paired(with_diffusion, without)])
    header = ["spikes/s", "D = 0", "median", "worse than before", "D = 3300", "median", "worse than before"]
    return markdown(header + ["ratio of medians", "difference"], body)


def optimum_table(data):
    """Means over D and k, the least in bold."""
    means = data[f"{ERROR}_mean"].transpose("diffusion", "decay")
    everywhere = data["diverged"].transpose("diffusion", "decay", "replicate").sum("replicate").values
    # A mean without the runs that were lost says nothing about which is best.
    least = numpy.nanmin(numpy.where(everywhere == 0, means.values, numpy.nan))
    body = []
    for row, diffusion in enumerate(data["diffusion"].values):
        cells = []
        for column, decay in enumerate(data["decay"].values):
            values = data[ERROR].sel(diffusion=diffusion, decay=decay).values
            text = both(values)[0]
            cells.append(f"**{text}**" if means.values[row, column] == least and everywhere[row, column] == 0 else text)
        body.append([plain(diffusion), *cells])
    return markdown(["D"] + [f"k = {plain(decay)}" for decay in data["decay"].values], body)


def three_axes_table(data):
    """Medians of the error in cm² over D, k and rate, the least of each rate in bold."""
    body = []
    for rate in data["io_rate"].values:
        medians = {
            (diffusion, decay): median(data["mse"].sel(io_rate=rate, diffusion=diffusion, decay=decay).values)
            for diffusion in data["diffusion"].values
            for decay in data["decay"].values
        }
        least = min(medians.values())
        for diffusion in data["diffusion"].values:
            found = [medians[diffusion, decay] for decay in data["decay"].values]
            cells = [f"**{number(value, 2)}**" if value == least else number(value, 2) for value in found]
            body.append([plain(rate), plain(diffusion), *cells])
    return markdown(["spikes/s", "D"] + [f"k = {plain(decay)}" for decay in data["decay"].values], body)


def halves(errors):
    """The learning rate with the least median in the first half of the replicates, and the errors there in the other half."""
    chosen, judged = numpy.array_split(errors.transpose("learning_rate", "replicate").values, 2, axis=1)
    best = int(numpy.argmin([median(values) for values in chosen]))
    return errors["learning_rate"].values[best], judged[best]


def learning_rate_table(data):
    body = []
    for rate in data["io_rate"].values:
        cells, found = [], {}
        for diffusion in (0.0, PAPERS):
            eta, found[diffusion] = halves(data.sel(io_rate=rate, diffusion=diffusion)[ERROR])
            cells += [plain(eta), *both(found[diffusion])]
        ratio = median(found[PAPERS]) / median(found[0.0])
        body.append([plain(rate), *cells, f"{ratio:.2f}", paired(found[PAPERS], found[0.0])])
    header = ["spikes/s", "D = 0: best η", "error", "median", "D = 3300: best η", "error", "median"]
    return markdown(header + ["ratio of medians", "difference"], body)


def decay_table(data):
    """Each rate of decay at its own best learning rate, and at all of them; the best, too, less that at the paper's rate of decay."""
    reference = halves(data.sel(decay=PAPERS_DECAY)[ERROR])[1]
    body = []
    for decay in data["decay"].values:
        point = data.sel(decay=decay)
        eta, values = halves(point[ERROR])
        medians = [number(median(point[ERROR].sel(learning_rate=rate).values)) for rate in data["learning_rate"].values]
        against = "" if decay == PAPERS_DECAY else difference(values, reference)
        body.append([plain(decay), plain(eta), both(values)[0], against, *medians])
    header = ["k", "best η", "error there", f"less that at k = {plain(PAPERS_DECAY)}"] + [f"median at η = {plain(rate)}" for rate in data["learning_rate"].values]
    return markdown(header, body)


def against_first(data, axis, title):
    """Errors along an axis, and their differences from those at its first value."""
    body = []
    first = data[ERROR].isel({axis: 0}).values
    for index, value in enumerate(data[axis].values):
        values = data[ERROR].isel({axis: index}).values
        body.append([plain(value), *both(values), "" if index == 0 else paired(values, first)])
    return markdown([title, "error", "median", f"less that at {plain(data[axis].values[0])}"], body)


def release_table(data):
    """Release by parallel fibres: errors with and without diffusion, and what the course of the release does."""
    body = []
    for course in data["release_course"].values:
        for release in data["parallel_fibre_release"].values:
            at = {d: data[ERROR].sel(release_course=course, parallel_fibre_release=release, diffusion=d).values for d in (0.0, PAPERS)}
            active = data[ERROR].sel(release_course="activity", parallel_fibre_release=release, diffusion=PAPERS).values
            against = "" if course == "activity" else difference(at[PAPERS], active)
            if release > 0 or course == "activity":
                body.append([course, plain(release), *both(at[0.0]), *both(at[PAPERS]), paired(at[0.0], at[PAPERS]), against])
    header = ["course", "release", "D = 0", "median", "D = 3300", "median", "D = 0 less D = 3300", "D = 3300, less that of `activity`"]
    return markdown(header, body)


def letter_table(data):
    body = []
    for trace in data["memory_trace"].values:
        cells = []
        for rate in data["learning_rate"].values:
            point = data.sel(memory_trace=trace, learning_rate=rate)
            worse = 100 * point["worse"].mean().item()
            cells += [*both(point[ERROR].values, 2), f"{worse:.0f} %"]
        body.append([f"{plain(trace)} s", *cells])
    header = ["trace"]
    for rate in data["learning_rate"].values:
        header += [f"η = {plain(rate)}: error", "median", "worse than before"]
    return markdown(header, body)


def gains(data, gain):
    """The points with these gains of the controller, which move together along an axis."""
    (axis,) = data["position_gain"].dims
    return data.isel({axis: int(numpy.argmin(abs(data["position_gain"].values - gain)))})


def muscles_table(data):
    """Errors with muscles, and what is left at each target."""
    body = []
    for distance in data["target_distance"].values:
        for diffusion in data["diffusion"].values:
            point = data.sel(target_distance=distance, diffusion=diffusion)
            joined, separated = (point[ERROR].sel(microzones=kind).values for kind in ("joined", "separated"))
            targets = point["mse_by_target_mean"].sel(microzones="joined")
            left = ", ".join(number(targets.sel(target=target).item(), 1) for target in (270.0, 315.0))
            before = number(point["mse_initial_mean"].sel(microzones="joined").item(), 2)
            body.append([f"{plain(distance)} m, D = {plain(diffusion)}", before, *both(joined), *both(separated), left])
    header = ["", "before learning, cm²", "joined", "median", "separated", "median", "left at 270°, 315°, cm²"]
    return markdown(header, body)


def long_table(data):
    """Medians and lost runs as training goes on."""
    body = []
    for diffusion in data["diffusion"].values:
        for rate in data["learning_rate"].values:
            point = data[ERROR].sel(diffusion=diffusion, learning_rate=rate)
            cells = []
            for movements in data["movements"].values:
                values = point.sel(movements=movements).values
                found = numpy.where(numpy.isnan(values), numpy.inf, values)
                cells.append(f"{number(median(values), 2)} ({number(found.min(), 2)} to {number(found.max(), 2)}){lost(values)}")
            body.append([f"D = {plain(diffusion)}, η = {plain(rate)}", *cells])
    return markdown([""] + [f"{movements} movements" for movements in data["movements"].values], body)


def spectrum_table(data):
    body = []
    for actuation in data["actuation"].values:
        for ahead in data["feed_forward"].values:
            point = data.sel(actuation=actuation, feed_forward=ahead).isel(replicate=0)
            shares = [f"{100 * point[name].item():.1f} %" for name in ("input_below_2_hz", "input_below_5_hz")]
            body.append([f"{actuation}, feed-forward: {ahead}", f"{point['mse_initial'].item():.3f}", *shares, f"{point['peak_io_rate'].item():.2f}"])
    return markdown(["", "error before learning, cm²", "at or below 2 Hz", "at or below 5 Hz", "peak rate, spikes/s"], body)


# What a variant of the sweep changes is named by it.
VARIED = {
    "average_window": "average over {} s",
    "average_scope": "average of the {}",
    "microzone_order": "microzones {}",
    "release": "release at the {}",
    "normalise_by_maximum": "normalised by the mean maximum",
    "actuation": "{}",
    "feed_forward": "feed-forward: {}",
    "granule_wiring": "mossy fibres {}",
    "mossy_fibre_noise": "noise of {} in mossy fibres",
    "olive_scale": "each joint its own scale",
    "olive_baseline": "olive baseline {}/s",
    "nucleo_olivary_inhibition": "nuclear inhibition {}/s",
    "error_delay": "errors {} s late",
    "weight_bound": "weights may be negative",
}


def variants_table(data):
    axis = next(name for name in data[ERROR].dims if name not in ("diffusion", "microzones", "replicate"))
    default = {name: data[name].values[0] for name in VARIED}
    body = []
    for index in range(data.sizes[axis]):
        point = data.isel({axis: index})
        changed = {name: point[name].item() for name in VARIED if point[name].item() != default[name]}
        label = ", ".join(VARIED[name].format(plain(value)) for name, value in changed.items()) or "default"

        def at(diffusion, kind="joined"):
            return point[ERROR].sel(diffusion=diffusion, microzones=kind).values

        cells = [f"{number(median(at(diffusion)))}{lost(at(diffusion))}" for diffusion in data["diffusion"].values]
        upturn = [paired(at(diffusion), at(PAPERS)) for diffusion in (20_000.0, 60_000.0)]
        separated = [paired(at(diffusion, "separated"), at(diffusion)) for diffusion in (PAPERS, 60_000.0)]
        body.append([label, *cells, *upturn, *separated])
    header = [""] + [f"D = {plain(diffusion)}" for diffusion in data["diffusion"].values]
    header += ["20 000 less 3300", "60 000 less 3300", "separated less joined, 3300", "the same, 60 000"]
    return markdown(header, body)


def before_table(data):
    """What does not depend on learning, joined microzones."""
    joined = data.sel(microzones="joined")
    body = []
    rows = [
        ("mse_initial", "error before learning, cm²", 3),
        ("peak_io_rate", "peak rate of the olive, spikes/s", 2),
        ("mossy_active", "share of active mossy fibres (Gaussian: all)", 3),
        ("mossy_sparseness", "sparseness of mossy fibres", 3),
        ("mossy_overlap", "overlap of mossy fibres", 3),
        ("granule_active", "share of active granule cells", 3),
        ("granule_sparseness", "sparseness of granule cells", 3),
        ("granule_overlap", "overlap of granule cells", 3),
    ]
    for name, label, digits in rows:
        body.append([label, both(joined[name].sel(diffusion=PAPERS).values, digits)[0]])
    for diffusion in (0.0, PAPERS):
        point = joined.sel(diffusion=diffusion)
        body.append([f"largest nitric oxide at a synapse, D = {plain(diffusion)}, ms", both(1000 * point["no_max"].values, 2)[0]])
        spread = point["no_max_deviation"].values / point["no_max"].values
        body.append([f"its standard deviation over synapses, over the mean, D = {plain(diffusion)}", both(spread, 2)[0]])
    return markdown(["", "mean ± standard error"], body)
