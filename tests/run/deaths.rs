//! Tasks that end their process, tasks that never end, and processes that are killed for no fault of a task.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::launch::{self, Launcher, with_mpi};
use crate::place::{Place, computed_last, runs, status};
use crate::products::Products;
use crate::running::{Ended, await_until, signal};

/// Sixty tasks of which some have another outcome than the rest.
fn sweep(outcome: &str, failing: f64, duration: f64) -> String {
    format!(
        "[sweep]\nname = \"deaths\"\nexperiment = \"null\"\nseed = 5\nreplicates = 60\n\n\
         [fixed]\noutcome = \"{outcome}\"\nfailing = {failing}\nduration = {duration}\n"
    )
}

fn run<'a>(sweep: &'a str, out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", sweep, "--out", out], more].concat()
}

/// Runs again and again until the process ends by itself; how often it died, and its end.
fn resumed(mut attempt: impl FnMut() -> Ended) -> (usize, Ended) {
    for deaths in 0..40 {
        let ended = attempt();
        if matches!(ended.code, Some(0 | 2 | 3 | 4 | 5 | 75)) {
            return (deaths, ended);
        }
        assert!(!ended.errors.contains("panicked"), "{ended}");
    }
    panic!("it never comes to an end");
}

/// The failures that status lists.
fn failures(out: &str) -> Vec<(String, String)> {
    let status = status(out).unwrap();
    let text = |failure: &Value, name: &str| failure[name].as_str().unwrap().to_string();
    let failures = status["failures"].as_array().unwrap();
    failures.iter().map(|failure| (text(failure, "class"), text(failure, "message"))).collect()
}

/// Every run dies of one task, and the next one continues without it.
fn check_crash(outcome: &str, launcher: Launcher, said: &str) {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep(outcome, 0.08, 0.0));
    let out = place.path("results");
    let (deaths, ended) = resumed(|| launcher.run(&run(&file, &out, &["--threads", "2"])));
    let failed = failures(&out);
    assert!((2..=20).contains(&failed.len()), "{failed:?}");
    assert!(failed.iter().all(|(class, message)| class == "died" && message.starts_with(said)), "{failed:?}");
    // The two threads of every rank may die in the same moment.
    let at_once = 2 * launcher.ranks();
    assert!(deaths <= failed.len() && at_once * deaths >= failed.len(), "{deaths} deaths for {failed:?}: {ended}");
    ended.expect(3);
    let there = Products::read(&out);
    // How it was computed leaves no trace.
    let other = place.path("other");
    let (_, ended) = resumed(|| Launcher::Alone.run(&run(&file, &other, &["--threads", "1"])));
    ended.expect(3);
    there.assert_equal(&Products::read(&other), "with one thread");
    // They stay failed, and are tried again on demand.
    launcher.run(&run(&file, &out, &[])).expect(3).says(&["--retry-failed"]);
    let retried = launcher.run(&run(&file, &out, &["--retry-failed"]));
    assert!(retried.code != Some(3), "it dies again: {retried}");
    resumed(|| launcher.run(&run(&file, &out, &[]))).1.expect(3);
    there.assert_equal(&Products::read(&out), "retried");
}

#[test]
fn a_task_that_aborts_is_the_only_one_to_fail() {
    check_crash("abort", Launcher::Alone, "SIGABRT");
}

#[test]
fn a_task_that_overflows_its_stack_is_the_only_one_to_fail() {
    check_crash("stack-overflow", Launcher::Alone, "SIGSEGV");
}

#[test]
fn a_task_that_ends_one_of_three_ranks_is_the_only_one_to_fail() {
    check_crash("abort", Launcher::Ranks(3), "SIGABRT");
}

