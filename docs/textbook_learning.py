"""Tables of docs/textbook.md on `conditioning` and `prediction`: functions of the results of their sweeps."""

import numpy

from tables import against_theory, grid, markdown, plain, value


def course_against_theory(data):
    """Sweep conditioning-course."""
    return against_theory(data, ["first_trial_peak", "first_trial_time", "learning_curve"])


def intervals(data):
    """Sweep conditioning-interval: the response over the interval, and its width over its time."""
    rows = []
    for rate in data["us_rate"].values:
        for interval in data["interstimulus_interval"].values:
            point = data.sel(us_rate=rate, interstimulus_interval=interval)
            relative = point["response_width_mean"].item() / point["response_time_mean"].item()
            cells = [value(point, "response_peak", 1), value(point, "response_lead"), f"{relative:.2f}"]
            never = point["acquisition_trials"].item() + 1 if "acquisition_trials" in point else 301
            trials = point["trials_to_criterion_mean"].item()
            cells.append("never" if trials == never else value(point, "trials_to_criterion", 1))
            rows.append([plain(rate), plain(interval), *cells, value(point, "climbing_fibre_rate_us", 1)])
    header = ["u (1/s)", "ISI (s)", "response (1/s)", "lead (s)", "width / time", "trials to criterion"]
    return markdown(header + ["olive during the US (1/s)"], rows)


def leads(data):
    """Sweep conditioning-lead: the lead less d - δ_o, in ms."""

    def cell(point):
        expected = point["eligibility_delay"].item() - point["olive_delay"].item()
        lead, error = point["response_lead_mean"].item(), point["response_lead_sem"].item()
        return f"{1e3 * (lead - expected):+.1f} ± {1e3 * error:.1f}"

    parts = [
        f"ISI {plain(interval)} s:\n\n" + grid(at(data, interstimulus_interval=interval), "olive_delay", "eligibility_delay", cell, "δ_o, d (s)")
        for interval in data["interstimulus_interval"].values
    ]
    return "\n\n".join(parts)


def at(data, **places):
    """The data at these values of their axes, whatever the names of their dimensions are."""
    for name, wanted in places.items():
        values = data[name].values
        found = [index for index, other in enumerate(values) if other == wanted or (not isinstance(wanted, str) and numpy.isclose(other, wanted))]
        data = data.isel({data[name].dims[0]: found[0]})
    return data


def loop(data):
    """Sweep conditioning-loop: after few and many trials, the olive, the response and silent weights."""
    shown = [
        ("climbing_fibre_rate_us", "olive during the US (1/s)", 1), ("climbing_fibre_rate_before", "olive before it (1/s)", 2),
        ("response_peak", "response (1/s)", 1), ("response_time", "its time (s)", 3), ("weight_zeros", "silent weights", 2),
    ]
    rows = []
    for delay in data["loop_delay"].values:
        for inhibition in data["nucleo_olivary_inhibition"].values:
            points = [
                at(data, acquisition_trials=trials, loop_delay=delay, nucleo_olivary_inhibition=inhibition)
                for trials in data["acquisition_trials"].values
            ]
            cells = ["; ".join(value(point, name, digits) for point in points) for name, _, digits in shown]
            rows.append([plain(delay), plain(inhibition), *cells])
    return markdown(["δ_n (s)", "k", *(words for _, words, _ in shown)], rows)


def inhibition(data):
    """Sweep conditioning-inhibition."""
    rows = []
    for index, strength in enumerate(data["feed_forward_inhibition"].values):
        point = data.isel(feed_forward_inhibition=index)
        never = point["trials_to_criterion_mean"].item() == 301
        trials = "never" if never else value(point, "trials_to_criterion", 1)
        rows.append([plain(strength), value(point, "pause_depth", 2), value(point, "response_peak", 2), trials])
    return markdown(["q", "depth of the pause (1/s)", "response (1/s)", "trials to criterion"], rows)


def potentiation(data):
    """Sweep conditioning-potentiation."""
    shown = [
        ("response_peak", "response (1/s)", 1), ("response_time", "its time (s)", 3), ("response_width", "its width (s)", 3),
        ("extinction_remainder", "response left after extinction, as a share", 2), ("weight_zeros", "silent weights", 2),
    ]
    rows = []
    for rate in data["equilibrium_rate"].values:
        point = at(data, equilibrium_rate=rate)
        rows.append([plain(rate), *(value(point, name, digits) for name, _, digits in shown)])
    return markdown(["c_eq (1/s)", *(words for _, words, _ in shown)], rows)


def teaching(data):
    """Sweep conditioning-teaching: response after 1000 trials, and trials to criterion."""
    rows = []
    baselines = data["olive_baseline"]
    for baseline in baselines.values:
        for rate in data["us_rate"].values:
            cells = []
            for fibres in data["climbing_fibres"].values:
                point = at(data, olive_baseline=baseline, us_rate=rate, climbing_fibres=fibres)
                never = point["trials_to_criterion_mean"].item() >= 1001
                trials = "never" if never else f"{point['trials_to_criterion_mean'].item():.0f}"
                cells.append(f"{value(point, 'response_peak', 1)}; {trials}")
            rows.append([plain(baseline), plain(rate), *cells])
    header = [f"F = {fibres}" for fibres in data["climbing_fibres"].values]
    return markdown(["c_0 = c_eq (1/s)", "u (1/s)", *header], rows)


