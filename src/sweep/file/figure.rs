//! `[figure]`: what figures draw if nothing else is asked for.

use toml::de::DeValue;

use super::super::{Axis, FigureChoice, Problem};
use super::document::{Entry, Section, written};
use super::names;
use super::problems::Problems;
use crate::experiment::{Declaration, Observable};

/// The choice; what could not be read is reported and left out.
pub(super) fn read(
    file: &Section,
    declaration: &'static Declaration,
    axes: &[Axis],
    problems: &mut Problems,
) -> FigureChoice {
    let Ok(Some(section)) = problems.keep(file.section("figure")) else { return FigureChoice::default() };
    names::check(&section, &["x", "lines", "observable", "log", "at"], problems);
    let observables: Vec<&Observable> = declaration.observables.iter().collect();
    let mut choice = FigureChoice::default();
    for entry in section.entries() {
        let kept = match entry.name {
            "x" => axis_name(&entry, axes, declaration).map(|name| choice.x = Some(name)),
            "lines" => axis_name(&entry, axes, declaration).map(|name| choice.lines = Some(name)),
            "log" => read_log(&entry, axes, declaration).map(|names| choice.log = names),
            "at" => read_at(&entry, axes, declaration, problems).map(|values| choice.at = values),
            "observable" => names::observable(declaration, &entry, "observable", &observables)
                .map(|observable| choice.observable = Some(observable.name().into())),
            _ => Ok(()),
        };
        // Each problem is reported, and nothing depends on the value.
        let _ = problems.keep(kept);
    }
    if let Some(entry) = section.entry("lines").filter(|_| choice.x.is_some() && choice.x == choice.lines) {
        problems.add(entry.problem("the same axis as `x`; name another one, or leave one of them out"));
    }
    choice
}

/// `log = "name"` or `log = ["name", …]`, of axes or observables.
fn read_log(entry: &Entry, axes: &[Axis], declaration: &Declaration) -> Result<Vec<String>, Problem> {
    let named = |entry: &Entry| match entry.text() {
        Ok(name) if declaration.observable(name).is_some() => Ok(name.to_string()),
        _ => axis_name(entry, axes, declaration),
    };
    match entry.elements(false) {
        None => Ok(vec![named(entry)?]),
        Some(names) => names.map(|name| named(&name)).collect(),
    }
}

/// The name of an axis, or of a parameter that moves along one.
fn axis_name(entry: &Entry, axes: &[Axis], declaration: &Declaration) -> Result<String, Problem> {
    let name = entry.text()?;
    let joined: Vec<String> = axes.iter().filter(|axis| !axis.is_simple()).map(Axis::name).collect();
    let known: Vec<&str> = swept(axes).chain(joined.iter().map(String::as_str)).collect();
    if known.contains(&name) {
        return Ok(name.to_string());
    }
    Err(no_axis(entry, name, &known, declaration).unwrap_or_else(|| entry.unknown_value("axis", name, &known)))
}

fn swept(axes: &[Axis]) -> impl Iterator<Item = &str> {
    axes.iter().flat_map(|axis| axis.names.iter().copied())
}

/// A name that is known and no axis, or any name where there are no axes.
fn no_axis(entry: &Entry, name: &str, known: &[&str], declaration: &Declaration) -> Option<Problem> {
    if declaration.parameter(name).is_some() {
        let there = if known.is_empty() { "it has none".into() } else { format!("name one of: {}", known.join(", ")) };
        let what = format!("`{name}` is no axis of this sweep; {there}");
        return Some(entry.problem(what));
    }
    known.is_empty().then(|| entry.problem(format!("`{name}` is no axis; this sweep has none")))
}

/// `at = { name = value, … }`.
fn read_at(
    entry: &Entry,
    axes: &[Axis],
    declaration: &'static Declaration,
    problems: &mut Problems,
) -> Result<Vec<(String, String)>, Problem> {
    let DeValue::Table(_) = entry.value() else {
        return Err(entry.problem(format!("{} is no table; write {{ name = value }}", written(entry.value()))));
    };
    let values = entry.section()?;
    Ok(values.entries().filter_map(|entry| problems.keep(read_value_at(&entry, axes, declaration)).ok()).collect())
}

