//! What is said of bad files: every mistake at once, each with its place and a remedy.

use std::path::Path;

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
        (CAPACITY, "= [0, 1]", "= [1e309]", "1e309 is beyond the numbers, which end near 1.8e308"),
        (CAPACITY, "= [0, 1]", "= { start = \"0\", stop = 1, steps = 2 }", "start: the quotes make \"0\" a text"),
        (CAPACITY, "= [0, 1]", "= { start = 0, stop = 1, steps = \"2\" }", "steps: the quotes make \"2\" a text"),
        (CAPACITY, "= [0, 1]", "= { logspace = [0, 1, 2] }", "logspace: start = 0 and stop = 1 are the first and last"),
        (CAPACITY, "= [0, 1]", "= { logspace = [\"a\", 1, 2] }", "logspace[0]: \"a\" is not a finite number"),
        (CAPACITY, "= [0, 1]", "= 0.5", "6:15: grid.bistability: 0.5 is no list; write [0.5], or move it to [fixed]"),
        (
            CAPACITY,
            "= 20",
            "= 18446744073709551615",
            "18446744073709551615 is larger than 9223372036854775807, the largest whole number",
        ),
        (CAPACITY, "= 20", "= -9223372036854775809", "is less than -9223372036854775808, the least whole number"),
        (CAPACITY, "\"files\"", "\"a\\tb\"", "\"a\\tb\" cannot name a directory; use letters, digits, spaces, `-`"),
        (CAPACITY, "\"files\"", "[\"q\"]", "2:8: sweep.name: a list where a text is wanted"),
        (CAPACITY, "replicates = 2", "title = \"a\\tb\"", "4:9: sweep.title: contains a line break, a tab or another"),
        (CAPACITY, "replicates = 2", "title = \" \"", "4:9: sweep.title: no title (1 letter); write one line of 1 to"),
        (CAPACITY, "replicates = 2", "seed = \"1.5\"", "4:8: sweep.seed: \"1.5\" is not a whole number from 0 to"),
        (CAPACITY, "replicates = 2", "replicates = \"inf\"", "replicates: \"inf\" is not a whole number from 1 to"),
        (CAPACITY, "= [0, 1]", "= { start = \"nan\", stop = 1, steps = 2 }", "start: \"nan\" is not a finite number"),
        (CAPACITY, "= [0, 1]", "= { values = [0], steps = 2 }", "`values` cannot be combined with other keys; remove"),
        (CAPACITY, "= 20", "= [20, 40]", "8:10: fixed.inputs: a list where one value is wanted; move it to [grid]"),
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
        (CAPACITY, "inputs", "seed", "8:1: fixed.seed: `seed` is no parameter; it belongs in [sweep]"),
        (CAPACITY, "bistability", "replicates", "`replicates` is no parameter; it belongs in [sweep]"),
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
            "4:8: sweep.seed: a list where one whole number is wanted; for repetitions",
        ),
        (
            CAPACITY,
            "replicates = 2",
            "seed = \"7\"",
            "4:8: sweep.seed: the quotes make \"7\" a text; write 7 without quotes",
        ),
        (CAPACITY, "replicates = 2", "replicates = [1, 2, 3]", "wanted: how many per point, such as 3"),
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
            "8:5: figure.x: `movements` is no axis of this sweep; name one of: diffusion",
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
