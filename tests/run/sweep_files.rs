//! Sweep files: what is wrong with bad ones, and what good ones mean.

use std::path::Path;
use std::sync::Arc;

use microzone::sweep::{Identities, Sweep, Task};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::launch::Launcher;
use crate::place::Place;

const GOOD: &str = r#"[sweep]
name = "files"
experiment = "capacity"
seed = 1
replicates = 2
streams = "independent"

[grid]
input_correlation = [0.0, 0.5]
output_correlation = { start = 0.0, stop = 0.8, steps = 3 }
learning_rate = { logspace = { start = 0.001, stop = 0.1, steps = 3 } }
learner = { values = ["exact", "perceptron"] }

[[zip]]
robustness = [0.0, 1.0]
bistability = [0.5, 0.0]

[fixed]
inputs = 24

[precision]
observable = "silent_fraction"
relative_error = 0.02
max_replicates = 40
"#;

/// What is replaced in the good file, by what, and what the message says: key, value or nature, remedy.
const BAD: [(&str, &str, &[&str]); 51] = [
    ("seed = 1", "sede = 1", &["sweep.sede", "unknown key", "did you mean `seed`?"]),
    ("[fixed]", "[fixd]", &["fixd", "did you mean `fixed`?"]),
    ("inputs = 24", "imputs = 24", &["fixed.imputs", "unknown parameter", "did you mean `inputs`?"]),
    ("input_correlation = [", "input_corelation = [", &["grid.input_corelation", "did you mean `input_correlation`?"]),
    ("steps = 3 }\nlearning", "stps = 3 }\nlearning", &["grid.output_correlation.stps", "did you mean `steps`?"]),
    ("\"capacity\"", "\"capacitance\"", &["sweep.experiment", "`capacitance`", "did you mean `capacity`?"]),
    ("\"capacity\"", "\"zebra\"", &["sweep.experiment", "`zebra`", "known: capacity"]),
    ("experiment = \"capacity\"\n", "", &["sweep.experiment", "missing", "microzone experiments"]),
    ("name = \"files\"\n", "", &["sweep.name", "missing"]),
    ("\"files\"", "\"../files\"", &["sweep.name", "../files", "use letters"]),
    ("\"files\"", "7", &["sweep.name", "7", "quotes"]),
    ("[sweep]", "[other]", &["other", "unknown key"]),
    ("[0.0, 0.5]", "[0.0, 1.5]", &["grid.input_correlation", "1.5", "a number in [0, 1)"]),
    ("[0.0, 0.5]", "[0.0, nan]", &["grid.input_correlation", "NaN", "a number in [0, 1)"]),
    ("stop = 0.8", "stop = 1.0", &["grid.output_correlation", "1 is not a number in [0, 1)"]),
    ("stop = 0.8", "stop = inf", &["grid.output_correlation.stop", "inf", "finite"]),
    ("inputs = 24", "inputs = 0", &["fixed.inputs", "0 is not a whole number from 1 to 65536"]),
    ("inputs = 24", "inputs = 24.5", &["fixed.inputs", "24.5", "whole number"]),
    ("inputs = 24", "inputs = \"many\"", &["fixed.inputs", "many", "whole number"]),
    ("inputs = 24", "inputs = [24, 48]", &["fixed.inputs", "a list where one value is expected", "[grid]"]),
    ("inputs = 24", "inputs = 1979-05-27", &["fixed.inputs", "datetime"]),
    ("[0.0, 0.5]", "0.5", &["grid.input_correlation", "write [0.5]", "[fixed]"]),
    ("[0.0, 0.5]", "[\"low\"]", &["grid.input_correlation", "low", "a number in"]),
    ("[\"exact\", \"perceptron\"]", "[\"exakt\"]", &["grid.learner", "exakt", "one of \"exact\", \"perceptron\""]),
    ("[0.0, 0.5]", "[]", &["grid.input_correlation", "empty axis"]),
    ("steps = 3 }\nlearning", "steps = 0 }\nlearning", &["grid.output_correlation", "empty axis"]),
    ("steps = 3 }\nlearning", "steps = 1 }\nlearning", &["grid.output_correlation.steps", "one step cannot be both"]),
    ("start = 0.001", "start = 0.0", &["grid.learning_rate.logspace", "must be positive"]),
    ("[0.0, 0.5]", "[0.5, 0.50]", &["grid.input_correlation", "0.5 appears twice"]),
    (
        "[0.0, 0.5]",
        "[0.3, 0.30000000000000004]",
        &["grid.input_correlation", "0.3 appears twice, as 0.3 and 0.30000000000000004"],
    ),
    (
        "stop = 0.8, steps = 3",
        "stop = 0.8, step = 0.3",
        &["grid.output_correlation.stop", "write stop = 0.6 or stop ="],
    ),
    ("[[zip]]", "[[zip]]\nname = \"status\"", &["zip[0].name", "is what results have of `status`; choose another"]),
    ("[0.5, 0.0]", "[0.5, 0.0, 1.0]", &["zip[0]", "robustness has 2 values and bistability has 3"]),
    ("[[zip]]", "[zip]", &["zip", "[[zip]]"]),
    ("inputs = 24", "robustness = 1.0", &["fixed.robustness", "also an axis", "not both"]),
    ("robustness = [0.0, 1.0]", "input_correlation = [0.1, 0.2]", &["zip[0].input_correlation", "on another axis"]),
    ("replicates = 2", "replicates = 0", &["sweep.replicates", "0 is not a whole number from 1"]),
    ("seed = 1", "seed = -1", &["sweep.seed", "-1", "whole number"]),
    ("\"independent\"", "\"dependent\"", &["sweep.streams", "did you mean `independent`?"]),
    ("[precision]", "[precison]", &["precison", "did you mean `precision`?"]),
    ("replicates = 2", "replicates = 1", &["sweep.replicates", "no standard error", "such as 10"]),
    ("replicates = 2", "replicates = 41", &["precision.max_replicates", "40 is less than the 41", "lower sweep.rep"]),
    ("max_replicates = 40", "max_replicates = 1", &["precision.max_replicates", "1 is not a whole number from 2"]),
    ("max_replicates = 40", "", &["precision.max_replicates", "missing"]),
    ("max_replicates", "max_replicate", &["precision.max_replicate", "did you mean `max_replicates`?"]),
    ("relative_error = 0.02", "relative_error = 1.0", &["precision.relative_error", "1", "(0, 1)"]),
    ("relative_error = 0.02", "relative_error = nan", &["precision.relative_error", "NaN", "(0, 1)"]),
    ("relative_error = 0.02", "", &["precision.relative_error", "missing", "2 %"]),
    ("silent_fraction", "silent_fractoin", &["precision.observable", "did you mean `silent_fraction`?"]),
    (
        "silent_fraction",
        "weight_histogram",
        &["precision.observable", "50 values per task", "name a scalar observable"],
    ),
    ("observable = \"silent_fraction\"", "", &["precision.observable", "missing", "capacity, silent_fraction"]),
];

