//! Files of other users: they are read, if they may be, and never written, cut, replaced or removed.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;
use std::process::Command;

use crate::launch::{self, Launcher, with_mpi};
use crate::place::Place;
use crate::products::tree;
use crate::running::Ended;

const SWEEP: &str = r#"
[sweep]
name = "owners"
experiment = "null"
seed = 13
replicates = 2

[grid]
index = [1, 2, 3]
"#;

/// No user of this machine.
const OTHER: u32 = 2_000_000_013;

/// A test can give files to another user only as root; without that it would show nothing.
fn demand_root() {
    let user = fs::metadata("/proc/self").unwrap().uid();
    assert_eq!(user, 0, "this test gives files to another user and needs root: sudo make test, or a container");
}

fn run(arguments: &[&str]) -> Ended {
    Launcher::Alone.run(arguments)
}

/// What the program does for another user.
fn run_as_other(binary: &str, arguments: &[&str]) -> Ended {
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={OTHER}"), &format!("--regid={OTHER}"), "--clear-groups", binary]).args(arguments);
    launch::start(command, &[], &[]).wait()
}

#[test]
fn files_of_another_user_stay_as_they_are() {
    demand_root();
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let grown = place.file("grown.toml", &SWEEP.replace("3]", "3, 4]"));
    for (file, verb) in [
        ("lock", "run"),
        ("checksums.b3", "run"),
        ("sweep.toml", "run"),
        ("results.h5", "run"),
        ("tables/value.csv", "run"),
        ("journal/run-0001-rank-0000.journal", "run"),
        ("runs/run-0001.lease", "run"),
        ("runs/reduce.lease", "run"),
        (".results.h5.1-0.temporary", "run"),
        ("report.html", "report"),
        ("figures/value.svg", "plot"),
    ] {
        let out = place.computed(&sweep, &format!("at {file}").replace('/', "-"), 0);
        let path = format!("{out}/{file}");
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        if !Path::new(&path).exists() {
            fs::write(&path, "").unwrap();
        }
        if file.ends_with(".lease") {
            // One whose holder is dead, so that there is nothing to wait for.
            fs::write(&path, dead_lease()).unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        chown(&path, Some(OTHER), None).unwrap();
        let before = fs::read(&path).unwrap();
        let arguments = if verb == "run" { vec!["run", &grown, "--out", &out] } else { vec![verb, &out] };
        let ended = run(&arguments);
        ended.expect(6).says(&[&path, &format!("it belongs to user {OTHER}"), "--reuse DIR"]);
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.uid(), found.mode() & 0o777, fs::read(&path).unwrap()), (OTHER, 0o666, before), "{file}");
    }
}

/// The lease of a process that ended long ago, on this boot.
fn dead_lease() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap().trim().to_string();
    let namespace = |kind: &str| fs::read_link(format!("/proc/self/ns/{kind}")).unwrap().display().to_string();
    let lease = serde_json::json!({
        "format": 1, "purpose": "run", "host": "here", "boot_id": read("/proc/sys/kernel/random/boot_id"),
        "namespaces": format!("{} {}", namespace("pid"), namespace("time")), "pid": 4_000_000, "process_start": 1,
        "program_version": "0.9.0", "since": "2026-11-27T15:01:50Z", "token": "00", "stage": "working", "counter": 1
    });
    lease.to_string()
}

#[test]
fn a_link_of_another_user_is_no_folder_of_ours() {
    demand_root();
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.computed(&sweep, "results", 0);
    let (tables, ours) = (format!("{out}/tables"), place.path("ours"));
    fs::create_dir(&ours).unwrap();
    fs::write(format!("{ours}/value.csv"), "ours").unwrap();
    fs::remove_dir_all(&tables).unwrap();
    symlink(&ours, &tables).unwrap();
    lchown(&tables, Some(OTHER), None).unwrap();
    fs::remove_file(format!("{out}/results.h5")).unwrap();
    run(&["reduce", &out]).expect(6).says(&[&tables, &format!("it belongs to user {OTHER}")]);
    assert_eq!(fs::read(format!("{ours}/value.csv")).unwrap(), b"ours");
}

#[test]
fn a_folder_of_another_user_that_we_may_write_to_is_a_place_for_our_files() {
    demand_root();
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let shared = place.path("shared");
    fs::create_dir(&shared).unwrap();
    chown(&shared, Some(OTHER), None).unwrap();
    for _ in 0..2 {
        run(&["run", &sweep, "--out", &format!("{shared}/results")]).expect(0);
        chown(format!("{shared}/results"), Some(OTHER), None).unwrap();
    }
}

#[test]
fn a_colleague_reads_what_is_there_and_takes_it_over_elsewhere() {
    demand_root();
    let place = Place::new();
    let open = |path: &str, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    open(&place.path(""), 0o755);
    let sweep = place.file("sweep.toml", SWEEP);
    let grown = place.file("grown.toml", &SWEEP.replace("3]", "3, 4]"));
    let binary = place.path("microzone");
    fs::copy(with_mpi(), &binary).unwrap();
    open(&binary, 0o755);
    let out = place.computed(&sweep, "results", 0);
    let own = place.path("own");
    fs::create_dir(&own).unwrap();
    chown(&own, Some(OTHER), None).unwrap();
    let before = tree(&out);
    let page = format!("{own}/page.html");
    for verb in [
        &["status", &out][..],
        &["table", &out],
        &["verify", &out],
        &["plan", &sweep, "--out", &out],
        &["report", &out, "--out", &page],
    ] {
        run_as_other(&binary, verb).expect(0);
    }
    // Also where the group, or everybody, may write.
    for mode in [0o755, 0o777] {
        for folder in ["", "/runs", "/tables", "/journal", "/shards"] {
            open(&format!("{out}{folder}"), mode);
        }
        let refused = run_as_other(&binary, &["run", &grown, "--out", &out]).expect(6);
        refused.says(if mode == 0o777 {
            &["it belongs to user root (0)", "--reuse DIR"]
        } else {
            &["Permission denied"]
        });
        run_as_other(&binary, &["reduce", &out]);
        assert_eq!(tree(&out), before);
    }
    let taken = format!("{own}/results");
    run_as_other(&binary, &["run", &grown, "--out", &taken, "--reuse", &out]).expect(0).says(&["6 tasks"]);
}
