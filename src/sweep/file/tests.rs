//! The messages for bad files: all mistakes together, each with its place and a remedy.

use std::path::Path;

use crate::experiment::{Experiment, Kind};
use crate::sweep::Sweep;

const REACHING: &str = "[sweep]\nname = \"files\"\nexperiment = \"reaching\"\nreplicates = 2\n\
    [grid]\ndiffusion = [0, 3300]\n[fixed]\nmovements = 8\n";
const CAPACITY: &str = "[sweep]\nname = \"files\"\nexperiment = \"capacity\"\nreplicates = 2\n\
    [grid]\nbistability = [0, 1]\n[fixed]\ninputs = 20\n";
const INFORMATION: &str = "[sweep]\nname = \"files\"\nexperiment = \"information\"\nreplicates = 2\n\
    [grid]\ndiffusion = [0, 3300]\n[fixed]\nlag = 20\n";

/// All that is said of a file, or nothing.
fn said(text: &str) -> String {
    match Sweep::parse(Path::new("s.toml"), text.to_string()) {
        Ok(_) => String::new(),
        Err(error) => error.in_full(),
    }
}

#[test]
fn a_mistake_has_a_place_and_a_remedy() {
    for good in [REACHING, CAPACITY, INFORMATION] {
        assert_eq!(said(good), "");
    }
    for (good, old, new, wanted) in [
        (
            CAPACITY,
            "inputs = 20",
            "inputs = \"200\"",
            "s.toml:8:10: fixed.inputs: the quotes make \"200\" a text; write 200",
        ),
        (CAPACITY, "= [0, 1]", "= [0, \"1\"]", "s.toml:6:19: grid.bistability: the quotes make \"1\" a text; write 1"),
        (
            CAPACITY,
            "= [0, 1]",
            "= [1e308]",
            "thresholds; at most 64 can be handled exactly (at inputs = 20, bistability = 1e308)",
        ),
        (CAPACITY, "= [0, 1]", "= [-1e308]", "s.toml:6:16: grid.bistability: -1e308 is not a number in [0, inf)"),
        (CAPACITY, "= [0, 1]", "= [1e309]", "1e309 is too large; numbers end near 1.8e308"),
        (CAPACITY, "= [0, 1]", "= { start = \"0\", stop = 1, steps = 2 }", "start: the quotes make \"0\" a text"),
        (CAPACITY, "= [0, 1]", "= { start = 0, stop = 1, steps = \"2\" }", "steps: the quotes make \"2\" a text"),
        (CAPACITY, "= [0, 1]", "= { logspace = [0, 1, 2] }", "logspace: start = 0 and stop = 1 are the first and last"),
        (CAPACITY, "= [0, 1]", "= { logspace = [\"a\", 1, 2] }", "logspace[0]: \"a\" is not a finite number"),
        (
            CAPACITY,
            "= [0, 1]",
            "= 0.5",
            "6:15: grid.bistability: 0.5 is not a list; write [0.5], or move it to [fixed]",
        ),
        (
            CAPACITY,
            "= 20",
            "= 18446744073709551615",
            "18446744073709551615 is larger than 9223372036854775807, the largest whole number",
        ),
        (CAPACITY, "= 20", "= -9223372036854775809", "is less than -9223372036854775808, the smallest whole number"),
        (CAPACITY, "\"files\"", "\"a\\tb\"", "\"a\\tb\" cannot name a directory; use letters, digits, spaces, `-`"),
        (CAPACITY, "\"files\"", "[\"q\"]", "2:8: sweep.name: a list where a text is expected"),
        (CAPACITY, "replicates = 2", "title = \"a\\tb\"", "4:9: sweep.title: contains a line break, a tab or another"),
        (CAPACITY, "replicates = 2", "title = \" \"", "4:9: sweep.title: no title (1 letter); write one line of 1 to"),
        (CAPACITY, "replicates = 2", "seed = \"1.5\"", "4:8: sweep.seed: \"1.5\" is not a whole number from 0 to"),
        (CAPACITY, "replicates = 2", "replicates = \"inf\"", "replicates: \"inf\" is not a whole number from 1 to"),
        (CAPACITY, "= [0, 1]", "= { start = \"nan\", stop = 1, steps = 2 }", "start: \"nan\" is not a finite number"),
        (CAPACITY, "= [0, 1]", "= { values = [0], steps = 2 }", "`values` cannot be combined with other keys; remove"),
        (CAPACITY, "= 20", "= [20, 40]", "8:10: fixed.inputs: a list where one value is expected; move it to [grid]"),
        (CAPACITY, "= 20", "= { start = 1, stop = 2, steps = 2 }", "a range is an axis: move it to [grid]"),
        (CAPACITY, "= 20", "= true", "fixed.inputs: true is neither a number nor a text"),
        (
            CAPACITY,
            "inputs",
            "diffusion",
            "`diffusion` is a parameter of `information` and of `movement` and of `reaching`, and this",
        ),
        (
            CAPACITY,
            "bistability",
            "silent_fraction",
            "6:1: grid.silent_fraction: `silent_fraction` is an observable of `capacity`",
        ),
        (CAPACITY, "inputs", "seed", "8:1: fixed.seed: `seed` is not a parameter; it belongs in [sweep]"),
        (CAPACITY, "bistability", "replicates", "`replicates` is not a parameter; it belongs in [sweep]"),
        (CAPACITY, "[sweep]", "inputs = 20\n[sweep]", "1:1: inputs: `inputs` is a parameter; it belongs in [fixed] or"),
        (
            CAPACITY,
            "[sweep]",
            "lag = 20\n[sweep]",
            "1:1: lag: `lag` is a parameter of `information`, and this is a sweep of `capacity`",
        ),
        (REACHING, "replicates = 2", "inputs = 20", "`inputs` is a parameter of `capacity`, and this is a sweep of"),
        (CAPACITY, "[sweep]", "seed = 7\n[sweep]", "1:1: seed: `seed` belongs in [sweep]"),
        (
            CAPACITY,
            "replicates = 2",
            "inputs = 20",
            "4:1: sweep.inputs: `inputs` is a parameter; it belongs in [fixed] or",
        ),
        (
            CAPACITY,
            "replicates = 2",
            "seed = [1, 2, 3]",
            "4:8: sweep.seed: a list where one whole number is expected; for repetitions",
        ),
        (
            CAPACITY,
            "replicates = 2",
            "seed = \"7\"",
            "4:8: sweep.seed: the quotes make \"7\" a text; write 7 without quotes",
        ),
        (CAPACITY, "replicates = 2", "replicates = [1, 2, 3]", "expected: how many per point, such as 3"),
        (CAPACITY, "replicates = 2", "replicates = 2.5", "4:14: sweep.replicates: 2.5 is not a whole number from 1 to"),
        (
            REACHING,
            "movements = 8",
            "lag = 20",
            "8:1: fixed.lag: `lag` is a parameter of `information`, and this is a sweep of `reaching`",
        ),
        (
            REACHING,
            "[0, 3300]",
            "[0, \"3300 um2/s\"]",
            "6:17: grid.diffusion: \"3300 um2/s\" is a text; write 3300; µm²/s is understood",
        ),
        (REACHING, "[0, 3300]", "[0, 1e7]", "10000000 is not a number in [0, 1000000] (in µm²/s)"),
        (
            REACHING,
            "[fixed]",
            "[figure]\nx = \"movements\"\n[fixed]",
            "8:5: figure.x: `movements` is not an axis of this sweep; name one of: diffusion",
        ),
        (
            REACHING,
            "[fixed]",
            "[figure]\nobservable = \"capacity\"\n[fixed]",
            "`capacity` is an observable of `capacity` and of `recoding`, and this is",
        ),
        (
            REACHING,
            "[fixed]",
            "[precision]\nobservable = \"diffusion\"\nrelative_error = 0.1\nmax_replicates = 9\n[fixed]",
            "8:14: precision.observable: `diffusion` is a parameter; name an observable: ",
        ),
        (
            REACHING,
            "[fixed]",
            "[precision]\nobservable = \"mse\"\nrelative_error = \"0.1\"\nmax_replicates = 9\n[fixed]",
            "9:18: precision.relative_error: \"0.1\" is a text; give a number in (0, 1) without quotes",
        ),
        (INFORMATION, "lag = 20", "lag = 0.02", "8:7: fixed.lag: 0.02 is not a whole number from 0 to 10000 (in ms)"),
        (INFORMATION, "lag = 20", "lag = \"0.02 s\"", "write the number alone, which is understood in ms"),
    ] {
        assert!(good.contains(old), "{old:?}");
        let said = said(&good.replacen(old, new, 1));
        assert!(said.contains(wanted), "{old:?} -> {new:?}:\n{said}\nwanted: {wanted}");
        assert!(said.lines().all(|line| line.chars().count() < 400), "{said}");
    }
}

