//! What lies where the program writes: links that lead out of the directory, FIFOs, devices. Nothing is written through
//! a link, and nothing waits for the other end of a FIFO.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::launch::Launcher;
use crate::place::{Place, listed};
use crate::products::Products;
use crate::running::Ended;

const SWEEP: &str = r#"
[sweep]
name = "links"
experiment = "null"
seed = 12
replicates = 2

[grid]
index = [1, 2, 3]
"#;

/// Every file that a run, `reduce`, `plot`, `report`, `submit` or a repair writes.
const FILES: [&str; 14] = [
    "lock",
    "sweep.toml",
    "sweep.next.toml",
    "format.json",
    "checksums.b3",
    "results.h5",
    "report.html",
    "tables/value.csv",
    "figures/value.svg",
    "runs/run-0002.json",
    "runs/run-0002.lease",
    "runs/reduce.lease",
    "journal/run-0002-rank-0000.journal",
    "shards/run-0002-rank-0000.h5",
];

const VICTIM: &str = "somebody's thesis\n";

fn run(arguments: &[&str]) -> Ended {
    let ended = Launcher::Alone.run(arguments);
    assert!(ended.code.is_some_and(|code| code != 1) && !ended.errors.contains("panicked"), "{ended}");
    ended
}

/// All verbs that write, on a directory whose sweep has grown.
fn write_everything(sweep: &str, out: &str) -> Vec<Ended> {
    let verbs: [&[&str]; 5] = [
        &["run", sweep, "--out", out, "--recompute-damaged"],
        &["reduce", out],
        &["plot", out],
        &["report", out],
        &["cancel", out],
    ];
    verbs.iter().map(|verb| run(verb)).collect()
}

/// Puts something in the place of a file.
fn replace(path: &str, put: impl FnOnce(&str)) {
    let _ = fs::remove_file(path);
    fs::create_dir_all(Path::new(path).parent().unwrap()).unwrap();
    put(path);
}

fn fifo(path: &str) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn nothing_is_written_through_a_link_or_made_behind_one() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let grown = place.file("grown.toml", &SWEEP.replace("3]", "3, 4]"));
    let (victim, nothing) = (place.file("victim", VICTIM), place.path("nothing"));
    fs::set_permissions(&victim, fs::Permissions::from_mode(0o640)).unwrap();
    for file in FILES {
        for target in [&victim, &nothing] {
            let out = place.computed(&sweep, &format!("to {} at {file}", target.len()).replace('/', "-"), 0);
            let path = format!("{out}/{file}");
            replace(&path, |path| symlink(target, path).unwrap());
            let mut ended = write_everything(&grown, &out);
            assert_eq!(fs::read_to_string(&victim).unwrap(), VICTIM, "{file}");
            assert_eq!(fs::metadata(&victim).unwrap().permissions().mode() & 0o777, 0o640, "{file}");
            assert!(!Path::new(&nothing).exists(), "{file}");
            if file == "lock" {
                ended.remove(0).expect(6).says(&[&path, "it is a symbolic link to", target, "remove the link"]);
            }
        }
    }
}

#[test]
fn a_copy_of_damaged_results_is_not_made_behind_a_link() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let nothing = place.path("nothing");
    fs::write(format!("{out}/results.h5"), "damaged").unwrap();
    replace(&format!("{out}/damaged/results.h5"), |path| symlink(&nothing, path).unwrap());
    run(&["reduce", &out]).expect(0);
    assert!(!Path::new(&nothing).exists());
    assert_eq!(fs::read(format!("{out}/damaged/results.h5.1")).unwrap(), b"damaged");
    // Nor is there a copy of what a link in the place of results leads to.
    let secret = place.file("secret", VICTIM);
    replace(&format!("{out}/results.h5"), |path| symlink(&secret, path).unwrap());
    run(&["reduce", &out]).expect(0);
    assert_eq!(listed(&format!("{out}/damaged")).len(), 2);
    assert_eq!(fs::read_to_string(&secret).unwrap(), VICTIM);
}

#[test]
fn a_directory_and_its_folders_may_be_links_to_another_disk() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "real", 0);
    let link = place.path("link");
    symlink(&out, &link).unwrap();
    for folder in ["journal", "shards", "runs", "tables"] {
        let moved = place.path(&format!("moved-{folder}"));
        fs::rename(format!("{out}/{folder}"), &moved).unwrap();
        symlink(&moved, format!("{out}/{folder}")).unwrap();
    }
    // Results that somebody has moved are read, and replaced by a file.
    let results = place.path("moved.h5");
    fs::rename(format!("{out}/results.h5"), &results).unwrap();
    symlink(&results, format!("{out}/results.h5")).unwrap();
    run(&["verify", &link]).expect(0);
    let before = fs::read(&results).unwrap();
    let grown = place.file("grown.toml", &SWEEP.replace("3]", "3, 4]"));
    run(&["run", &grown, "--out", &link]).expect(0);
    assert_eq!(fs::read(&results).unwrap(), before);
    assert!(fs::symlink_metadata(format!("{out}/results.h5")).unwrap().is_file());
    assert!(fs::symlink_metadata(format!("{out}/tables")).unwrap().is_symlink());
    place.reference(&grown, 0).assert_equal(&Products::read(&link), "behind links");
    run(&["verify", &link]).expect(0);
}

#[test]
fn a_folder_that_is_a_link_to_nowhere_is_named() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let tables = format!("{out}/tables");
    fs::remove_dir_all(&tables).unwrap();
    symlink(place.path("nowhere"), &tables).unwrap();
    fs::remove_file(format!("{out}/results.h5")).unwrap();
    run(&["reduce", &out]).expect(6).says(&[&tables, "a symbolic link that leads to no folder"]);
    assert!(!Path::new(&place.path("nowhere")).exists());
}

#[test]
fn a_fifo_in_any_place_delays_nothing() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let grown = place.file("grown.toml", &SWEEP.replace("3]", "3, 4]"));
    for file in FILES {
        let out = place.computed(&sweep, &format!("at {file}").replace('/', "-"), 0);
        let path = format!("{out}/{file}");
        replace(&path, fifo);
        for verb in [&["status", &out][..], &["table", &out], &["verify", &out], &["plan", &grown, "--out", &out]] {
            run(verb);
        }
        let mut ended = write_everything(&grown, &out);
        if ["lock", "runs/reduce.lease"].contains(&file) {
            ended.remove(0).expect(6).says(&[&path, "it is a FIFO, not a file; move it away"]);
        }
    }
}

#[test]
fn a_sweep_file_that_is_none_is_refused_at_once() {
    let place = Place::new();
    let out = place.path("results");
    let refused = |path: &str, what: &str| run(&["run", path, "--out", &out]).expect(2).says(&[path, what]);
    let (pipe, zeros, long) = (place.path("fifo.toml"), place.path("zeros.toml"), place.file("long.toml", SWEEP));
    fifo(&pipe);
    refused(&pipe, "it is a FIFO, not a file");
    symlink("/dev/zero", &zeros).unwrap();
    refused(&zeros, "it is a device, not a file");
    fs::File::options().write(true).open(&long).unwrap().set_len(5 << 30).unwrap();
    refused(&long, "it is longer than 64 MiB");
    refused(&place.path(""), "a sweep file is expected");
    assert!(!Path::new(&out).exists());
}
