//! What is drawn of many shapes of grid, as text: `snapshots/`. After a change that is meant, run the tests with
//! INSTA_UPDATE=always and read the difference.

use std::path::Path;
use std::sync::Arc;

use crate::experiment::{Outcome, TaskFailure};
use crate::report::figure::plan::{Figure, Picture, figure};
use crate::results::Results;
use crate::store::Contents;
use crate::sweep::{Identities, Sweep, Task, TheoryCells};

/// The outcome of a task, by its point and its replicate: a value near which all of its values are.
pub(crate) type Fate = fn(usize, u32) -> Fated;

pub(crate) enum Fated {
    Done(f64),
    Diverged,
    Failed,
    /// Its value exceeds the largest one examined.
    Censored,
    Missing,
}

/// One value for each point, with the scatter of a few replicates around it.
fn scattered(point: usize, replicate: u32) -> Fated {
    let scatter = [0.02, -0.03, 0.01, 0.04, -0.02, -0.01][replicate as usize % 6];
    Fated::Done(1.0 + 0.07 * point as f64 + scatter)
}

/// As [`scattered`], but least at the tenth point.
fn valley(point: usize, replicate: u32) -> Fated {
    let Fated::Done(value) = scattered(10_usize.abs_diff(point), replicate) else { return Fated::Missing };
    Fated::Done(value)
}

pub(crate) fn planned(text: &str, flags: &str, fate: Fate) -> Result<Figure, String> {
    let flags = if flags.is_empty() { String::new() } else { format!("[figure]\n{flags}") };
    with_results(text, fate, |results| {
        let choice = results.sweep.figure_choice(&flags).map_err(|problem| problem.to_string())?;
        figure(results, &choice).map_err(|problem| problem.to_string())
    })?
}

/// What `look` makes of the results of a sweep whose tasks have this fate.
pub(crate) fn with_results<T>(text: &str, fate: Fate, look: impl FnOnce(&Results) -> T) -> Result<T, String> {
    let text = format!("[sweep]\nname = \"shape\"\n{text}");
    let sweep = Arc::new(Sweep::parse(Path::new("shape.toml"), text).map_err(|error| error.to_string())?);
    let identities = Identities::new(&sweep);
    let mut contents = Contents::default();
    let cells = TheoryCells::new(&sweep);
    for cell in (0..cells.len()).map(|cell| cells.get(cell)) {
        contents.cells.insert(cell.digest(), cell.outcome());
    }
    for task in (0..sweep.tasks() as u32).map(Task) {
        let (point, replicate) = (sweep.point_of(task), sweep.replicate_of(task));
        let declaration = sweep.declaration();
        let width = declaration.kept_width(replicate);
        let outcome = match fate(point, replicate) {
            Fated::Done(value) => {
                // Neighbours in arrays differ a little, and nothing has diverged.
                let mut values: Vec<f64> = (0..width).map(|index| value + 0.001 * (index % 5) as f64).collect();
                if let Some(flag) = declaration.divergence_flag {
                    values[declaration.offset(flag).unwrap()] = 0.0;
                }
                Outcome::Done(values)
            }
            Fated::Diverged => {
                let mut values = vec![f64::NAN; width];
                values[declaration.offset(declaration.divergence_flag.unwrap()).unwrap()] = 1.0;
                Outcome::Done(values)
            }
            Fated::Failed => Outcome::Failed(TaskFailure::model("no")),
            Fated::Censored => Outcome::Failed(TaskFailure::censored_above("more than 2")),
            Fated::Missing => continue,
        };
        contents.insert(identities.digest(task), outcome);
    }
    let results = Results::merge(&sweep, &identities, &contents).map_err(|error| error.to_string())?;
    Ok(look(&results))
}