/// What is said of ranges, in the place of an axis of a number, of one of whole numbers, and of one below 1.
#[test]
fn a_bad_range_is_refused_by_the_key_that_is_to_be_mended() {
    for (axis, wanted) in [
        (
            "bistability = { start = 0, stop = 1, step = 0.3 }",
            "bistability.stop: 1 is not reached from 0 in steps of 0.3; write stop = 0.9 or stop = 1.2",
        ),
        (
            "bistability = { start = 0, stop = 1, step = 3 }",
            "bistability.stop: 1 is not reached from 0 in steps of 3; write stop = 3",
        ),
        ("output_correlation = { start = 0, stop = 0.9, step = 0.35 }", "in steps of 0.35; write stop = 0.7"),
        ("output_correlation = { start = 0, stop = 0.9, step = 2 }", "in steps of 2; write another `step`, or `steps`"),
        ("bistability = { start = 0, stop = 1, step = 0 }", "bistability.step: 0 leads nowhere; write the distance"),
        (
            "bistability = { start = 0, stop = 1, step = -0.1 }",
            "bistability.step: -0.1 leads from 0 away from 1; write 0.1",
        ),
        (
            "bistability = { start = 0, stop = 1, step = 1e-9 }",
            "step: 1e-9 makes more than 10000000 values from 0 to 1",
        ),
        (
            "bistability = { start = 0, stop = 1, step = \"1\" }",
            "bistability.step: the quotes make \"1\" a text; write 1",
        ),
        ("bistability = { start = 0, stop = 1, step = nan }", "bistability.step: NaN is not a finite number"),
        (
            "bistability = { start = 0, stop = 1, step = 0.5, steps = 3 }",
            "step: `steps` already gives the number of values",
        ),
        (
            "bistability = { start = 0, stop = 1 }",
            "steps: missing; how many values, both ends included? Or write `step`",
        ),
        (
            "bistability = { logspace = { start = 1, stop = 9, step = 3 } }",
            "logspace.step: the values of `logspace` have a",
        ),
        (
            "bistability = { start = 1, stop = 9, step = 3, logspace = true }",
            "bistability.step: the values of `logspace`",
        ),
        (
            "bistability = { start = 0, stop = 1, steps = 3, digits = 0 }",
            "digits: 0 is not a whole number from 1 to 12",
        ),
        (
            "bistability = { start = 0, stop = 1, steps = 3, digits = 13 }",
            "digits: 13 is not a whole number from 1 to 12",
        ),
        (
            "bistability = { logspace = { start = 1, stop = 9, steps = 3 }, digits = 3 }",
            "digits: belongs in the braces of",
        ),
        ("bistability = { start = 0, stop = 1, steps = 3, digit = 3 }", "unknown key `digit`; did you mean `digits`?"),
        (
            "bistability = { start = 0.1234567890123, stop = 1, steps = 3 }",
            "bistability.start: 0.1234567890123 has 13 digits, and a value of a range has at most 12 significant \
             digits; write 0.123456789012, or a list of values",
        ),
        ("bistability = { start = 0, stop = 1.25, steps = 3, digits = 2 }", "write 1.3, or more `digits`"),
        (
            "output_correlation = { start = 0, stop = 0.9999999999999, steps = 3 }",
            "stop: 0.9999999999999 has 13 digits, and a value of a range has at most 12 significant digits; write a",
        ),
        ("inputs = { start = 0.5, stop = 9, steps = 3 }", "inputs.start: 0.5 is not a whole number from 1 to 65536"),
        (
            "inputs = { start = 1, stop = 4, steps = 6 }",
            "inputs: rounded to whole numbers, the 6 values of this range are 4 different ones; write [1, 2, 3, 4]",
        ),
        (
            "inputs = { start = 1, stop = 3, step = 0.5 }",
            "the 5 values of this range are 3 different ones; write [1, 2, 3]",
        ),
        ("inputs = { start = 1, stop = 900, steps = 1000 }", "write fewer `steps`"),
        (
            "bistability = { start = 1, stop = 2, steps = 100, digits = 1 }",
            "rounded to 1 digit, the 100 values of this range are 2 different ones; write [1, 2]",
        ),
        (
            "bistability = [0.3, 1, 0.30000000000000004]",
            "the value 0.3 appears twice, as 0.3 and 0.30000000000000004; each",
        ),
        ("bistability = { values = [0.1, 1, 1e-1] }", "the value 0.1 appears twice, as 0.1 and 1e-1; each point may"),
        ("bistability = [0.1, 1, 0.1]", "the value 0.1 appears twice; each point may"),
        ("output_correlation = [0.9999999999999999]", "0.9999999999999999, which is 1, is not a number in [0, 1)"),
    ] {
        let said = said(&CAPACITY.replacen("bistability = [0, 1]", axis, 1).replacen("[fixed]\ninputs = 20", "", 1));
        assert!(said.contains(wanted), "{axis}:\n{said}\nwanted: {wanted}");
    }
}

