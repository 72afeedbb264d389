//! `microzone plot`: which files it writes, that their bytes depend on the results alone, and what it refuses.

use crate::formats::change_rules;
use crate::launch::Launcher;
use crate::place::{Place, listed};

const SWEEP: &str = "[sweep]\nname = \"plot\"\ntitle = \"A & B <plotted>\"\nexperiment = \"capacity\"\nreplicates = 5\n\
    [grid]\nbistability = [0, 1]\noutput_correlation = [0, 0.4, 0.8]\n[fixed]\ninputs = 20\n\
    [figure]\nobservable = \"silent_fraction\"\n";

fn figures(out: &str) -> Vec<(String, Vec<u8>)> {
    let name = |path: &String| path.rsplit('/').next().unwrap().to_string();
    listed(&format!("{out}/figures")).iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

fn names(out: &str) -> Vec<String> {
    figures(out).into_iter().map(|(name, _)| name).collect()
}

fn text(out: &str, name: &str) -> String {
    std::fs::read_to_string(format!("{out}/figures/{name}")).unwrap()
}

#[test]
fn figures_depend_on_the_results_alone() {
    let place = Place::new();
    let sweep = place.file("plot.toml", SWEEP);
    let alone = place.computed(&sweep, "alone", 0);
    let ranks = place.path("ranks");
    Launcher::Ranks(3).run(&["run", &sweep, "--out", &ranks]).expect(0);
    // Two builds of the program, too.
    for (out, program) in [(&alone, Launcher::Alone), (&ranks, Launcher::WithoutMpi)] {
        let ended = program.run(&["plot", out]).expect(0);
        let said: Vec<&str> = ended.output.lines().collect();
        assert_eq!(said, [format!("{out}/figures/silent_fraction.svg"), format!("{out}/figures/silent_fraction.png")]);
        program.run(&["plot", out, "--observable", "capacity"]).expect(0);
        program.run(&["plot", out, "--observable", "weight_histogram", "--at", "bistability=1.0"]).expect(0);
    }
    assert_eq!(
        names(&alone),
        [
            "capacity.png",
            "capacity.svg",
            "silent_fraction.png",
            "silent_fraction.svg",
            "weight_histogram.bistability=1.png",
            "weight_histogram.bistability=1.svg"
        ]
    );
    assert!(figures(&alone) == figures(&ranks), "the figures differ");
    // They are not part of what is guarded.
    Launcher::Alone.run(&["verify", &alone]).expect(0);
    let again = figures(&alone);
    Launcher::Alone.run(&["plot", &alone]).expect(0);
    assert!(again == figures(&alone), "a second time differs");
}

#[test]
fn the_figure_of_the_readme_is_that_of_the_demo() {
    let place = Place::new();
    let root = env!("CARGO_MANIFEST_DIR");
    let out = place.computed(&format!("{root}/sweeps/quickstart.toml"), "results", 0);
    Launcher::Alone.run(&["plot", &out]).expect(0);
    let committed = std::fs::read_to_string(format!("{root}/docs/quickstart.svg")).unwrap();
    assert!(text(&out, "capacity.svg") == committed, "docs/quickstart.svg is another figure");
}

#[test]
fn a_figure_says_what_it_shows() {
    let place = Place::new();
    let out = place.computed(&place.file("plot.toml", SWEEP), "results", 0);
    Launcher::Alone.run(&["plot", &out, "--observable", "capacity"]).expect(0);
    let svg = text(&out, "capacity.svg");
    assert!(svg.contains("<title>A &amp; B &lt;plotted&gt;: capacity"), "{svg}");
    for said in [
        "<desc>",
        "one standard error",
        "n = 5",
        "inputs N = 20 (default 1000)",
        "c<tspan",
        ">γ = 1</text>",
        "theory",
        "font-family:'DejaVu Sans'",
        "#0072b2",
        "#d55e00",
    ] {
        assert!(svg.contains(said), "{said}");
    }
    let png = std::fs::read(format!("{out}/figures/capacity.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn flags_and_the_sweep_file_choose_and_bad_choices_are_refused() {
    let place = Place::new();
    let out = place.computed(&place.file("plot.toml", SWEEP), "results", 0);
    let plot = |flags: &[&str]| Launcher::Alone.run(&[&["plot", &out], flags].concat());
    for (flags, said) in [
        (&["--at", "bistability=2"][..], "--at bistability: 2 is not on this axis, which has: 0, 1"),
        (&["--at", "bistability"], "not of the form axis=value"),
        (&["--x", "bistabilty"], "did you mean `bistability`?"),
        (&["--x", "inputs"], "`inputs` is not an axis of this sweep"),
        (&["--observable", "capacty"], "did you mean `capacity`?"),
        (&["--lines", "bistability", "--x", "bistability"], "--lines: the same axis as `x`"),
        (&["--log", "capacity", "--x", "weights"], "--x: unknown axis `weights`"),
    ] {
        plot(flags).expect(2).says(&[said]);
    }
    assert_eq!(names(&out), [""; 0]);
    plot(&["--x", "bistability"]).expect(0);
    let svg = text(&out, "silent_fraction.x=bistability.svg");
    assert!(svg.contains(">bistability γ</text>") && svg.contains(" = 0.4</tspan>"), "{svg}");
}

/// What the sweep file chose is not blamed on a flag that was not given.
#[test]
fn a_bad_choice_is_blamed_on_where_it_was_made() {
    let place = Place::new();
    let seven = SWEEP.replace("[0, 0.4, 0.8]", "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]");
    let sweep = place.file("plot.toml", &format!("{seven}lines = \"output_correlation\"\n"));
    let out = place.path("stopped");
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--time-limit", "0s"]).expect(75);
    let said = "lines: output_correlation has 7 values, and at most 6 lines";
    Launcher::Alone.run(&["plot", &out]).expect(2).says(&[&format!("[figure] {said}")]);
    let flags = ["plot", &out, "--lines", "output_correlation"];
    Launcher::Alone.run(&flags).expect(2).says(&[&format!("--{said}")]);
}

#[test]
fn a_sweep_without_results_and_results_of_other_rules_have_figures() {
    let place = Place::new();
    let sweep = place.file("plot.toml", SWEEP);
    let out = place.path("stopped");
    Launcher::Alone.run(&["run", &sweep, "--out", &out, "--time-limit", "0s"]).expect(75);
    Launcher::Alone.run(&["plot", &out]).expect(0);
    assert!(text(&out, "silent_fraction.svg").contains("nothing to show yet"));
    let other = place.computed(&sweep, "other", 0);
    Launcher::Alone.run(&["plot", &other]).expect(0);
    let own = figures(&other);
    change_rules(&other, "independent ", "independent 7");
    let ended = Launcher::Alone.run(&["plot", &other]).expect(0).says(&["results.h5 as it is"]);
    assert!(ended.output.contains("silent_fraction.svg"));
    // All that a figure shows is in the file.
    assert_eq!(figures(&other), own);
}