/// A name for the snapshot, the sweep, the flags, and the outcomes of the tasks.
pub(crate) const SHAPES: &[(&str, &str, &str, Fate)] = &[
    ("no-axis", "experiment = \"capacity\"\nreplicates = 6", "", scattered),
    (
        "one-axis",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\noutput_correlation = [0.0, 0.4, 0.8]",
        "",
        scattered,
    ),
    ("one-value", "experiment = \"capacity\"\nreplicates = 6\n[grid]\noutput_correlation = [0.4]", "", scattered),
    (
        "lines",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\nbistability = [0, 1]\noutput_correlation = [0, 0.4, 0.8]",
        "",
        scattered,
    ),
    (
        "theory-at-points",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\ninput_correlation = [0.2, 0.4, 0.8]\n[fixed]\ninputs = 100",
        "",
        scattered,
    ),
    (
        "rows",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\nbistability = [0, 1]\noutput_correlation = [0, 0.4, 0.8]",
        "rows = \"bistability\"",
        scattered,
    ),
    (
        "panels",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\nrobustness = [0, 1]\nbistability = [0, 0.5, 1]\n\
         output_correlation = [0, 0.2, 0.4, 0.8]",
        "",
        scattered,
    ),
    (
        "five-axes",
        "experiment = \"reaching\"\nreplicates = 2\n[grid]\nmicrozones = [\"joined\", \"separated\"]\n\
         diffusion = [0, 3300]\ndecay = [0.3, 1, 3]\nlearning_rate = [0.1, 0.2]\nio_rate = [0.5, 1, 2, 4]",
        "",
        scattered,
    ),
    (
        "too-many-panels",
        "experiment = \"reaching\"\nreplicates = 2\n[grid]\ndiffusion = [0, 10, 100, 1000]\ndecay = [0.3, 1, 3, 10]\n\
         learning_rate = [0.1, 0.2, 0.3, 0.4]\nio_rate = [0.5, 1, 2, 4, 8]",
        "",
        scattered,
    ),
    (
        "at",
        "experiment = \"reaching\"\nreplicates = 2\n[grid]\nmicrozones = [\"joined\", \"separated\"]\n\
         diffusion = [0, 3300]\nio_rate = [0.5, 1, 2]",
        "at = { microzones = \"separated\" }",
        scattered,
    ),
    (
        "text-axis",
        "experiment = \"movement\"\nreplicates = 6\n[grid]\nmicrozones = [\"joined\", \"separated\"]",
        "",
        scattered,
    ),
    (
        "text-and-numbers",
        "experiment = \"movement\"\nreplicates = 6\n[grid]\nmicrozones = [\"joined\", \"separated\"]\n\
         decay = [0.1, 0.3]",
        "",
        scattered,
    ),
    (
        "zip-of-equals",
        "experiment = \"capacity\"\nreplicates = 6\n[[zip]]\ninput_correlation = [0.1, 0.4]\n\
         output_correlation = [0.1, 0.4]",
        "",
        scattered,
    ),
    (
        "zip-of-numbers",
        "experiment = \"reaching\"\nreplicates = 6\n[[zip]]\ndiffusion = [0, 330, 3300]\ndecay = [0.3, 1, 0.5]",
        "",
        scattered,
    ),
    (
        "zip-by-its-second",
        "experiment = \"reaching\"\nreplicates = 6\n[[zip]]\ndiffusion = [0, 330, 3300]\ndecay = [0.3, 1, 0.5]",
        "x = \"decay\"",
        scattered,
    ),
    (
        "zip-without-order",
        "experiment = \"reaching\"\nreplicates = 6\n[[zip]]\ndiffusion = [0, 0, 3300]\nmicrozones = [\"joined\", \
         \"separated\", \"joined\"]",
        "",
        scattered,
    ),
    (
        "zero-on-a-log-axis",
        "experiment = \"movement\"\nreplicates = 6\n[grid]\ndiffusion = [0, 330, 1000, 3300, 10000, 33000]",
        "",
        scattered,
    ),
    (
        "log-by-flag",
        "experiment = \"reaching\"\nreplicates = 6\n[grid]\ndecay = [0.1, 0.2, 0.3]",
        "log = [\"decay\", \"mse\"]",
        scattered,
    ),
    ("one-replicate", "experiment = \"capacity\"\n[grid]\noutput_correlation = [0.0, 0.4, 0.8]", "", scattered),
    (
        "nothing-done",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\noutput_correlation = [0.0, 0.4, 0.8]",
        "",
        |_, _| Fated::Missing,
    ),
    ("all-diverged", "experiment = \"probe\"\nreplicates = 6\n[grid]\nindex = [1, 2, 3]", "", |_, _| Fated::Diverged),
    ("all-failed", "experiment = \"null\"\nreplicates = 6\n[grid]\nindex = [1, 2, 3]", "", |_, _| Fated::Failed),
    (
        "some-failed",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\noutput_correlation = [0.0, 0.4, 0.8]",
        "",
        |point, replicate| if point == 1 && replicate < 2 { Fated::Failed } else { scattered(point, replicate) },
    ),
    (
        "heat-map",
        "experiment = \"reaching\"\nreplicates = 6\n[grid]\ndecay = [0.03, 0.1, 0.3, 1, 3, 10, 30]\n\
         diffusion = [0, 100, 330, 1000, 3300, 10000, 33000, 100000]",
        "",
        valley,
    ),
    (
        "heat-map-paired-with-gaps",
        "experiment = \"reaching\"\nreplicates = 4\nstreams = \"paired\"\n[grid]\n\
         decay = [0.03, 0.1, 0.3, 1, 3, 10, 30]\n\
         diffusion = [0, 100, 330, 1000, 3300, 10000, 33000, 100000]",
        "",
        |point, replicate| match (point, replicate) {
            (3, _) => Fated::Diverged,
            (4, _) => Fated::Missing,
            (10, 0) => Fated::Failed,
            // Scatter that all points share says nothing against a difference.
            (point, replicate) => Fated::Done(2.0 + 0.5 * f64::from(replicate) + 0.001 * (point % 9) as f64),
        },
    ),
    (
        "curves",
        "experiment = \"reaching\"\nreplicates = 6\n[grid]\ndiffusion = [0, 3300]\n\
         microzones = [\"joined\", \"separated\"]",
        "observable = \"learning_curve\"",
        scattered,
    ),
    (
        "histogram",
        "experiment = \"capacity\"\nreplicates = 6\n[grid]\noutput_correlation = [0.0, 0.8]",
        "observable = \"weight_histogram\"",
        scattered,
    ),
    ("images", "experiment = \"movement\"\n[grid]\ndiffusion = [0, 3300]", "observable = \"concentration\"", scattered),
    ("paths", "experiment = \"reaching\"\n[grid]\ndiffusion = [0, 3300]", "observable = \"hand_paths\"", scattered),
];