#[test]
fn a_range_has_the_values_that_are_written() {
    for (range, list) in [
        ("bistability = { start = 0, stop = 0.9, step = 0.3 }", "bistability = [0, 0.3, 0.6, 0.9]"),
        ("bistability = { start = 0.9, stop = 0, step = -0.3 }", "bistability = [0.9, 0.6, 0.3, 0]"),
        ("bistability = { start = 2, stop = 2, step = 0.3 }", "bistability = [2]"),
        ("bistability = { start = 0.1, stop = 0.30000000000000004, step = 0.1 }", "bistability = [0.1, 0.2, 0.3]"),
        ("bistability = { start = 0, stop = 1_0, steps = 4, digits = 3 }", "bistability = [0, 3.33, 6.67, 10]"),
        ("bistability = { logspace = { start = 1, stop = 10, steps = 3, digits = 2 } }", "bistability = [1, 3.2, 10]"),
        (
            "bistability = { start = 1, stop = 10, steps = 3, digits = 2, logspace = true }",
            "bistability = [1, 3.2, 10]",
        ),
        ("inputs = { logspace = [10, 1000, 7] }", "inputs = [10, 22, 46, 100, 215, 464, 1000]"),
        ("inputs = { start = 0x10, stop = 20.0, steps = 4 }", "inputs = [16, 17, 19, 20]"),
    ] {
        let axes = |axis: &str| {
            let text = CAPACITY.replacen("bistability = [0, 1]", axis, 1).replacen("[fixed]\ninputs = 20", "", 1);
            Sweep::parse(Path::new("s.toml"), text).unwrap_or_else(|error| panic!("{error}")).axes
        };
        assert_eq!(axes(range), axes(list), "{range}");
    }
}

