//! What `[figure]` in a sweep file says: what figures draw if nothing else is asked for.

use toml::{Table, Value as Toml};

use super::entries::{known_keys, literal, subtable, text_at};
use super::{Axis, Problem};
use crate::experiment::{Declaration, Observable};

/// What figures draw if nothing else is asked for. Nothing that is computed depends on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureChoice {
    /// The axis along x: the name of an axis, or of a parameter of `[[zip]]`. So are all names here.
    pub x: Option<String>,
    /// The axis whose values are lines.
    pub lines: Option<String>,
    /// The observable.
    pub observable: Option<String>,
    /// What has a logarithmic scale.
    pub log: Vec<String>,
    /// The only value that a parameter has in the figure; a value of its axis, as messages and tables write it.
    pub at: Vec<(String, String)>,
}

/// # Errors
/// A name or a value that the sweep does not have, with the nearest one.
pub(super) fn read_figure(
    table: &Table,
    declaration: &'static Declaration,
    axes: &[Axis],
) -> Result<FigureChoice, Problem> {
    let Some(written) = subtable(table, "figure")? else { return Ok(FigureChoice::default()) };
    known_keys("figure.", written, &["x", "lines", "observable", "log", "at"])?;
    let named = |key: &str| {
        let name = text_at(&format!("figure.{key}"), written, key)?;
        name.map(|name| axis_name(&format!("figure.{key}"), name, axes)).transpose()
    };
    let observable = text_at("figure.observable", written, "observable")?;
    if let Some(name) = observable.filter(|name| declaration.observable(name).is_none()) {
        let known: Vec<&str> = declaration.observables.iter().map(Observable::name).collect();
        let kind = format!("observable of the experiment {:?}", declaration.name);
        return Err(Problem::unknown("figure.observable", &kind, name, &known));
    }
    let (x, lines) = (named("x")?, named("lines")?);
    if x.is_some() && x == lines {
        return Err(Problem::new("figure.lines", "the same axis as `x`; name another one, or leave one of them out"));
    }
    let at = match written.get("at") {
        None => Vec::new(),
        Some(Toml::Table(values)) => {
            values.iter().map(|(name, value)| read_at(name, value, declaration, axes)).collect::<Result<_, _>>()?
        }
        Some(other) => return Err(Problem::new("figure.at", format!("{other} is no table; write {{ name = value }}"))),
    };
    Ok(FigureChoice { x, lines, observable: observable.map(String::from), log: read_log(written, axes)?, at })
}

/// `log = "name"` or `log = ["name", …]`.
fn read_log(written: &Table, axes: &[Axis]) -> Result<Vec<String>, Problem> {
    let key = "figure.log";
    let name = |value: &Toml| match value {
        Toml::String(name) => axis_name(key, name, axes),
        other => Err(Problem::new(key, format!("{other} is no name; put the name of an axis in quotes"))),
    };
    match written.get("log") {
        None => Ok(Vec::new()),
        Some(Toml::Array(names)) => names.iter().map(name).collect(),
        Some(single) => Ok(vec![name(single)?]),
    }
}

/// A name that an axis has, or a parameter that moves along one.
fn axis_name(key: &str, name: &str, axes: &[Axis]) -> Result<String, Problem> {
    let joined: Vec<String> = axes.iter().filter(|axis| !axis.is_simple()).map(Axis::name).collect();
    let moved = axes.iter().flat_map(|axis| axis.names.iter().copied());
    let known: Vec<&str> = moved.chain(joined.iter().map(String::as_str)).collect();
    if known.contains(&name) { Ok(name.to_string()) } else { Err(no_axis(key, name, &known)) }
}

fn no_axis(key: &str, name: &str, known: &[&str]) -> Problem {
    if known.is_empty() {
        return Problem::new(key, format!("`{name}` is no axis; this sweep has none"));
    }
    Problem::unknown(key, "axis of this sweep", name, known)
}

fn read_at(
    name: &str,
    value: &Toml,
    declaration: &'static Declaration,
    axes: &[Axis],
) -> Result<(String, String), Problem> {
    let key = format!("figure.at.{name}");
    let on = |axis: &Axis| axis.names.iter().position(|own| *own == name);
    let Some((axis, column)) = axes.iter().find_map(|axis| Some((axis, on(axis)?))) else {
        let swept: Vec<&str> = axes.iter().flat_map(|axis| axis.names.iter().copied()).collect();
        return Err(no_axis(&key, name, &swept));
    };
    let literal = literal(&key, value)?;
    let accepted = declaration.parameter(name).and_then(|(_, parameter)| parameter.accept(&literal).ok());
    let there = axis.column(column);
    match accepted.filter(|accepted| there.iter().any(|value| value.key() == accepted.key())) {
        Some(value) => Ok((name.to_string(), value.to_string())),
        None => {
            let what = format!("{literal} is not on this axis, which has: {}", axis.listed(column, 0..axis.len()));
            Err(Problem::new(key, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Sweep;
    use super::*;

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
            ("x = \"difusion\"", "figure.x: unknown axis of this sweep `difusion`; did you mean `diffusion`?"),
            ("x = 1", "figure.x: 1 is not a text"),
            ("x = \"movements\"", "figure.x: unknown axis of this sweep `movements`; known: microzones, diffusion, "),
            ("x = \"decay\"\nlines = \"decay\"", "figure.lines: the same axis as `x`"),
            ("observable = \"mze\"", "figure.observable: unknown observable of the experiment \"reaching\" `mze`"),
            ("log = [1]", "figure.log: 1 is no name"),
            ("log = [\"decai\"]", "did you mean `decay`?"),
            ("at = 3", "figure.at: 3 is no table; write { name = value }"),
            ("at = { diffusion = 331 }", "figure.at.diffusion: 331 is not on this axis, which has: 0, 330, 3300"),
            ("at = { diffusion = \"0\" }", "is not on this axis"),
            ("at = { difusion = 0 }", "figure.at.difusion: unknown axis of this sweep `difusion`; did you mean"),
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
