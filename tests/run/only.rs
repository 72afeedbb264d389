//! `run … --only`: one task in the foreground; and the sweep file inside a results directory.

use crate::launch::Launcher;
use crate::place::{Place, computed_last, runs};
use crate::products::{Products, tree};

const SWEEP: &str = "[sweep]\nname = \"only\"\nexperiment = \"probe\"\nseed = 5\nreplicates = 3\n\
    [grid]\nindex = [1, 2]\nfailing = [0.0, 1.0]\n";

/// The numbers on the line that begins with this word.
fn numbers(output: &str, word: &str) -> Vec<f64> {
    let line = output.lines().find(|line| line.trim_start().starts_with(&format!("{word} "))).unwrap();
    line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect()
}

#[test]
fn one_task_has_the_values_of_its_record_and_nothing_is_written() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 3);
    let mean = std::fs::read_to_string(format!("{out}/tables/value.csv")).unwrap();
    let mean: f64 = mean.lines().nth(3).unwrap().split(',').nth(2).unwrap().parse().unwrap();
    let before = tree(&place.path(""));
    let value = |replicate: usize| {
        let only = format!("index=2, failing=0, replicate={replicate}");
        let ended = Launcher::Alone.run(&["run", &sweep, "--only", &only]).expect(0);
        // Only the first replicate keeps its path, which begins with the value.
        let path = ended.output.contains("path");
        assert_eq!(path, replicate == 0, "{ended}");
        let value = numbers(&ended.output, "value")[0];
        assert!(!path || numbers(&ended.output, "path")[0] == value, "{ended}");
        value
    };
    let values = [value(0), value(1), value(2)];
    assert_eq!(values.iter().sum::<f64>() / 3.0, mean);
    assert_eq!(tree(&place.path("")), before, "something was written");
}

#[test]
fn a_task_that_fails_says_why() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let ended = Launcher::Alone.run(&["run", &sweep, "--only", "index=1, failing=1"]).expect(3);
    ended.says(&["failed      this probe was told to fail"]);
    assert!(!std::path::Path::new("results/only").exists());
    // For a debugger, a panic is as loud as any.
    let text = "[sweep]\nname = \"panic\"\nexperiment = \"null\"\n[fixed]\noutcome = \"panic\"\n";
    let sweep = place.file("panic.toml", text);
    let ended = Launcher::Alone.start_with(&["run", &sweep, "--only", ""], &[("RUST_BACKTRACE", "1")]).wait().expect(3);
    ended.says(&["stack backtrace:", "failed      ", "this null task was told to panic"]);
}

#[test]
fn what_is_absent_is_said() {
    let place = Place::new();
    let text = "[sweep]\nname = \"silence\"\nexperiment = \"latency\"\n[fixed]\nsilence = 1.0\n";
    let sweep = place.file("silence.toml", text);
    Launcher::Alone.run(&["run", &sweep, "--only", ""]).expect(0).says(&["latency                  no value"]);
}

#[test]
fn what_does_not_name_one_task_is_refused() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    for (only, said) in [
        ("index=1", "2 points match; also give failing (0, 1)"),
        ("index=3, failing=0", "there are: 1, 2"),
        ("indx=1, failing=0", "did you mean `index`?"),
        ("index=1, failing=0, replicate=3", "from 0 to 2"),
    ] {
        Launcher::Alone.run(&["run", &sweep, "--only", only]).expect(2).says(&[said, "sweep.toml"]);
    }
    for flags in [["--retry-failed"].as_slice(), &["--grace", "3s"], &["--out", "elsewhere"]] {
        Launcher::Alone.run(&[&["run", &sweep, "--only", "index=1, failing=0"], flags].concat()).expect(2);
    }
    let ended = Launcher::Ranks(2).run(&["run", &sweep, "--only", "index=1, failing=0"]);
    assert!(ended.output.is_empty(), "{ended}");
}

#[test]
fn the_sweep_file_in_a_results_directory_means_that_directory() {
    let place = Place::new();
    let sweep = place.file("only.toml", &SWEEP.replace("[0.0, 1.0]", "[0.0]"));
    let out = place.computed(&sweep, "elsewhere", 0);
    let before = Products::read(&out);
    let inside = format!("{out}/sweep.toml");
    Launcher::Alone.run(&["run", &inside]).expect(0).says(&["nothing left to compute", &out]);
    assert_eq!(runs(&out).len(), 1);
    for shard in crate::place::listed(&format!("{out}/shards")) {
        std::fs::remove_file(shard).unwrap();
    }
    Launcher::Alone.run(&["plan", &inside]).expect(0).says(&[&format!("directory   {out}"), "left        6"]);
    Launcher::Ranks(2).run(&["run", &inside]).expect(0);
    assert_eq!((runs(&out).len(), computed_last(&out)), (2, 6));
    before.assert_equal(&Products::read(&out), "computed again by its own sweep file");
}

#[test]
fn a_sweep_file_that_was_edited_in_its_directory_does_not_pass_for_another_sweep() {
    let place = Place::new();
    let text = SWEEP.replace("[0.0, 1.0]", "[0.0]");
    let sweep = place.file("only.toml", &text);
    let out = place.computed(&sweep, "results", 0);
    let inside = format!("{out}/sweep.toml");
    for edited in [text.replace("seed = 5", "seed = 6"), text.replace("index = [1, 2]", "index = [1, 2, 3]")] {
        std::fs::write(&inside, &edited).unwrap();
        Launcher::Alone.run(&["run", &inside]).expect(5).says(&["not the file whose checksum", "in a file elsewhere"]);
    }
    std::fs::write(&inside, &text).unwrap();
    std::fs::write(&sweep, text.replace("seed = 5", "seed = 6")).unwrap();
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(4).says(&["sweep.seed is 5 there and 6 here"]);
    std::fs::write(&sweep, text.replace("index = [1, 2]", "index = [1, 2, 3]")).unwrap();
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0);
    assert_eq!(computed_last(&out), 3);
}
