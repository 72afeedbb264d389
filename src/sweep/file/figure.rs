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
    names::check(&section, &["x", "lines", "rows", "observable", "log", "at"], problems);
    let observables: Vec<&Observable> = declaration.observables.iter().collect();
    let mut choice = FigureChoice::default();
    for entry in section.entries() {
        let kept = match entry.name {
            "x" => axis_name(&entry, axes, declaration).map(|name| choice.x = Some(name)),
            "lines" => axis_name(&entry, axes, declaration).map(|name| choice.lines = Some(name)),
            "rows" => axis_name(&entry, axes, declaration).map(|name| choice.rows = Some(name)),
            "log" => read_log(&entry, axes, declaration).map(|names| choice.log = names),
            "at" => read_at(&entry, axes, declaration, problems).map(|values| choice.at = values),
            "observable" => names::observable(declaration, &entry, "observable", &observables)
                .map(|observable| choice.observable = Some(observable.name().into())),
            _ => Ok(()),
        };
        // Each problem is reported, and nothing depends on the value.
        let _ = problems.keep(kept);
    }
    check_together(&section, &choice, declaration, axes, problems);
    choice
}

/// What is good by itself, and not with the rest.
fn check_together(
    section: &Section,
    choice: &FigureChoice,
    declaration: &Declaration,
    axes: &[Axis],
    problems: &mut Problems,
) {
    let place =
        |name: &Option<String>| axes.iter().position(|axis| name.as_ref().is_some_and(|name| axis.is_called(name)));
    let drawn = choice.observable.as_ref().and_then(|name| declaration.observable(name));
    if let Some(observable) = drawn.filter(|drawn| !drawn.dimensions.is_empty()) {
        for entry in ["x", "rows"].into_iter().filter_map(|key| section.entry(key)) {
            let name = observable.name();
            let what = format!("{name} is drawn over its own dimensions; leave `{}` out", entry.name);
            problems.add(entry.problem(what));
        }
    }
    for (key, named) in [("lines", &choice.lines), ("rows", &choice.rows)] {
        if let Some(entry) = section.entry(key).filter(|_| named.is_some() && place(&choice.x) == place(named)) {
            problems.add(entry.problem("the same axis as `x`; name another one, or leave one of them out"));
        }
    }
    if let Some(entry) = section.entry("rows").filter(|_| choice.lines.is_some()) {
        problems.add(entry.problem("a figure has `lines` or `rows`; leave one of them out"));
    }
    let without_lines = drawn.filter(|drawn| !drawn.picture.has_lines());
    if let (Some(entry), Some(observable)) = (section.entry("lines"), without_lines) {
        problems.add(entry.problem(format!("the picture of {} has no lines; leave `lines` out", observable.name())));
    }
}

/// `log = "name"` or `log = ["name", …]`, of axes or observables.
fn read_log(entry: &Entry, axes: &[Axis], declaration: &Declaration) -> Result<Vec<String>, Problem> {
    let named = |entry: &Entry| match entry.text() {
        Ok(name) if declaration.observable(name).is_some() => Ok(name.to_string()),
        _ => {
            let name = axis_name(entry, axes, declaration)?;
            let what = || format!("{name} has no logarithmic scale: it needs distinct numbers from 0 up");
            if is_logarithmic(axes, &name) { Ok(name) } else { Err(entry.problem(what())) }
        }
    };
    match entry.elements(false) {
        None => Ok(vec![named(entry)?]),
        Some(names) => names.map(|name| named(&name)).collect(),
    }
}

/// Whether the numbers of an axis, or of the parameter of this name, can have a logarithmic scale.
fn is_logarithmic(axes: &[Axis], name: &str) -> bool {
    let axis = axes.iter().find(|axis| axis.is_called(name));
    let numbers = axis.and_then(|axis| axis.distinct_numbers(axis.numeric_column(Some(name))?));
    numbers.is_some_and(|numbers| numbers.iter().all(|number| *number >= 0.0))
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
        let what = format!("`{name}` is not an axis of this sweep; {there}");
        return Some(entry.problem(what));
    }
    known.is_empty().then(|| entry.problem(format!("`{name}` is not an axis; this sweep has none")))
}