#[test]
fn a_bad_file_gets_one_clear_error() {
    let place = Place::new();
    let out = place.path("results");
    Launcher::Alone.run(&["plan", &place.file("good.toml", GOOD), "--out", &out]).expect(0);
    for (old, new, said) in BAD {
        assert!(GOOD.contains(old), "{old:?}");
        let sweep = place.file("bad.toml", &GOOD.replacen(old, new, 1));
        let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(2).says(&[&sweep]).says(said);
        assert_eq!(ended.errors.matches("microzone: ").count(), 1, "not one error: {ended}");
    }
    assert!(!Path::new(&out).exists(), "a bad sweep wrote something");
}

#[test]
fn a_file_that_is_not_a_sweep_is_named() {
    let place = Place::new();
    let large = "[sweep]\nname = \"a\"\nexperiment = \"null\"\nreplicates = 1000000\n[grid]\n\
                 index = { start = 0, stop = 99999, steps = 100000 }\n";
    let larger = format!(
        "{large}duration = {{ start = 0, stop = 1, steps = 100000 }}\n\
                 failing = {{ start = 0, stop = 1, steps = 10000 }}\n"
    );
    let unreadable = place.path("bytes.toml");
    std::fs::write(&unreadable, b"[sweep]\nname = \"\xff\"\n").unwrap();
    let files: [(String, &[&str]); 8] = [
        (place.file("large.toml", large), &["grid", "100000 points x 1000000 replicates", "at most 1000000000"]),
        (place.file("larger.toml", &larger), &["grid", "too many tasks to count", "at most 1000000000"]),
        (unreadable, &["UTF-8", "byte 16"]),
        (place.path(""), &["a sweep file is expected"]),
        (place.path("missing.toml"), &["is the path right?"]),
        (place.file("syntax.toml", "[sweep\nname = 1\n"), &[":1:7: not TOML: unclosed table", "1 | [sweep"]),
        (place.file("twice.toml", "[sweep]\nseed = 1\nseed = 2\n"), &[":3:1: not TOML: duplicate key"]),
        (place.file("empty.toml", ""), &["the table [sweep] is missing"]),
    ];
    for (file, said) in files {
        for verb in ["run", "plan"] {
            let ended = Launcher::Alone.run(&[verb, &file, "--out", &place.path("results")]).expect(2);
            let ended = ended.says(&[file.trim_end_matches('/')]).says(said);
            assert!(!ended.errors.contains("panicked"), "{ended}");
        }
    }
    Launcher::Ranks(2).run(&["run", &place.path("missing.toml")]).expect(2).says(&["is the path right?"]);
}