#[test]
fn a_task_that_needs_more_memory_than_there_is_is_the_only_one_to_fail() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep("memory", 0.05, 0.0));
    let out = place.path("results");
    let limited = || {
        let mut command = Command::new("prlimit");
        command.arg("--as=1500000000").arg(with_mpi());
        let ended = launch::start(command, &run(&file, &out, &["--threads", "2"]), &[]).wait();
        if ended.code == Some(6) { ended.says(&["no memory for"]) } else { ended }
    };
    let (_, ended) = resumed(limited);
    ended.expect(3);
    let failed = failures(&out);
    assert!((1..=12).contains(&failed.len()), "{failed:?}");
    assert!(failed.iter().all(|(class, message)| class == "died" && message.contains("no memory")), "{failed:?}");
    assert_eq!(status(&out).unwrap()["left"], 0);
}

/// A separate memory cgroup, of version 1.
struct Cgroup(PathBuf);

impl Cgroup {
    fn new(limit: &str) -> Self {
        let path = PathBuf::from(format!("/sys/fs/cgroup/memory/microzone-{}", std::process::id()));
        let made = fs::create_dir(&path).and_then(|()| fs::write(path.join("memory.limit_in_bytes"), limit));
        made.unwrap_or_else(|error| panic!("this test needs root, and memory cgroups of version 1: {error}"));
        Self(path)
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$ >\"$0\" && exec \"$@\""]).arg(self.0.join("cgroup.procs")).arg(with_mpi());
        launch::start(command, arguments, &[]).wait()
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

/// The kernel kills without a word. Each of the tasks that took the memory is found by being killed alone, three times.
#[test]
#[ignore = "the kernel has to kill a dozen times; needs root and a memory cgroup"]
fn tasks_that_the_kernel_kills_for_their_memory_are_the_only_ones_to_fail() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep("memory", 0.05, 0.02));
    let out = place.path("results");
    let cgroup = Cgroup::new("300M");
    let (deaths, ended) = resumed(|| cgroup.run(&run(&file, &out, &["--threads", "2"])));
    ended.expect(3);
    let failed = failures(&out);
    assert!(
        failed.iter().all(|(class, message)| class == "died" && message.starts_with("killed 3 times")),
        "{failed:?}"
    );
    assert!((1..=10).contains(&failed.len()) && deaths >= 3 * failed.len(), "{deaths} deaths for {failed:?}");
    assert!(deaths <= 5 * failed.len() + 2, "{deaths} deaths for {failed:?}");
    assert_eq!(status(&out).unwrap()["left"], 0);
}

/// Signals from outside are not the fault of a task, whatever they look like.
#[test]
fn a_signal_from_outside_counts_against_no_task() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep("value", 1.0, 0.5));
    let out = place.path("results");
    for name in ["SEGV", "ABRT", "KILL"] {
        let running = Launcher::Alone.start(&run(&file, &out, &["--threads", "4"]));
        await_until("tasks in hand", || status(&out).filter(|status| status["running"].as_u64() > Some(0)));
        signal(running.pid(), name);
        assert_eq!(running.wait().code, None);
        let status = status(&out).unwrap();
        assert_eq!((&status["failed"], &status["damage"]), (&0.into(), &serde_json::json!([])), "{status:#}");
    }
    let suspects = status(&out).unwrap()["suspects"].clone();
    assert!(suspects.as_array().is_some_and(|suspects| (1..=12).contains(&suspects.len())), "{suspects:#}");
    Launcher::Ranks(2).run(&run(&file, &out, &["--threads", "16"])).expect(0);
    place.reference(&file, 0).assert_equal(&Products::read(&out), "killed from outside");
    assert_eq!(status(&out).unwrap().get("suspects"), None, "all have an outcome");
}

