//! The words around a figure: its title, its caption, and its files' name.

use super::axis::{heading, named_fully, written};
use super::content::{Cell, HeatMaps, Line, Lines, Picture, Style, TheoryShape};
use super::measured::Measured;
use super::roles::Roles;
use crate::experiment::{Better, Observable};
use crate::report::compared::Standing;
use crate::results::{Results, Series};
use crate::sweep::{FigureChoice, Streams, Sweep};

/// Below this number of replicates a standard error is itself uncertain.
const FEW: usize = 5;

/// `capacity`, or `capacity.x=inputs.bistability=1` where something else is chosen than what the sweep file says, so
/// that one figure does not replace another.
pub(super) fn file_stem(observable: &Observable, choice: &FigureChoice, usual: &FigureChoice) -> String {
    let mut parts = vec![observable.name().to_string()];
    let named =
        [("x", &choice.x, &usual.x), ("lines", &choice.lines, &usual.lines), ("rows", &choice.rows, &usual.rows)];
    for (key, name, usual) in named {
        parts.extend(name.iter().filter(|_| name != usual).map(|name| format!("{key}={name}")));
    }
    if choice.log != usual.log {
        parts.extend(choice.log.iter().map(|name| format!("log={name}")));
    }
    parts.extend(choice.at.iter().filter(|at| !usual.at.contains(at)).map(|(name, value)| format!("{name}={value}")));
    parts.join(".")
}

/// The title of the sweep, or its name.
pub(super) fn title(results: &Results, observable: &Observable) -> String {
    let sweep = results.sweep;
    format!("{}: {}", sweep.title.as_deref().unwrap_or(&sweep.name), observable.quantity.label)
}

/// One sentence for those who cannot see the figure.
pub(super) fn description(observable: &Observable, picture: &Picture) -> String {
    let heading = heading(&observable.quantity);
    let panels = |count: usize| if count == 1 { String::new() } else { format!(", in {count} panels") };
    match picture {
        Picture::Lines(lines) => {
            let over = if lines.x.label.is_empty() { String::new() } else { format!(" over {}", lines.x.label) };
            let labels = lines.panels.first().map_or(&[][..], |panel| &panel.lines);
            let labels: Vec<&str> = labels.iter().map(|line| &*line.label).filter(|label| !label.is_empty()).collect();
            let each = if labels.is_empty() { String::new() } else { format!(" for {}", labels.join("; ")) };
            format!("{heading}{over}{each}{}.", panels(lines.panels.len()))
        }
        Picture::HeatMaps(maps) => {
            format!("{heading} in colours over {} and {}{}.", maps.x.label, maps.y.label, panels(maps.panels.len()))
        }
        Picture::Images(images) => format!("Map of {heading}{}.", panels(images.panels.len())),
        Picture::Paths(paths) => format!("Paths: {heading}{}.", panels(paths.panels.len())),
    }
}

/// The paragraphs below a figure: how to read it, what is not there, and what is fixed.
pub(super) fn caption(results: &Results, series: &Series, roles: &Roles, picture: &Picture) -> Vec<String> {
    let mut paragraphs = match picture {
        Picture::Lines(lines) => of_lines(results, series, lines),
        Picture::HeatMaps(maps) => of_heat_maps(results, series, maps),
        Picture::Images(_) => vec!["The first replicate of each point. All panels share the colours.".into()],
        Picture::Paths(_) => vec!["The first replicate of each point. Grey: before learning; blue: after it.".into()],
    };
    if !series.observable.caution.is_empty() {
        paragraphs.push(format!("Caution: {}.", series.observable.caution));
    }
    let chosen = roles.fixed.iter().map(|fixed| {
        let name = &fixed.text;
        match (fixed.is_chosen, fixed.of) {
            (true, _) | (_, 1) => name.clone(),
            (false, of) => format!("{name} (the first of {of} values; --at shows another)"),
        }
    });
    let fixed: Vec<String> = chosen.chain(unusual(results.sweep)).collect();
    if !fixed.is_empty() {
        paragraphs.push(format!("Fixed: {}.", fixed.join("; ")));
    }
    let sweep = results.sweep;
    let declared = sweep.declaration();
    paragraphs.push(format!("Sweep {}, experiment {} (version {}).", sweep.name, declared.name, declared.version));
    paragraphs
}