/// `at = { name = value, … }`.
fn read_at(
    entry: &Entry,
    axes: &[Axis],
    declaration: &'static Declaration,
    problems: &mut Problems,
) -> Result<Vec<(String, String)>, Problem> {
    let DeValue::Table(_) = entry.value() else {
        return Err(entry.problem(format!("{} is not a table; write {{ name = value }}", written(entry.value()))));
    };
    let values = entry.section()?;
    Ok(values.entries().filter_map(|entry| problems.keep(read_value_at(&entry, axes, declaration)).ok()).collect())
}

fn read_value_at(entry: &Entry, axes: &[Axis], declaration: &'static Declaration) -> Result<(String, String), Problem> {
    let name = entry.name;
    if let Some(axis) = axes.iter().find(|axis| !axis.is_simple() && axis.name() == name) {
        let index = entry.whole(0, axis.len() as i64 - 1)?;
        return Ok((name.to_string(), index.to_string()));
    }
    let on = |axis: &Axis| axis.names.iter().position(|own| *own == name);
    let Some((axis, column)) = axes.iter().find_map(|axis| Some((axis, on(axis)?))) else {
        let known: Vec<&str> = swept(axes).collect();
        return Err(no_axis(entry, name, &known, declaration).unwrap_or_else(|| entry.unknown("axis", &known)));
    };
    let literal = entry.literal()?;
    let accepted = declaration.parameter(name).and_then(|(_, parameter)| parameter.accept(&literal).ok());
    match accepted.and_then(|accepted| axis.meant(column, accepted)) {
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
            "x = \"diffusion\"\nlines = \"decay_io_rate\"\nobservable = \"mse\"\n\
             log = \"diffusion\"\nat = { microzones = \"joined\", io_rate = 1.0 }",
        );
        let text = |text: &str| text.to_string();
        assert_eq!(all.x, Some(text("diffusion")));
        assert_eq!(all.lines, Some(text("decay_io_rate")));
        assert_eq!(all.observable, Some(text("mse")));
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
                "figure.x: `movements` is not an axis of this sweep; name one of: microzones, diffusion, decay, \
                 io_rate",
            ),
            ("x = \"decay\"\nlines = \"decay\"", "figure.lines: the same axis as `x`"),
            ("x = \"decay\"\nlines = \"io_rate\"", "figure.lines: the same axis as `x`"),
            ("x = \"decay_io_rate\"\nlines = \"io_rate\"", "figure.lines: the same axis as `x`"),
            (
                "x = \"decay\"\nobservable = \"learning_curve\"",
                "figure.x: learning_curve is drawn over its own dimensions",
            ),
            ("x = \"decay\"\nrows = \"decay\"", "figure.rows: the same axis as `x`"),
            ("lines = \"decay\"\nrows = \"diffusion\"", "figure.rows: a figure has `lines` or `rows`"),
            ("rows = \"decay\"\nobservable = \"hand_paths\"", "figure.rows: hand_paths is drawn over its own"),
            ("lines = \"decay\"\nobservable = \"hand_paths\"", "figure.lines: the picture of hand_paths has no lines"),
            ("log = \"microzones\"", "figure.log: microzones has no logarithmic scale: it needs distinct numbers"),
            (
                "observable = \"mze\"",
                "figure.observable: unknown observable of the experiment \"reaching\" `mze`; did you mean `mse`?",
            ),
            ("log = [1]", "figure.log: 1 is not a text; put it in quotes"),
            ("log = [\"decai\"]", "did you mean `decay`?"),
            ("at = 3", "figure.at: 3 is not a table; write { name = value }"),
            ("at = { diffusion = 331 }", "figure.at.diffusion: 331 is not on this axis, which has: 0, 330, 3300"),
            ("at = { diffusion = \"0\" }", "is not on this axis"),
            ("at = { difusion = 0 }", "figure.at.difusion: unknown axis `difusion`; did you mean"),
            ("at = { io_rate = [1] }", "figure.at.io_rate: a list where one value is expected"),
        ] {
            let problem = parse("", &format!("[figure]\n{written}")).unwrap_err();
            assert!(problem.contains(said), "{written}: {problem}");
        }
    }

    #[test]
    fn a_value_may_be_written_as_tables_and_figures_write_it() {
        let at = |written: &str| {
            let grid = "[sweep]\nname = \"figure\"\nexperiment = \"reaching\"\n\
                        [grid]\ndiffusion = [0.1234, 0.12341, 0.3333333, 330, 12345.6]\n";
            let text = format!("{grid}[figure]\nat = {{ diffusion = {written} }}\n");
            Sweep::parse(Path::new("figure.toml"), text).map(|sweep| sweep.figure.at[0].1.clone()).ok()
        };
        for (written, meant) in
            [("0.3333", "0.3333333"), ("0.333", "0.3333333"), ("12346", "12345.6"), ("0.1234", "0.1234")]
        {
            assert_eq!(at(written).as_deref(), Some(meant), "{written}");
        }
        // Other values, and one that two are written as.
        for written in ["0.33", "0.334", "12345", "12300.5", "0.123"] {
            assert_eq!(at(written), None, "{written}");
        }
    }

    #[test]
    fn flags_replace_what_the_file_sets_for_the_same_axis() {
        let over = |file: &str, flags: &str| {
            let sweep = parse("", &format!("[figure]\n{file}")).unwrap();
            sweep.figure_choice(&format!("[figure]\n{flags}")).unwrap()
        };
        let lines = over("lines = \"decay\"", "x = \"io_rate\"");
        assert_eq!((lines.x.as_deref(), lines.lines), (Some("io_rate"), None));
        let rows = over("lines = \"decay\"", "rows = \"diffusion\"");
        assert_eq!((rows.lines, rows.rows.as_deref()), (None, Some("diffusion")));
        let lines = over("rows = \"decay\"", "lines = \"diffusion\"");
        assert_eq!((lines.lines.as_deref(), lines.rows), (Some("diffusion"), None));
        assert_eq!(over("x = \"decay\"", "at = { io_rate = 1 }").x, None);
        assert!(over("at = { decay = 0.3 }", "x = \"decay_io_rate\"").at.is_empty());
        assert_eq!(over("lines = \"decay\"", "observable = \"hand_paths\"").lines, None);
        assert_eq!(over("lines = \"decay\"", "observable = \"mse\"").lines.as_deref(), Some("decay"));
    }

    #[test]
    fn an_axis_of_joint_points_is_chosen_by_its_name_and_their_numbers() {
        let figure = |zip: &str, text: &str| {
            let text = format!(
                "[sweep]\nname = \"figure\"\nexperiment = \"reaching\"\n[[zip]]\n{zip}\
                 decay = [0.3, 3]\nio_rate = [1, 2]\n[figure]\n{text}\n"
            );
            Sweep::parse(Path::new("figure.toml"), text).map(|sweep| sweep.figure).map_err(|error| error.to_string())
        };
        let named = "name = \"sample\"\n";
        assert_eq!(figure(named, "x = \"sample\"").unwrap().x.as_deref(), Some("sample"));
        assert_eq!(figure(named, "at = { sample = 1 }").unwrap().at, [("sample".into(), "1".into())]);
        assert_eq!(figure("", "at = { decay_io_rate = 0 }").unwrap().at, [("decay_io_rate".into(), "0".into())]);
        assert!(figure(named, "at = { sample = 2 }").unwrap_err().contains("2 is not a whole number from 0 to 1"));
        assert!(figure(named, "x = \"decay_io_rate\"").unwrap_err().contains("unknown axis `decay_io_rate`"));
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