def extinction(data):
    """Sweep conditioning-extinction: what extinction leaves, and what relearning saves."""
    rows = []
    for trials in data["extinction_trials"].values:
        cells = []
        for baseline in data["olive_baseline"].values:
            point = at(data, extinction_trials=trials, olive_baseline=baseline)
            cells += [value(point, "extinction_remainder"), value(point, "savings", 2)]
        rows.append([plain(trials), *cells])
    header = [f"{name}, c_0 = {plain(baseline)}" for baseline in data["olive_baseline"].values for name in ("response left, as a share", "savings")]
    return markdown(["trials of extinction", *header], rows)


def plasticity(data):
    """Sweep conditioning-plasticity: the response, by parallel-fibre rate and kind of synapse."""
    rows = []
    for utilization in data["utilization"].values:
        for depression in data["climbing_fibre_utilization"].values:
            cells = [
                value(at(data, utilization=utilization, climbing_fibre_utilization=depression, parallel_fibre_rate=rate), "response_peak", 1)
                for rate in data["parallel_fibre_rate"].values
            ]
            rows.append([plain(utilization), plain(depression), *cells])
    header = [f"ν = {plain(rate)}" for rate in data["parallel_fibre_rate"].values]
    return markdown(["U", "U_c", *header], rows)


def tracking_against_theory(data):
    """Sweep prediction-theory: feedback alone, and with the learned model."""
    parts = []
    for controller, names in (
        ("feedback", ["tracking_error", "critical_gain"]),
        ("prediction", ["tracking_error", "tracking_error_feedback", "critical_gain"]),
    ):
        parts.append(f"`controller = \"{controller}\"`:\n\n" + against_theory(at(data, controller=controller), names))
    return "\n\n".join(parts)


def delays(data):
    """Sweep prediction-delay: the tracking error by gain and delay, for both controllers."""

    def cell(point):
        return "unstable" if point["diverged_mean"].item() == 1.0 else value(point, "tracking_error", 4)

    parts = []
    for noise in data["sensory_noise"].values:
        for controller in data["controller"].values:
            table = grid(at(data, sensory_noise=noise, controller=controller), "feedback_gain", "sensory_delay", cell, "K, δ (s)")
            parts.append(f"`controller = \"{controller}\"`, σ_v = {plain(noise)}:\n\n{table}")
    return "\n\n".join(parts)


def disturbances(data):
    """Sweep prediction-disturbance: what the disturbance adds to the error, beside the bound that no controller passes.

    Differences are taken run by run, because runs with and without the disturbance have the same reference.
    """
    alpha = numpy.exp(-0.005 / 0.15)
    rows = []
    for delay in data["sensory_delay"].values:
        steps = round(delay / 0.005) + 1
        bound = 0.05**2 * (1 - alpha ** (2 * steps)) / (1 - alpha**2)
        for controller in data["controller"].values:
            cells = []
            for gain in data["feedback_gain"].values:
                with_noise, without = (
                    at(data, plant_noise=noise, sensory_delay=delay, controller=controller, feedback_gain=gain)["tracking_error"].values
                    for noise in (0.05, 0)
                )
                added = with_noise - without
                added = added[numpy.isfinite(added)]
                if len(added) < 2:
                    cells.append("unstable")
                    continue
                left_out = f" ({len(with_noise) - len(added)} unstable)" if len(added) < len(with_noise) else ""
                cells.append(f"{added.mean():.4f} ± {added.std(ddof=1) / numpy.sqrt(len(added)):.4f}{left_out}")
            rows.append([plain(delay), f"{bound:.4f}", controller, *cells])
    header = [f"K = {plain(gain)}" for gain in data["feedback_gain"].values]
    return markdown(["δ (s)", "bound", "controller", *header], rows)


def wiener(data, theory):
    """Sweep prediction-learning: the prediction error beside the bound of Wiener's theory."""
    rows = []
    for noise in data["sensory_noise"].values:
        for fibres in data["parallel_fibres"].values:
            bound = theory("prediction", sensory_noise=noise, parallel_fibres=fibres)["least_prediction_error"]
            for rate in data["learning_rate"].values:
                points = [
                    at(data, sensory_noise=noise, parallel_fibres=fibres, learning_rate=rate, learning_steps=steps)
                    for steps in data["learning_steps"].values
                ]
                cells = [value(point, "prediction_error", 5) for point in points]
                rows.append([plain(noise), plain(fibres), f"{bound:.5f}", plain(rate), *cells])
    header = [f"{steps} steps" for steps in data["learning_steps"].values]
    return markdown(["σ_v", "n", "bound", "η", *header], rows)


def changes(data, theory):
    """Sweep prediction-change: critical gains of learned models, and that of an exact model of the plant as it was."""
    rows = []
    for change in data["plant_change"].values:
        cells = []
        for delay in data["sensory_delay"].values:
            exact = theory("prediction", plant_change=change, sensory_delay=delay)["critical_prediction_gain"]
            point = at(data, plant_change=change, sensory_delay=delay)
            point = point.drop_vars("critical_gain_theory", errors="ignore")
            cells += [value(point, "critical_gain", 2), f"{exact:.2f}"]
        rows.append([plain(change), *cells])
    header = [text for delay in data["sensory_delay"].values for text in (f"learned, δ = {plain(delay)} s", "exact")]
    return markdown(["factor on τ", *header], rows)