/// The longest task comes first, until it was in hand when a process was killed.
#[test]
fn what_was_in_hand_when_a_process_was_killed_comes_last() {
    let place = Place::new();
    let text =
        "[sweep]\nname = \"last\"\nexperiment = \"null\"\n\n[grid]\nduration = [4.0, 0.1, 0.11, 0.12, 0.13, 0.14]\n";
    let file = place.file("sweep.toml", text);
    let out = place.path("results");
    let arguments = run(&file, &out, &["--threads", "1"]);
    let running = Launcher::Alone.start(&arguments);
    await_until("the longest task", || status(&out).filter(|status| status["running"] == 1));
    std::thread::sleep(Duration::from_millis(300));
    signal(running.pid(), "KILL");
    running.wait();
    assert_eq!(status(&out).unwrap()["done"], 0);
    let said = Launcher::Alone.run(&["status", &out]).expect(0).output;
    assert!(said.contains("in hand when a process was killed") && said.contains("duration = 4"), "{said}");
    let mut running = Launcher::Alone.start(&arguments);
    await_until("all others", || status(&out).filter(|status| status["done"] == 5));
    assert!(!running.has_ended());
    running.wait().expect(0);
}

#[test]
fn a_task_over_its_limit_fails_by_name_and_a_larger_limit_tries_it_again() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep("endless", 0.08, 0.0));
    let out = place.path("results");
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let limited = run(&file, &out, &["--threads", "2", "--task-time-limit", "1s"]);
        launcher.run(&limited).expect(3).says(&["out of time"]);
        let failed = failures(&out);
        assert!((2..=20).contains(&failed.len()), "{failed:?}");
        assert!(failed.iter().all(|failed| *failed == ("time".into(), "it took longer than 1s".into())), "{failed:?}");
        let left = status(&out).unwrap();
        assert_eq!((&left["left"], left["done"].as_u64()), (&0.into(), Some(60 - failed.len() as u64)), "{left:#}");
        // The same limit, and a lower one, change nothing; a larger one tries them again, and so does none.
        launcher.run(&limited).expect(3).says(&["nothing left to compute"]);
        launcher.run(&run(&file, &out, &["--task-time-limit", "900ms"])).expect(3).says(&["nothing left to compute"]);
        launcher.run(&run(&file, &out, &["--threads", "4", "--task-time-limit", "1500ms"])).expect(3);
        assert_eq!(computed_last(&out), failed.len() as u64);
        assert!(failures(&out).iter().all(|(_, message)| message == "it took longer than 1s 500ms"));
        let ended = launcher.run(&run(&file, &out, &["--time-limit", "1s", "--grace", "1s"]));
        assert_eq!(ended.expect(75).says(&["left"]).code, Some(75));
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn a_time_limit_ends_a_run_whose_tasks_do_not_end() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep("endless", 0.08, 0.0));
    for launcher in [Launcher::Alone, Launcher::Ranks(2)] {
        let out = place.path(&format!("{launcher:?}"));
        let started = Instant::now();
        let arguments = run(&file, &out, &["--threads", "8", "--time-limit", "3s", "--grace", "1s"]);
        launcher.run(&arguments).expect(75).says(&["the same command resumes"]);
        assert!(started.elapsed() > Duration::from_secs(4), "the limit and the grace");
        let status = status(&out).unwrap();
        assert_eq!((&status["failed"], runs(&out).pop().unwrap()["state"].as_str()), (&0.into(), Some("time limit")));
        assert!(status["done"].as_u64() > Some(40), "{status:#}");
    }
}

#[test]
fn a_task_that_takes_too_long_is_named_while_it_runs() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep("endless", 0.08, 0.0));
    let out = place.path("results");
    let arguments = run(&file, &out, &["--threads", "16", "--time-limit", "60s", "--grace", "0s"]);
    let running = Launcher::Ranks(2).start(&arguments);
    let named = await_until("slow tasks", || {
        let slow = status(&out)?["run"]["slow"].as_array().cloned()?;
        (!slow.is_empty()).then_some(slow)
    });
    assert!(named.iter().all(|slow| slow["task"].as_str().unwrap().starts_with("replicate ")), "{named:?}");
    let said = Launcher::Alone.run(&["status", &out]).expect(0).output;
    assert!(said.contains("slow tasks") && said.contains("rank "), "{said}");
    let pid = running.await_ranks(2)[0].1;
    signal(pid, "TERM");
    running.wait().expect(75).says(&["slow: rank"]);
}