#[test]
fn each_shape_of_grid_has_its_figure() {
    for (name, text, flags, fate) in SHAPES {
        let figure = planned(text, flags, *fate).unwrap_or_else(|error| panic!("{name}: {error}"));
        insta::assert_snapshot!(*name, figure.to_string());
    }
}

/// The readings of a figure are its values, and each has a place in the drawing.
#[test]
fn every_value_of_a_figure_can_be_read() {
    let lines = planned(SHAPES[3].1, "", scattered).unwrap();
    let texts: Vec<String> = lines.readings().into_iter().map(|reading| reading.text).collect();
    assert_eq!(texts.len(), 6);
    assert_eq!(
        texts[1],
        "γ = 0, output correlation c_out = 0.4: 1.072 ± 0.011, n = 6, theory 1.000, deviation +7.2 %, +6.7 errors"
    );
    for (name, text, flags, fate) in SHAPES {
        let figure = planned(text, flags, *fate).unwrap();
        let drawn = crate::report::figure::inline(&figure).unwrap();
        assert_eq!(figure.readings().len(), drawn.places.len(), "{name}");
        assert!(!drawn.svg.contains("font-face") && drawn.svg.contains("aria-label="), "{name}");
        let header = drawn.svg.lines().next().unwrap().to_string();
        let number = |key: &str| -> f64 {
            let (_, rest) = header.split_once(&format!(" {key}=\"")).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        let (width, height) = (number("width"), number("height"));
        for (x, y) in drawn.places {
            assert!((0.0..width).contains(&x) && (0.0..height).contains(&y), "{name}: {x}, {y}");
        }
    }
    let map = planned(SHAPES[3].1, "rows = \"bistability\"", scattered).unwrap();
    let [first, .., last] = &map.readings()[..] else { panic!("no readings") };
    assert_eq!((first.row, first.column, last.row, last.column), (0, 0, 1, 2));
    assert!(last.text.starts_with("output correlation c_out = 0.8, bistability γ = 1: 1.35"), "{}", last.text);
}

/// The targets of the arm are stored in the order in which it reaches for them.
#[test]
fn a_curve_has_its_places_in_order() {
    let text = "experiment = \"reaching\"\nreplicates = 2\n[grid]\ndecay = [0.1, 1]";
    let Ok(Figure { picture: Picture::Lines(lines), .. }) = planned(text, "observable = \"mse_by_target\"", scattered)
    else {
        panic!("no lines");
    };
    let places = lines.panels[0].lines[0].points.iter().map(|point| point.x);
    assert!(places.clone().count() == 8 && places.is_sorted());
}

#[test]
fn what_the_sweep_does_not_have_is_refused_with_what_it_has() {
    const GRID: &str = "experiment = \"reaching\"\n[grid]\nmicrozones = [\"joined\", \"separated\"]\n\
                        diffusion = [0, 1, 2, 3, 4, 5, 6]\ndecay = [0, 1]";
    for (flags, said) in [
        ("x = \"difusion\"", "figure.x: unknown axis `difusion`; did you mean `diffusion`?"),
        ("observable = \"mze\"", "did you mean `mse`?"),
        ("at = { diffusion = 33 }", "is not on this axis, which has: 0, 1, 2, 3, 4, 5, 6"),
        ("rows = \"decay\"\nobservable = \"learning_curve\"", "learning_curve is drawn over its own dimensions"),
        ("lines = \"diffusion\"", "diffusion has 7 values, and at most 6 lines can be distinguished"),
        ("x = \"decay\"\nat = { decay = 1 }", "x: `decay` is not an axis with several values that has no role yet"),
        ("x = \"decay\"\nobservable = \"learning_curve\"", "learning_curve is drawn over its own dimensions"),
        ("lines = \"decay\"\nobservable = \"hand_paths\"", "the picture of hand_paths has no lines"),
        ("log = \"microzones\"", "microzones has no logarithmic scale"),
    ] {
        let refusal = planned(GRID, flags, scattered).map(|figure| figure.to_string()).unwrap_err();
        assert!(refusal.contains(said), "{flags}: {refusal}");
    }
    let refusal =
        planned(GRID, "log = \"mse\"", |_, _| Fated::Done(-1.0)).map(|figure| figure.to_string()).unwrap_err();
    assert!(refusal.contains("log: mse has no logarithmic scale: -1 is one of its values"), "{refusal}");
}
