//! What is refused: a directory of another sweep, a second run, a launch that MPI does not see.

use crate::launch::Launcher;
use crate::place::{Place, status};
use crate::products::tree;
use crate::running::{await_until, signal};

const SWEEP: &str = r#"
[sweep]
name = "refusals"
experiment = "null"
seed = 6
replicates = 3

[grid]
index = [1, 2]
outcome = ["value", "error"]

[fixed]
failing = 0.0
"#;

const REUSE: &str = "; choose another --out, where `microzone run … --reuse DIR` takes what this directory has";

const SLOW: &str = r#"
[sweep]
name = "slow"
experiment = "null"
replicates = 1000

[fixed]
duration = 0.2
"#;

#[test]
fn another_sweep_is_refused_with_the_first_difference_and_nothing_changes() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", SWEEP), "results", 0);
    let before = tree(&out);
    let others: [(&str, &str, &[&str]); 9] = [
        ("seed = 6", "seed = 7", &["sweep.seed is 6 there and 7 here; choose another --out\n"]),
        ("\"refusals\"", "\"refusal\"", &["sweep.name is \"refusals\" there and \"refusal\" here", REUSE]),
        ("replicates = 3", "replicates = 2", &["sweep.replicates is 3 there and only 2 here", REUSE]),
        ("seed = 6", "seed = 6\nstreams = \"paired\"", &["sweep.streams is \"independent\" there and \"paired\" here"]),
        ("failing = 0.0", "failing = 0.5", &["failing takes the value 0 there and only 0.5 here"]),
        ("failing = 0.0", "failing = 0.0\nduration = 1.0", &["duration takes the value 0 there and only 1 here"]),
        ("[1, 2]", "[2, 3, 4]", &["index takes the value 1 there and 3 values without it here"]),
        ("index = [1, 2]", "index = [1]", &["index takes the value 2 there and only 1 here", REUSE]),
        // Two differences: the first one of the file is named.
        (
            "name = \"refusals\"\nexperiment = \"null\"\nseed = 6",
            "name = \"other\"\nexperiment = \"null\"\nseed = 9",
            &["sweep.name"],
        ),
    ];
    for (old, new, said) in others {
        assert!(SWEEP.contains(old), "{old:?}");
        let sweep = place.file("other.toml", &SWEEP.replace(old, new));
        for verb in ["run", "plan"] {
            let ended = Launcher::Alone.run(&[verb, &sweep, "--out", &out]).expect(4).says(said).says(&[&out]);
            assert_eq!(tree(&out), before, "the directory was changed by {ended}");
        }
    }
    let capacity = "[sweep]\nname = \"refusals\"\nexperiment = \"capacity\"\nseed = 6\nreplicates = 3\n";
    let sweep = place.file("other.toml", capacity);
    let said = ["sweep.experiment is \"null\" there and \"capacity\" here"];
    Launcher::Ranks(2).run(&["run", &sweep, "--out", &out]).expect(4).says(&said);
    assert_eq!(tree(&out), before);
}

#[test]
fn a_changed_zip_is_refused() {
    let place = Place::new();
    let sweep = |axes: &str| format!("[sweep]\nname = \"zip\"\nexperiment = \"null\"\n{axes}");
    let first = place.file("first.toml", &sweep("[[zip]]\nindex = [1, 2]\nduration = [0.0, 0.001]"));
    let out = place.computed(&first, "results", 0);
    let before = tree(&out);
    let crossed = place.file("crossed.toml", &sweep("[[zip]]\nindex = [1, 2]\nduration = [0.001, 0.0]"));
    Launcher::Alone.run(&["run", &crossed, "--out", &out]).expect(4).says(&["move together through (1, 0)"]);
    assert_eq!(tree(&out), before);
    let product = place.file("product.toml", &sweep("[grid]\nindex = [1, 2]\nduration = [0.0, 0.001]"));
    Launcher::Alone.run(&["run", &product, "--out", &out]).expect(0);
    Launcher::Alone.run(&["run", &first, "--out", &out]).expect(4).says(&["vary independently there"]);
}

#[test]
fn a_second_run_is_refused_and_a_dead_one_does_not_block() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SLOW);
    let out = place.path("results");
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let mut first = launcher.start(&["run", &sweep, "--out", &out, "--threads", "2"]);
        await_until("the first run at work", || {
            status(&out).filter(|status| status["state"].as_str().unwrap().starts_with("running"))
        });
        let (_, leader) = first.await_ranks(launcher.ranks())[0];
        let host = gethostname::gethostname().into_string().unwrap();
        let holder = format!("host {host}, pid {leader}");
        for second in [Launcher::Alone, Launcher::Ranks(2)] {
            second.run(&["run", &sweep, "--out", &out]).expect(6).says(&["another run is working here", &holder]);
        }
        assert!(!first.has_ended(), "the refused runs ended the first one");
        first.ranks().iter().for_each(|(_, pid)| signal(*pid, "KILL"));
        first.await_gone();
    }
    let ended = Launcher::Alone.run(&["run", &sweep, "--out", &out, "--threads", "1", "--time-limit", "1s"]);
    ended.expect(75);
}

#[test]
fn launchers_that_speak_of_ranks_that_mpi_does_not_see_are_refused() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    for variable in ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_NTASKS"] {
        for launcher in [Launcher::Alone, Launcher::WithoutMpi] {
            let ended = launcher.start_with(&["run", &sweep, "--out", &out], &[(variable, "3")]).wait();
            ended.expect(6).says(&[&format!("{variable} reports 3 ranks")]);
            assert!(!std::path::Path::new(&out).exists(), "{launcher:?} with {variable} wrote something");
        }
    }
    // One task of a job is not a launch of several.
    let ended = Launcher::Alone.start_with(&["run", &sweep, "--out", &out], &[("SLURM_NTASKS", "1")]).wait();
    ended.expect(0);
}

#[test]
fn a_directory_that_cannot_be_written_is_the_environments_fault() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let file = place.file("a-file", "in the way");
    let ended = Launcher::Ranks(2).run(&["run", &sweep, "--out", &format!("{file}/results")]);
    ended.expect(6).says(&[&file]);
    for verb in ["status", "table", "reduce", "verify"] {
        Launcher::Alone.run(&[verb, &place.path("nowhere")]).expect(2).says(&["no sweep has been run here"]);
    }
}