fn read_value_at(entry: &Entry, axes: &[Axis], declaration: &'static Declaration) -> Result<(String, String), Problem> {
    let name = entry.name;
    let on = |axis: &Axis| axis.names.iter().position(|own| *own == name);
    let Some((axis, column)) = axes.iter().find_map(|axis| Some((axis, on(axis)?))) else {
        let known: Vec<&str> = swept(axes).collect();
        return Err(no_axis(entry, name, &known, declaration).unwrap_or_else(|| entry.unknown("axis", &known)));
    };
    let literal = entry.literal()?;
    let accepted = declaration.parameter(name).and_then(|(_, parameter)| parameter.accept(&literal).ok());
    let there = axis.column(column);
    match accepted.filter(|accepted| there.iter().any(|value| value.key() == accepted.key())) {
        Some(value) => Ok((name.to_string(), value.to_string())),
        None => {
            let there = axis.listed(column, 0..axis.len());
            Err(entry.problem(format!("{} is not on this axis, which has: {there}", written(entry.value()))))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::sweep::{FigureChoice, Sweep};

    fn parse(header: &str, figure: &str) -> Result<Sweep, String> {
        let text = format!(
            "[sweep]\nname = \"figure\"\nexperiment = \"reaching\"\n{header}\n\
             [grid]\nmicrozones = [\"joined\", \"separated\"]\ndiffusion = [0, 330, 3300]\n\
             [[zip]]\ndecay = [0.3, 3]\nio_rate = [1, 2]\n{figure}\n"
        );
        Sweep::parse(Path::new("figure.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_figure_is_chosen_by_names_of_this_sweep() {
        let figure = |text: &str| parse("", &format!("[figure]\n{text}")).unwrap().figure;
        assert_eq!(parse("", "").unwrap().figure, FigureChoice::default());
        let all = figure(
            "x = \"diffusion\"\nlines = \"decay_io_rate\"\nobservable = \"learning_curve\"\n\
             log = \"diffusion\"\nat = { microzones = \"joined\", io_rate = 1.0 }",
        );
        let text = |text: &str| text.to_string();
        assert_eq!(all.x, Some(text("diffusion")));
        assert_eq!(all.lines, Some(text("decay_io_rate")));
        assert_eq!(all.observable, Some(text("learning_curve")));
        assert_eq!(all.log, ["diffusion"]);
        assert_eq!(all.at, [(text("microzones"), text("joined")), (text("io_rate"), text("1"))]);
        assert_eq!(figure("log = [\"diffusion\", \"decay\"]").log, ["diffusion", "decay"]);
        assert_eq!(figure("[figure.at]\ndiffusion = 3.3e3").at, [(text("diffusion"), text("3300"))]);
    }

    #[test]
    fn names_and_values_that_the_sweep_does_not_have_are_refused() {
        for (written, said) in [
            ("X = \"diffusion\"", "figure.X: unknown key `X`"),
            ("x = \"difusion\"", "figure.x: unknown axis `difusion`; did you mean `diffusion`?"),
            ("x = 1", "figure.x: 1 is not a text"),
            (
                "x = \"movements\"",
                "figure.x: `movements` is no axis of this sweep; name one of: microzones, diffusion, decay, io_rate",
            ),
            ("x = \"decay\"\nlines = \"decay\"", "figure.lines: the same axis as `x`"),
            (
                "observable = \"mze\"",
                "figure.observable: unknown observable of the experiment \"reaching\" `mze`; did you mean `mse`?",
            ),
            ("log = [1]", "figure.log: 1 is not a text; put it in quotes"),
            ("log = [\"decai\"]", "did you mean `decay`?"),
            ("at = 3", "figure.at: 3 is no table; write { name = value }"),
            ("at = { diffusion = 331 }", "figure.at.diffusion: 331 is not on this axis, which has: 0, 330, 3300"),
            ("at = { diffusion = \"0\" }", "is not on this axis"),
            ("at = { difusion = 0 }", "figure.at.difusion: unknown axis `difusion`; did you mean"),
            ("at = { io_rate = [1] }", "figure.at.io_rate: a list where one value is wanted"),
        ] {
            let problem = parse("", &format!("[figure]\n{written}")).unwrap_err();
            assert!(problem.contains(said), "{written}: {problem}");
        }
    }

    #[test]
    fn titles_and_figures_mean_nothing_to_tasks() {
        let plain = parse("", "").unwrap();
        let dressed = parse("title = \"Nitric oxide, µm²/s\"", "[figure]\nx = \"diffusion\"").unwrap();
        assert_eq!(dressed.title.as_deref(), Some("Nitric oxide, µm²/s"));
        assert_eq!(plain.title, None);
        assert_eq!(plain.digest(), dressed.digest());
        assert_eq!(dressed.difference_from(&plain), None);
        assert_eq!(plain.difference_from(&dressed), None);
        for title in ["\"\"", "\" \"", "\"two\\nlines\"", &format!("\"{}\"", "é".repeat(201)), "7"] {
            let problem = parse(&format!("title = {title}"), "").unwrap_err();
            assert!(problem.contains("sweep.title: "), "{title}: {problem}");
        }
        assert!(parse(&format!("title = \"{}\"", "é".repeat(200)), "").is_ok());
    }
}