const ZIP: &str = "[sweep]\nname = \"zips\"\nexperiment = \"capacity\"\n[[zip]]\nname = \"sample\"\n\
    robustness = [0, 1]\nbistability = [1, 0]\n";

#[test]
fn an_axis_has_a_name_that_results_can_have() {
    let axes = |text: &str| Sweep::parse(Path::new("s.toml"), text.into()).map(|sweep| sweep.axes);
    let named = axes(ZIP).unwrap();
    assert_eq!((named[0].name().as_str(), &named[0].names[..]), ("sample", &["robustness", "bistability"][..]));
    let joined = axes(&ZIP.replace("name = \"sample\"\n", "")).unwrap();
    assert_eq!((joined[0].name().as_str(), &joined[0].names), ("robustness_bistability", &named[0].names));
    for (name, wanted) in [
        ("a b", "zip[0].name: \"a b\" cannot name an axis; use letters, digits and `_`, with a letter first"),
        ("µ", "\"µ\" cannot name an axis"),
        ("_a", "\"_a\" cannot name an axis"),
        ("1a", "\"1a\" cannot name an axis"),
        ("", "\"\" has 0 letters; the name of an axis has 1 to 100"),
        (&"a".repeat(101), "has 101 letters; the name of an axis has 1 to 100"),
        ("inputs", "\"inputs\" is a parameter of `capacity`; choose another name"),
        ("capacity", "\"capacity\" is what results have of `capacity`; choose another name"),
        ("silent_fraction_theory_sem", "is what results have of `silent_fraction`; choose another name"),
        ("replicate", "\"replicate\" is what results have of `replicate`; choose another name"),
        ("status", "is what results have of `status`"),
        ("precision", "is what results have of `precision`"),
        ("parameters", "is what results have of `parameters`"),
        ("weight", "\"weight\" is what results have of `weight`"),
    ] {
        let said = said(&ZIP.replace("\"sample\"", &format!("{name:?}")));
        assert!(said.contains(wanted), "{name}: {said}");
    }
    for (name, is_good) in [("sample", false), ("sample_label", false), ("sample_mean", true), ("other", true)] {
        let two =
            format!("{ZIP}[[zip]]\nname = {name:?}\ninput_correlation = [0, 0.1]\noutput_correlation = [0, 0.1]\n");
        assert_eq!(said(&two).is_empty(), is_good, "{name}");
        assert!(is_good || said(&two).contains("is another axis; choose another name"), "{}", said(&two));
    }
    let alone = said(&ZIP.replace("bistability = [1, 0]\n", ""));
    assert!(
        alone.contains("robustness moves alone, and its name is the name of the axis; leave `name` out"),
        "{alone}"
    );
    assert!(said(&ZIP.replace("\"sample\"", "[1, 2]")).contains("zip[0].name: a list where a text is expected"));
}