/// The parameters that no axis moves and that differ from their defaults.
pub(super) fn unusual(sweep: &Sweep) -> impl Iterator<Item = String> + '_ {
    let swept: Vec<usize> = sweep.axes.iter().flat_map(|axis| axis.positions.iter().copied()).collect();
    let declared = sweep.declaration().parameters.iter().enumerate();
    declared.filter(move |(position, _)| !swept.contains(position)).filter_map(|(position, parameter)| {
        let value = sweep.base.get(position);
        let is_default = value.key() == parameter.default.key();
        let quantity = &parameter.quantity;
        let named = named_fully(quantity, value);
        (!is_default).then(|| format!("{named} (default {})", written(parameter.default, quantity)))
    })
}

fn of_lines(results: &Results, series: &Series, lines: &Lines) -> Vec<String> {
    let all = || lines.panels.iter().flat_map(|panel| &panel.lines);
    // Of curves and histograms, each line is one point of the sweep.
    let measured: Vec<Measured> = match lines.style {
        Style::Markers => all().flat_map(|line| line.points.iter().map(|point| point.measured)).collect(),
        Style::Band | Style::Steps => all().filter_map(worst).collect(),
    };
    let several = lines.panels.iter().any(|panel| panel.lines.len() > 1);
    let has_errors = Roles::has_errors(series.observable);
    let (mark, error) = match lines.style {
        Style::Markers => ("Markers", "bars"),
        Style::Band => ("Lines", "bands"),
        Style::Steps => ("Steps", "bars"),
    };
    let is_known = measured.iter().any(|one| one.value.standard_error.is_finite());
    let error = if is_known { format!("; {error}: one standard error") } else { String::new() };
    let mut first = match has_errors {
        true => format!("{mark}: mean over the replicates, {}{error}.", counts(results.sweep, &measured)),
        false => format!("{mark}: the first replicate of each point."),
    };
    let summary = results.sweep.declaration().theory.map_or_else(String::new, |theory| uncapitalised(theory.summary));
    let shapes = || all().map(|line| &line.theory);
    let thin = if lines.style == Style::Markers { "Lines" } else { "Dashed" };
    if shapes().any(|shape| matches!(shape, TheoryShape::Curve { .. })) {
        first.push_str(&format!(" {thin}: theory at the points, joined ({summary})."));
    } else if shapes().any(|shape| matches!(shape, TheoryShape::AtPoints(_))) {
        first.push_str(&format!(" Dashes: theory at the points ({summary})."));
    }
    if lines.residuals.is_some() {
        first.push_str(" Below: deviation from the theory in standard errors of the difference; grey: within 2.");
    }
    if several && lines.style == Style::Markers && measured.len() > lines.panels.len() {
        first.push_str(" Markers at the same value are moved apart by 1\u{a0}% of the axis.");
    }
    if lines.x.scale.zero_apart {
        first.push_str(" Zero has no place on a logarithmic axis and is set apart.");
    }
    let mut paragraphs = vec![first];
    let words = match lines.style {
        Style::Markers if lines.residuals.is_some() => {
            ["Filled markers, not in the strip below", "Crosses", "no marker"]
        }
        Style::Markers => ["Filled markers", "Crosses", "no marker"],
        Style::Band => ["Filled markers", "No line", "no line"],
        Style::Steps => ["Not marked", "No steps", "no steps"],
    };
    paragraphs.extend(gaps(&measured, words, has_errors));
    paragraphs
}

/// What is measured along a line, as far as its gaps go: the fewest values that any place has, if it has some.
fn worst(line: &Line) -> Option<Measured> {
    let known = line.points.iter().map(|point| point.measured).filter(|measured| measured.n > 0);
    known.min_by_key(|measured| measured.n).or_else(|| line.points.first().map(|point| point.measured))
}

