//! What a new user meets: a first sweep file, values from the command line, a quiet run, and every mistake at once.

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::{Place, listed, runs};
use crate::products::Products;

const CAPACITY: &str = "# A cell.\n[sweep]\nname = \"messages\"\nexperiment = \"capacity\"\nseed = 1\n\
    replicates = 2\n\n[grid]\nbistability = [0, 1]\n\n[fixed]\ninputs = 20   # few\n";

#[test]
fn the_first_sweep_file_of_every_experiment_runs_as_it_is() {
    let place = Place::new();
    let list = Launcher::Alone.run(&["experiments", "--format", "json"]).expect(0).output;
    let all: Value = serde_json::from_str(&list).unwrap();
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"capacity") && names.contains(&"reaching") && !names.contains(&"null"), "{names:?}");
    for name in names {
        let text = Launcher::Alone.run(&["init", name]).expect(0).output;
        let sweep = place.file(&format!("{name}.toml"), &text);
        let out = place.path(name);
        Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(0).says(&["6 of 6 tasks done, 0 failed"]);
        Launcher::Alone.run(&["table", &out]).expect(0);
    }
    Launcher::Alone.run(&["init", "capacitance"]).expect(2).says(&["microzone: unknown experiment `capacitance`"]);
}

#[test]
fn values_from_the_command_line_are_kept_in_the_directory() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", CAPACITY);
    let out = place.path("results");
    let set = ["run", &sweep, "--out", &out, "--set", "inputs=24", "--set", "seed=7"];
    Launcher::Ranks(2).run(&set).expect(0).says(&["4 of 4 tasks done"]);
    let kept = std::fs::read_to_string(format!("{out}/sweep.toml")).unwrap();
    assert_eq!(kept, CAPACITY.replace("seed = 1", "seed = 7").replace("inputs = 20 ", "inputs = 24 "));
    // The same command, and the file of the directory, resume; the file alone is another sweep.
    Launcher::Alone.run(&set).expect(0).says(&["nothing left to compute"]);
    Launcher::Alone.run(&["run", &format!("{out}/sweep.toml")]).expect(0).says(&["nothing left to compute"]);
    Launcher::Alone.run(&["run", &sweep, "--out", &out]).expect(4).says(&["sweep.seed is 7 there and 1 here"]);
    let more = ["run", &format!("{out}/sweep.toml"), "--set", "replicates=3"];
    Launcher::Alone.run(&more).expect(0).says(&["6 of 6 tasks done"]);
    let kept = std::fs::read_to_string(format!("{out}/sweep.toml")).unwrap();
    assert!(kept.contains("replicates = 3\n") && kept.contains("inputs = 24   # few\n"), "{kept}");
    // What was computed is what a file with these values gives.
    let other = place.file("other.toml", &kept);
    let reference = place.reference(&other, 0);
    reference.assert_equal(&Products::read(&out), "with --set");

    let refused: [(&str, &[&str]); 5] = [
        ("bistability=1", &["--set: bistability: an axis of this sweep"]),
        ("inputs=200 cells", &["fixed.inputs: \"200 cells\" is a text, and inputs has no unit; write 200"]),
        ("imputs=3", &["fixed.imputs: unknown parameter", "did you mean `inputs`?", "| imputs = 3"]),
        ("inputs", &["not of the form key=value"]),
        ("grid.inputs=3", &["only values of [sweep] and [fixed] can be set"]),
    ];
    for (setting, said) in refused {
        for verb in ["run", "plan"] {
            Launcher::Alone.run(&[verb, &sweep, "--set", setting]).expect(2).says(said);
        }
    }
}

#[test]
fn a_title_and_a_figure_make_no_other_sweep() {
    let place = Place::new();
    let out = place.computed(&place.file("sweep.toml", CAPACITY), "results", 0);
    let dressed = CAPACITY.replace("seed = 1\n", "seed = 1\ntitle = \"Two cells\"\n");
    let dressed = place.file("dressed.toml", &format!("{dressed}\n[figure]\nx = \"bistability\"\n"));
    Launcher::Alone.run(&["run", &dressed, "--out", &out]).expect(0).says(&["nothing left to compute"]);
    assert_eq!(std::fs::read(&dressed).unwrap(), std::fs::read(format!("{out}/sweep.toml")).unwrap());
    Launcher::Alone.run(&["verify", &out, "--recompute", "4"]).expect(0);
}

#[test]
fn a_quiet_run_says_nothing_but_errors() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", CAPACITY);
    let out = place.path("results");
    for _ in 0..2 {
        let ended = Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--quiet"]).expect(0);
        assert_eq!((ended.output.as_str(), ended.errors.as_str()), ("", ""), "{ended}");
    }
    let other = place.file("other.toml", &CAPACITY.replace("seed = 1", "seed = 2"));
    Launcher::Alone.run(&["run", &other, "--out", &out, "--quiet"]).expect(4).says(&["sweep.seed is 1 there"]);
}

