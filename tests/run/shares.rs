//! Several runs that share one sweep and know of each other only by its directory.

use crate::launch::Launcher;
use crate::place::{Place, listed, runs, status};
use crate::products::Products;
use crate::running::{Running, await_until, signal};

/// Ten seconds of sleep on sixteen threads, in tasks of unequal length.
const SWEEP: &str = r#"
[sweep]
name = "shares"
experiment = "null"
seed = 8
replicates = 40

[grid]
duration = { start = 0.1, stop = 1.5, steps = 10 }
"#;

fn share(sweep: &str, out: &str, which: &str) -> Running {
    Launcher::Alone.start(&["run", sweep, "--out", out, "--threads", "8", "--share", which])
}

fn check_complete(place: &Place, sweep: &str, out: &str, what: &str) {
    place.reference(sweep, 0).assert_equal(&Products::read(out), what);
    assert_eq!(status(out).unwrap()["state"], "complete");
    Launcher::Alone.run(&["verify", out]).expect(0);
    assert_eq!(listed(&format!("{out}/journal")), Vec::<String>::new());
    assert!(!listed(&format!("{out}/runs")).iter().any(|path| path.ends_with(".lease")));
}

#[test]
fn three_shares_compute_each_task_about_once_and_leave_the_same_bytes() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let shares: Vec<Running> = ["1/3", "2/3", "3/3"].map(|which| share(&sweep, &out, which)).into();
    shares.into_iter().for_each(|running| drop(running.wait().expect(0)));
    check_complete(&place, &sweep, &out, "three shares");
    let computed: u64 = runs(&out).iter().map(|run| run["tasks"]["done"].as_u64().unwrap()).sum();
    // What two compute both costs time only; the last tasks of a share may be computed twice.
    assert!((400..440).contains(&computed), "{computed} of 400");
    assert!(runs(&out).len() >= 3);
}

#[test]
fn a_share_alone_computes_what_the_others_never_do() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace("0.1, stop = 1.5", "0.001, stop = 0.01"));
    let out = place.path("results");
    share(&sweep, &out, "2/5").wait().expect(0).says(&["nothing left to compute"]);
    check_complete(&place, &sweep, &out, "one share of five");
}

#[test]
fn what_a_killed_share_leaves_is_computed_by_the_others() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let victim = share(&sweep, &out, "1/3");
    let others = ["2/3", "3/3"].map(|which| share(&sweep, &out, which));
    await_until("records", || status(&out).filter(|status| status["done"].as_u64() > Some(20)));
    signal(victim.pid(), "KILL");
    assert_eq!(victim.wait().code, None);
    others.into_iter().for_each(|running| drop(running.wait().expect(0)));
    check_complete(&place, &sweep, &out, "one of three killed");
}

#[test]
fn a_share_that_is_stopped_is_resumed_by_the_same_command() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", SWEEP);
    let out = place.path("results");
    let running = share(&sweep, &out, "1/2");
    await_until("records", || status(&out).filter(|status| status["done"].as_u64() > Some(5)));
    signal(running.pid(), "TERM");
    running.wait().expect(75).says(&["the same command resumes"]);
    share(&sweep, &out, "1/2").wait().expect(0);
    check_complete(&place, &sweep, &out, "stopped and resumed");
}

#[test]
fn a_share_and_a_run_keep_each_other_out() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &SWEEP.replace("40", "4000"));
    let out = place.path("results");
    let whole = ["run", &sweep, "--out", &out, "--threads", "4"];
    let in_hand =
        || await_until("tasks in hand", || status(&out).filter(|status| status["running"].as_u64() > Some(0)));
    let running = share(&sweep, &out, "1/2");
    in_hand();
    Launcher::Alone.run(&whole).expect(6).says(&["another run is working here"]);
    signal(running.pid(), "KILL");
    running.wait();
    let running = Launcher::Alone.start(&whole);
    in_hand();
    share(&sweep, &out, "1/2").wait().expect(6).says(&["another run is working here"]);
    signal(running.pid(), "TERM");
    running.wait().expect(75);
    let two = Launcher::Ranks(2).run(&["run", &sweep, "--out", &out, "--share", "1/2"]);
    two.expect(2).says(&["--share", "one process"]);
    for wrong in ["3/2", "0/2", "half"] {
        Launcher::Alone.run(&["run", &sweep, "--share", wrong]).expect(2).says(&["write 2/8"]);
    }
}