fn of_heat_maps(results: &Results, series: &Series, maps: &HeatMaps) -> Vec<String> {
    let cells: Vec<&Cell> = maps.panels.iter().flat_map(|panel| &panel.cells).collect();
    let measured: Vec<Measured> = cells.iter().map(|cell| cell.measured).collect();
    let what = if maps.has_numbers { "Numbers: mean (standard error in its last digits)" } else { "Colours: mean" };
    let mut first = format!("{what} over the replicates, {}.", counts(results.sweep, &measured));
    let is_there = |standing: Standing| cells.iter().any(|cell| cell.standing == standing);
    if let Some(better) = series.observable.better.filter(|_| is_there(Standing::Best)) {
        let word = if better == Better::Less { "least" } else { "greatest" };
        let each = if maps.panels.len() > 1 { " of each panel" } else { "" };
        first.push_str(&format!(" Frame: the {word} mean{each}"));
        if is_there(Standing::NotDistinguished) {
            let test = match results.sweep.streams {
                Streams::Paired => "paired t test",
                Streams::Independent => "Welch's t test",
            };
            first.push_str(&format!(
                "; dots: not distinguished from it ({test}, 5\u{a0}%, not corrected for many cells)"
            ));
        }
        let is_open = |cell: &&&Cell| cell.standing == Standing::NotTested && cell.measured.n > 0;
        let open = cells.iter().filter(is_open).count();
        if open > 0 {
            first.push_str(&format!("; {open} of {} cells cannot be tested", cells.len()));
        }
        first.push('.');
    }
    if maps.x.zero_apart || maps.y.zero_apart {
        first.push_str(" Zero has no place on a logarithmic axis and is set apart.");
    }
    let mut paragraphs = vec![first];
    let selection = if maps.has_numbers { "Stars" } else { "Not marked" };
    paragraphs.extend(gaps(&measured, [selection, "Hatched", "white"], true));
    paragraphs
}

fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `n = 16`, or `n = 3 to 10, paired`.
fn counts(sweep: &Sweep, measured: &[Measured]) -> String {
    let counts = || measured.iter().map(|one| one.n).filter(|n| *n > 0);
    let paired = match sweep.streams {
        Streams::Paired => ", paired",
        Streams::Independent => "",
    };
    match (counts().min(), counts().max()) {
        (Some(least), Some(most)) if least == most => format!("n = {least}{paired}"),
        (Some(least), Some(most)) => format!("n = {least} to {most}{paired}"),
        _ => "none of which has a value".into(),
    }
}

/// What the means are not: complete, known, precise.
fn gaps(measured: &[Measured], [selection, failed, missing]: [&str; 3], has_errors: bool) -> Option<String> {
    let count = |is: fn(&Measured) -> bool| measured.iter().filter(|one| is(one)).count();
    let of = measured.len();
    let mut sentences = Vec::new();
    let chosen = count(Measured::is_selection);
    if chosen > 0 {
        let what = "some replicates have no value (they failed, diverged, or reached a limit), and the mean is over \
                    the others";
        sentences.push(format!("{selection} ({chosen} of {of} points): {what}."));
    }
    let without = count(Measured::has_failed);
    if without > 0 {
        sentences.push(format!("{failed} ({without} of {of} points): no replicate that was computed has a value."));
    }
    let open = count(|one| one.n == 0 && !one.has_failed());
    if open > 0 {
        sentences.push(format!("{open} of {of} points are not computed yet ({missing})."));
    }
    let single = count(|one| one.n == 1);
    if has_errors && single > 0 {
        sentences.push(format!("One replicate has no standard error ({single} of {of} points)."));
    }
    let few = count(|one| (2..FEW).contains(&one.n));
    if has_errors && few > 0 {
        sentences.push(format!(
            "A standard error from fewer than {FEW} replicates is itself uncertain ({few} of {of} points)."
        ));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