#[test]
fn a_plan_lists_what_is_fixed_and_what_differs() {
    let place = Place::new();
    let text = "[sweep]\nname = \"plan\"\ntitle = \"Far too slow\"\nexperiment = \"reaching\"\n[grid]\n\
                microzones = [\"joined\", \"separated\"]\n[fixed]\ndiffusion = 3.3e-9\n";
    let sweep = place.file("plan.toml", text);
    let plan = ["plan", &sweep, "--out", &place.path("results"), "--threads", "1"];
    Launcher::Alone.run(&plan).expect(0).says(&[
        "title       Far too slow\n",
        "fixed       diffusion = 3.3e-9 µm²/s (default 3300)\n",
        "defaults    ",
        "io_rate = 0.5 spikes/s",
        "2 (1 replicate per point)",
        "for 1 rank with 1 thread\n",
    ]);
    let json = Launcher::Alone.run(&[&plan[..], &["--format", "json"]].concat()).expect(0).output;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["points"], &json["tasks"]["least"], &json["left"]["most"]), (&2.into(), &2.into(), &2.into()));
    assert_eq!((&json["title"], &json["axes"][0]["name"]), (&"Far too slow".into(), &"microzones".into()));
    let fixed = json["fixed"].as_array().unwrap();
    let diffusion = fixed.iter().find(|entry| entry["name"] == "diffusion").unwrap();
    assert_eq!((&diffusion["value"], &diffusion["unit"]), (&3.3e-9.into(), &"µm²/s".into()));
    assert_eq!((&diffusion["default"], &diffusion["is_default"]), (&3300.0.into(), &false.into()));
    assert!(fixed.iter().all(|entry| entry["name"] != "microzones"), "{json:#}");
}

#[test]
fn the_catalogue_is_there_for_programs() {
    let json = Launcher::Alone.run(&["experiments", "information", "--format", "json"]).expect(0).output;
    let json: Value = serde_json::from_str(&json).unwrap();
    let lag = json["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "lag").unwrap();
    assert_eq!((&lag["unit"], &lag["default"], &lag["most"]), (&"ms".into(), &20.into(), &10_000.into()));
    assert!(json["observables"].as_array().unwrap().iter().any(|observable| observable["theory"] == true));
    let wide = Launcher::Alone.run(&["experiments", "reaching"]).expect(0).output;
    assert!(wide.lines().all(|line| line.chars().count() <= 100), "{wide}");
}

#[test]
fn shells_manuals_and_the_commit() {
    let place = Place::new();
    for (shell, said) in [("bash", "_microzone()"), ("zsh", "#compdef microzone"), ("fish", "complete -c microzone")] {
        Launcher::Alone.run(&["completions", shell]).expect(0).says(&[said, "time-limit"]);
    }
    let folder = place.path("man/man1");
    Launcher::Alone.run(&["man", &folder]).expect(0);
    let pages = listed(&folder);
    for page in ["microzone.1", "microzone-run.1", "microzone-init.1"] {
        assert!(pages.iter().any(|path| path.ends_with(page)), "{pages:?}");
    }
    let page = std::fs::read_to_string(format!("{folder}/microzone-run.1")).unwrap();
    assert!(page.contains("\\-\\-time\\-limit") && page.contains("quickstart.toml"), "{page}");
    Launcher::Alone.run(&["man", "/dev/null/man"]).expect(6);

    let version = Launcher::Alone.run(&["--version"]).expect(0).output;
    let version = version.trim().strip_prefix(concat!("microzone ", env!("CARGO_PKG_VERSION"))).unwrap();
    let sweep = place.file("sweep.toml", CAPACITY);
    let out = place.computed(&sweep, "results", 0);
    let commit = runs(&out)[0]["commit"].as_str().unwrap().to_string();
    assert!(version == format!(" ({commit})") || (version.is_empty() && commit == "unknown"), "{version:?} {commit}");
}

/// A package that was unpacked in a repository is not of its commit.
#[test]
fn a_build_outside_a_work_tree_has_no_commit() {
    let place = Place::new();
    let script = place.path("script");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/build.rs");
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let built = std::process::Command::new(rustc).args(["--edition", "2024", "-o", &script, source]).status().unwrap();
    assert!(built.success());
    let printed = |folder: &str, path: Option<&str>| {
        let mut command = std::process::Command::new(&script);
        command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).env("CARGO_PKG_VERSION", "1.2.3");
        path.iter().for_each(|path| {
            command.env("PATH", path);
        });
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let git = |folder: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        let names = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
        command.args(["-C", folder]).args(arguments).envs(names.map(|name| (name, "test")));
        assert!(command.status().unwrap().success(), "git {arguments:?}");
    };
    let (repository, inside) = (place.path("repository"), place.path("repository/inside"));
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::create_dir_all(format!("{repository}/src")).unwrap();
    std::fs::write(format!("{repository}/src/lib.rs"), "").unwrap();
    assert!(printed(&inside, None).contains("MICROZONE_VERSION=1.2.3\n"), "no repository");
    git(&repository, &["init", "--quiet"]);
    git(&repository, &["add", "."]);
    git(&repository, &["commit", "--quiet", "--message", "first"]);
    let clean = printed(&repository, None);
    assert!(clean.contains("MICROZONE_VERSION=1.2.3 (") && !clean.contains("dirty"), "{clean}");
    assert!(printed(&inside, None).contains("MICROZONE_VERSION=1.2.3\n"), "inside another repository");
    assert!(printed(&repository, Some("")).contains("MICROZONE_COMMIT=unknown\n"), "without git");
    // A tag and a file that is not a source change nothing.
    git(&repository, &["tag", "v9"]);
    std::fs::write(format!("{repository}/notes"), "").unwrap();
    assert_eq!(printed(&repository, None), clean);
    std::fs::write(format!("{repository}/src/lib.rs"), "//! Other.\n").unwrap();
    assert!(printed(&repository, None).contains("-dirty)\n"));
}