fn parse(text: &str) -> Arc<Sweep> {
    Arc::new(Sweep::parse(Path::new("test.toml"), text.to_string()).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn digests(sweep: &Arc<Sweep>) -> Vec<String> {
    let identities = Identities::new(sweep);
    let hex = |task| blake3::Hash::from_bytes(identities.digest(Task(task))).to_hex().to_string();
    (0..sweep.tasks() as u32).map(hex).collect()
}

/// Every record of every existing directory is named by these; they must never change.
#[test]
fn identities_are_pinned() {
    let sweep = parse(
        "[sweep]\nname = \"any\"\nexperiment = \"null\"\nseed = 2012\nreplicates = 2\n[grid]\nduration = [0.3]\nindex \
         = [7]",
    );
    let text = "experiment null\nversion 1\nduration 3e-1\nfailing 1e0\nindex 7\noutcome value\nseed 2012\nreplicate \
                1\n\
                streams independent\n";
    assert_eq!(Identities::new(&sweep).text(Task(1)), text);
    let pinned = [
        "b9530a792843c32478bccac44fd82c7f041804f9336f822f0dc0df15e4a6d31a",
        "8ed925511e7ae4e108cad9c0918bd8e3bf1dbc755c0619d8a56e02901044b54a",
    ];
    assert_eq!(digests(&sweep), pinned);
}

#[test]
fn one_number_has_one_identity_however_it_is_spelled() {
    let sweep = |values: &str| parse(&format!("[sweep]\nname = \"any\"\nexperiment = \"capacity\"\n[grid]\n{values}"));
    let reference = digests(&sweep("robustness = [0.0, 0.1, 0.2, 0.3]"));
    for spelling in [
        "robustness = [0, 0.10, 2e-1, 0.30]",
        "robustness = [-0.0, 1e-1, 0.2, 3.0e-1]",
        "robustness = { values = [0.0, 0.1, 0.2, 0.3] }",
        "robustness = { start = 0, stop = 0.3, steps = 4 }",
        "robustness = { start = 0.0, stop = 0.30, steps = 4 }",
        "robustness = { start = 0, stop = 0.3, step = 0.1 }",
        "robustness = { start = 0, stop = 0.30000000000000004, step = 0.1, digits = 1 }",
        "robustness = [0, 0.1, 0.2, 0.30000000000000004]",
        "robustness = [0, 0.09999999999999999, 0.19999999999999998, 0.3]",
        "[[zip]]\nrobustness = [0.0, 0.1, 0.2, 0.3]",
        "robustness = [0.0, 0.1, 0.2, 0.3]\ninputs = [1000]",
    ] {
        assert_eq!(digests(&sweep(spelling)), reference, "{spelling}");
    }
    let mut all = digests(&sweep("robustness = { logspace = { start = 0.1, stop = 10, steps = 3 } }"));
    assert_eq!(all, digests(&sweep("robustness = [0.1, 1.0, 10.0]")));
    all.extend(reference);
    all.sort();
    let count = all.len();
    all.dedup();
    assert_eq!((count, all.len()), (7, 6), "only 0.1 is in both");
    let decades = digests(&sweep("robustness = { logspace = { start = 1e-29, stop = 10, steps = 3001 } }"));
    let some = digests(&sweep("robustness = [1e-29, 1e-15, 0.001, 0.1, 1, 10]"));
    assert!(some.iter().all(|digest| decades.contains(digest)), "30 decades lack a power of ten");
}

#[derive(Clone, Debug)]
enum Edit {
    Byte(Index, u8),
    Insert(Index, char),
    SwapTokens(Index, Index),
    Number(Index, &'static str),
    DeleteLine(Index),
    RepeatLine(Index),
}

const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "0.5",
    "1e400",
    "-0.0",
    "nan",
    "inf",
    "1_000",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "1e-320",
    "0x10",
];

fn edit() -> impl Strategy<Value = Edit> {
    let index = any::<Index>;
    prop_oneof![
        (index(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
        (index(), select("[]{}\"=,.#\n0é".chars().collect::<Vec<_>>()))
            .prop_map(|(at, letter)| Edit::Insert(at, letter)),
        (index(), index()).prop_map(|(one, other)| Edit::SwapTokens(one, other)),
        (index(), select(&NUMBERS[..])).prop_map(|(at, number)| Edit::Number(at, number)),
        index().prop_map(Edit::DeleteLine),
        index().prop_map(Edit::RepeatLine),
    ]
}

/// Words, numbers, and single other letters; joined again they are the text.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for letter in text.chars() {
        let continues = |token: &String| token.ends_with(|last: char| is_of_word(last)) && is_of_word(letter);
        match tokens.last_mut() {
            Some(token) if continues(token) => token.push(letter),
            _ => tokens.push(letter.to_string()),
        }
    }
    tokens
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || "_.".contains(letter)
}

fn edited(text: &str, edit: &Edit) -> String {
    let mut tokens = tokens(text);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if tokens.is_empty() || lines.is_empty() {
        return text.to_string();
    }
    match edit {
        Edit::Byte(at, byte) => {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at.index(text.len())] = *byte;
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        Edit::Insert(at, letter) => tokens.insert(at.index(tokens.len()), letter.to_string()),
        Edit::SwapTokens(one, other) => {
            let (one, other) = (one.index(tokens.len()), other.index(tokens.len()));
            tokens.swap(one, other);
        }
        Edit::Number(at, number) => return with_number(text, at.index(usize::MAX), number),
        Edit::DeleteLine(at) => {
            lines.remove(at.index(lines.len()));
            return lines.concat();
        }
        Edit::RepeatLine(at) => {
            let line = lines[at.index(lines.len())];
            lines.push(line);
            return lines.concat();
        }
    }
    tokens.concat()
}

/// The text with another number in one of the places where there is one, counted round and round.
fn with_number(text: &str, place: usize, number: &str) -> String {
    let mut tokens = tokens(text);
    let is_number = |token: &String| token.starts_with(|letter: char| letter.is_ascii_digit());
    let places: Vec<usize> = (0..tokens.len()).filter(|place| is_number(&tokens[*place])).collect();
    if !places.is_empty() {
        tokens[places[place % places.len()]] = number.to_string();
    }
    tokens.concat()
}

/// A mutant of a valid file gives an error or a sweep all of whose points its experiment accepts.
fn check_mutant(text: String) -> Result<bool, TestCaseError> {
    let path = Path::new("mutant.toml");
    let sweep = match Sweep::parse(path, text) {
        Ok(sweep) => sweep,
        Err(error) => {
            prop_assert!(error.to_string().starts_with("mutant.toml:"), "{}", error);
            return Ok(false);
        }
    };
    prop_assert!(sweep.tasks() > 0);
    let declared = sweep.declaration().parameters;
    for point in 0..sweep.points().min(500) {
        let parameters = sweep.parameters(point);
        for (parameter, (name, value)) in declared.iter().zip(parameters.iter()) {
            prop_assert_eq!(parameter.name(), name);
            prop_assert_eq!(parameter.accept(&value.into()), Ok(value), "{} at {}", name, parameters);
        }
        prop_assert_eq!(sweep.experiment.check(&parameters), Ok(()), "{}", parameters);
    }
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutated_file_causes_a_panic_or_a_bad_parameter(edits in prop::collection::vec(edit(), 1..5)) {
        let text = edits.iter().fold(GOOD.to_string(), |text, one| edited(&text, one));
        check_mutant(text)?;
    }
}

#[test]
fn every_number_is_accepted_or_refused_in_every_place() {
    let is_number = |token: &&String| token.starts_with(|letter: char| letter.is_ascii_digit());
    let places = tokens(GOOD).iter().filter(is_number).count();
    let mut outcomes = Vec::new();
    for place in 0..places {
        outcomes.extend(NUMBERS.map(|number| check_mutant(with_number(GOOD, place, number)).unwrap()));
    }
    let accepted = outcomes.iter().filter(|accepted| **accepted).count();
    assert!((50..outcomes.len() - 50).contains(&accepted), "{accepted} of {} were accepted", outcomes.len());
}