#[test]
fn an_axis_of_many_parameters_needs_a_name() {
    let has_name = |experiment: &dyn Experiment| experiment.declaration().parameter("name").is_some();
    assert!(!crate::catalogue::visible().any(has_name), "a parameter is called as the name of an axis is given");
    let parameters = crate::catalogue::find("capacity").unwrap().declaration().parameters;
    let numbers = parameters.iter().filter(|parameter| matches!(parameter.kind, Kind::Number(_)));
    let columns: String =
        numbers.map(|parameter| format!("{} = [{}]\n", parameter.name(), parameter.default)).collect();
    let text = |name: &str| format!("[sweep]\nname = \"zips\"\nexperiment = \"capacity\"\n[[zip]]\n{name}{columns}");
    let said_of_long = said(&text(""));
    assert!(said_of_long.contains("zip[0]: its name, joined from "), "{said_of_long}");
    assert!(said_of_long.contains("letters; the name of an axis has 1 to 100; give it a name: name = \"sample\""));
    assert_eq!(said(&text("name = \"sample\"\n")), "");
}

#[test]
fn all_mistakes_are_said_at_once_in_the_order_of_the_file() {
    let text = "[sweep]\nname = \"a/b\"\nexperiment = \"reaching\"\nsed = 1\n\n[grid]\n\
                diffusion = [0, -1, 3300, \"x\"]\nlag = [1]\n\n[fixed]\nmovements = \"8\"\n\n[fgure]\nx = 1\n";
    let wanted = "\
s.toml: 7 mistakes
s.toml:2:8: sweep.name: \"a/b\" cannot name a directory; use letters, digits, spaces, `-`, `_`, `.` and `+`, \
with neither a space nor `.` at the beginning
  |
2 | name = \"a/b\"
  |        ^^^^^
s.toml:4:1: sweep.sed: unknown key `sed`; did you mean `seed`?
  |
4 | sed = 1
  | ^^^
s.toml:7:17: grid.diffusion: -1 is not a number in [0, 1000000] (in µm²/s)
  |
7 | diffusion = [0, -1, 3300, \"x\"]
  |                 ^^
s.toml:7:27: grid.diffusion: \"x\" is not a number in [0, 1000000] (in µm²/s)
  |
7 | diffusion = [0, -1, 3300, \"x\"]
  |                           ^^^
s.toml:8:1: grid.lag: `lag` is a parameter of `information`, and this is a sweep of `reaching`
  |
8 | lag = [1]
  | ^^^
s.toml:11:13: fixed.movements: the quotes make \"8\" a text; write 8 without quotes
   |
11 | movements = \"8\"
   |             ^^^
s.toml:13:2: fgure: unknown key `fgure`; did you mean `figure`?
   |
13 | [fgure]
   |  ^^^^^";
    assert_eq!(said(text), wanted);
    let error = Sweep::parse(Path::new("s.toml"), text.into()).unwrap_err().to_string();
    assert_eq!(error, format!("{} (and 6 more)", wanted.lines().nth(1).unwrap()));
}

/// A directory is named in bytes: 66 letters may be 131 of them.
#[test]
fn a_long_name_is_refused_by_what_is_counted() {
    let long = format!("{}a", "µ".repeat(65));
    let said = said(&CAPACITY.replacen("\"files\"", &format!("{long:?}"), 1));
    assert!(said.contains("sweep.name: has 131 bytes; a name has at most 120"), "{said}");
}

#[test]
fn many_mistakes_are_counted_and_the_first_are_shown() {
    let values = vec!["-1"; 3000].join(", ");
    let said = said(&REACHING.replacen("0, 3300", &values, 1));
    assert!(said.starts_with("s.toml: 3000 mistakes\ns.toml:6:14: grid.diffusion: -1 is not"), "{said}");
    assert!(said.ends_with("and 2990 more"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() < 120), "{said}");
}

#[test]
fn mistakes_of_toml_have_places_too() {
    for (text, wanted) in [
        ("[sweep\nname = 1\n", "s.toml:1:7: not TOML: unclosed table, expected `]`\n  |\n1 | [sweep\n  |       ^"),
        ("[sweep]\nname = quick\nseed = \n", "s.toml: 2 mistakes\ns.toml:2:8: not TOML: string values must be quoted"),
        ("[sweep]\nseed = 1\nseed = 2\n", "s.toml:3:1: not TOML: duplicate key"),
        ("[sweep]\nname = \"a\n", "s.toml:2:10: not TOML: invalid basic string"),
    ] {
        assert!(said(text).starts_with(wanted), "{text}: {}", said(text));
    }
}
