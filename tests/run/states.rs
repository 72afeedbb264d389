//! What `status` says of a sweep to programs: one word, times in ISO 8601, and an exit code.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::launch::Launcher;
use crate::place::{Place, listed, runs, status};
use crate::running::{Ended, Running, await_until, signal};

fn sweep(replicates: u32, fixed: &str) -> String {
    format!(
        "[sweep]\nname = \"states\"\nexperiment = \"null\"\nseed = 3\nreplicates = {replicates}\n\n[fixed]\n{fixed}\n"
    )
}

/// A run of tasks that do not end, which has begun.
fn at_work(place: &Place, out: &str) -> Running {
    let sweep = place.file("endless.toml", &sweep(9, "duration = 90.0"));
    let running = Launcher::Alone.start(&["run", &sweep, "--out", out, "--threads", "2", "--grace", "80s"]);
    // A record may be written before the threads have taken what they were given.
    let is_at_work = |status: &Value| status["running"] == 2 && status["run"]["oldest"].is_object();
    await_until("tasks in hand", || status(out).filter(is_at_work));
    running
}

fn coded(path: &str) -> Ended {
    Launcher::Alone.run(&["status", path, "--exit-code", "--format", "json"])
}

/// The state in a word, the exit code of the state, and that there is a sentence and the code without the flag.
fn check(path: &str, state: &str, code: i32) -> Value {
    let ended = coded(path).expect(code);
    let found: Value = serde_json::from_str(&ended.output).unwrap_or_else(|_| panic!("{ended}"));
    assert_eq!(found["state"], state, "{found:#}");
    assert!(!found["explanation"].as_str().unwrap().is_empty(), "{found:#}");
    let plain = Launcher::Alone.run(&["status", path]).expect(if state == "damaged" { 5 } else { 0 });
    assert!(plain.output.lines().any(|line| line.starts_with("state     ")), "{plain}");
    found
}

fn is_iso(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == "2026-11-27T05:49:46Z".len() && text.ends_with('Z') && humantime::parse_rfc3339(text).is_ok()
}

#[test]
fn a_live_run_is_running_then_suspended_then_stopping_then_killed() {
    let place = Place::new();
    let out = place.path("results");
    let mut running = at_work(&place, &out);
    let pid = running.pid();
    let live = check(&out, "running", 75);
    assert!(live["explanation"].as_str().unwrap().contains("; heartbeat "), "{live:#}");
    assert!(is_iso(&live["heartbeat"]) && is_iso(&live["run"]["start"]) && is_iso(&live["run"]["updated"]), "{live:#}");
    assert!(is_iso(&live["run"]["oldest"]["since"]), "{live:#}");
    // The file keeps its numbers.
    assert!(runs(&out)[0]["start"].is_number() && runs(&out)[0]["updated"].is_number());

    signal(pid, "STOP");
    check(&out, "stalled", 75);
    signal(pid, "CONT");
    check(&out, "running", 75);

    signal(pid, "TERM");
    await_until("a run that stops", || status(&out).filter(|status| status["state"] == "stopping"));
    let stopping = check(&out, "stopping", 75);
    assert_eq!((&stopping["eta_seconds"], &stopping["eta_band_seconds"]), (&Value::Null, &Value::Null));
    assert_eq!((&stopping["running"], &runs(&out)[0]["state"]), (&2.into(), &"stopping".into()), "{stopping:#}");

    signal(pid, "KILL");
    running.await_gone();
    let killed = check(&out, "killed", 75);
    assert_eq!((&killed["heartbeat"], &killed["running"]), (&Value::Null, &0.into()), "{killed:#}");
    // A run that was killed while it was stopping has not ended in order.
    Launcher::Alone.run(&["verify", &out]).expect(0);
}

#[test]
fn a_run_that_stopped_or_ended_has_its_word() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep(6, "failing = 0.0"));
    let out = place.path("results");
    Launcher::Alone.run(&["run", &file, "--out", &out]).expect(0);
    let complete = check(&out, "complete", 0);
    assert!(is_iso(&complete["run"]["end"]) && complete["run"]["cpu_seconds"].is_number(), "{complete:#}");
    assert!(complete["run"]["slowest"]["seconds"].is_number(), "{complete:#}");

    let failing = place.file("failing.toml", &sweep(6, "outcome = \"error\""));
    let failed = place.path("failed");
    Launcher::Alone.run(&["run", &failing, "--out", &failed]).expect(3);
    let found = check(&failed, "failed", 3);
    assert_eq!(found["failure_groups"].as_array().unwrap().len(), 1, "{found:#}");
    let group = &found["failure_groups"][0];
    assert_eq!((&group["class"], &group["count"]), (&"model".into(), &6.into()), "{found:#}");
    assert_eq!((&group["message"], found["failures"].as_array().unwrap().len()), (&found["failures"][0]["message"], 6));
    let few = Launcher::Alone.run(&["status", &failed, "--failures", "2"]).expect(0);
    few.says(&["and 4 more", "failed tasks by reason", "  6 × "]);

    let long = place.file("long.toml", &sweep(4, "duration = 90.0"));
    let stopped = place.path("stopped");
    Launcher::Alone.run(&["run", &long, "--out", &stopped, "--time-limit", "1s"]).expect(75);
    let found = check(&stopped, "stopped", 75);
    assert_eq!(found["explanation"], "stopped (time limit); the same command resumes", "{found:#}");

    let shard = &listed(&format!("{out}/shards"))[0];
    let mut bytes = fs::read(shard).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0x55);
    fs::write(shard, bytes).unwrap();
    let found = check(&out, "damaged", 5);
    assert!(!found["damage"].as_array().unwrap().is_empty(), "{found:#}");
}

#[test]
fn a_slurm_job_that_waits_or_is_held_counts_where_nothing_runs() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep(4, "duration = 90.0"));
    let out = place.path("results");
    Launcher::Alone.run(&["run", &file, "--out", &out, "--time-limit", "1s"]).expect(75);
    fs::write(format!("{out}/runs/slurm-7.json"), "{}").unwrap();
    let folder = place.path("bin");
    fs::create_dir(&folder).unwrap();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    for (line, word) in [
        ("7|PENDING|Resources|1:00:00", "pending"),
        ("7|PENDING|JobHeldUser|1:00:00", "held"),
        ("7|COMPLETED|None|0:00", "stopped"),
    ] {
        let squeue = format!("{folder}/squeue");
        fs::write(&squeue, format!("#!/bin/sh\necho '{line}'\n")).unwrap();
        fs::set_permissions(&squeue, fs::Permissions::from_mode(0o755)).unwrap();
        let arguments = ["status", &out, "--exit-code", "--format", "json"];
        let ended = Launcher::Alone.start_with(&arguments, &[("PATH", &path[..])]).wait().expect(75);
        let found: Value = serde_json::from_str(&ended.output).unwrap();
        assert_eq!(found["state"], word, "{found:#}");
    }
}

#[test]
fn a_sweep_file_stands_for_the_directory_that_run_would_use() {
    let place = Place::new();
    let text = sweep(6, "failing = 0.0");
    let file = place.file("sweep.toml", &text);
    let root = place.path("root");
    let variables = [("MICROZONE_RESULTS", &root[..])];
    let look = |file: &str, code: i32| -> Value {
        let arguments = ["status", file, "--exit-code", "--format", "json"];
        let ended = Launcher::Alone.start_with(&arguments, &variables).wait().expect(code);
        serde_json::from_str(&ended.output).unwrap()
    };
    let new = look(&file, 75);
    assert_eq!((&new["state"], &new["tasks"], &new["left"]), (&"new".into(), &6.into(), &6.into()), "{new:#}");
    assert_eq!(new["directory"], format!("{root}/states"), "{new:#}");
    assert!(!fs::exists(&root).unwrap(), "a look made the directory");
    Launcher::Alone.start_with(&["table", &file], &variables).wait().expect(2).says(&["microzone run"]);

    Launcher::Alone.start_with(&["run", &file], &variables).wait().expect(0);
    assert_eq!(look(&file, 0)["state"], "complete");
    let grown = place.file("grown.toml", &text.replace("replicates = 6", "replicates = 9"));
    let found = look(&grown, 75);
    assert_eq!(
        (&found["state"], &found["done"], &found["left"]),
        (&"stopped".into(), &6.into(), &3.into()),
        "{found:#}"
    );
    assert_eq!(found["explanation"], "the sweep has grown by 3 tasks; `microzone run` computes what is new");
    let other = place.file("other.toml", &text.replace("seed = 3", "seed = 4"));
    for verb in ["status", "table"] {
        Launcher::Alone.start_with(&[verb, &other], &variables).wait().expect(4).says(&["seed"]);
    }
    for verb in [&["table"][..], &["plot"], &["verify"], &["reduce"], &["diff", &root]] {
        let arguments = match verb {
            ["diff", _] => vec!["diff", &file, &file],
            _ => [verb, &[&file[..]]].concat(),
        };
        Launcher::Alone.start_with(&arguments, &variables).wait().expect(0);
    }
}

#[test]
fn a_file_inside_a_directory_stands_for_it_and_its_parent_for_all_sweeps() {
    let place = Place::new();
    let folder = place.path("results");
    let run = |name: &str, fixed: &str, more: &[&str], code: i32| {
        let file = place.file(&format!("{name}.toml"), &sweep(4, fixed).replace("states", name));
        let out = format!("{folder}/{name}");
        Launcher::Alone.run(&[&["run", &file, "--out", &out], more].concat()).expect(code);
        out
    };
    let out = run("a-complete", "failing = 0.0", &[], 0);
    let lines = || Launcher::Alone.run(&["status", &folder]).expect(0).output;
    assert_eq!(lines(), "a-complete  complete  4/4 done, 0 left, 0 failed\n");
    coded(&folder).expect(0);
    run("b-failed", "outcome = \"error\"", &[], 3);
    coded(&folder).expect(3);
    run("c-stopped", "duration = 90.0", &["--time-limit", "1s"], 75);
    coded(&folder).expect(75);
    fs::create_dir(format!("{folder}/no-sweep")).unwrap();
    let expected = "a-complete  complete  4/4 done, 0 left, 0 failed\n\
                    b-failed    failed    0/4 done, 0 left, 4 failed\n\
                    c-stopped   stopped   0/4 done, 4 left, 0 failed\n";
    assert_eq!(lines(), expected);
    let found: Value = serde_json::from_str(&coded(&folder).output).unwrap();
    let states: Vec<&Value> = found["sweeps"].as_array().unwrap().iter().map(|sweep| &sweep["state"]).collect();
    assert_eq!(states, ["complete", "failed", "stopped"], "{found:#}");
    assert_eq!(found["sweeps"][1]["failed"], 4, "{found:#}");

    Launcher::Alone.run(&["plot", &out]).expect(0);
    let figure = listed(&format!("{out}/figures")).remove(0);
    let inside = ["results.h5", "sweep.toml", "runs/run-0001.json", "tables"].map(|name| format!("{out}/{name}"));
    for path in inside.iter().chain([&listed(&format!("{out}/shards"))[0], &figure]) {
        assert_eq!(check(path, "complete", 0)["sweep"], "a-complete", "{path}");
        Launcher::Alone.run(&["table", path]).expect(0).says(&["value"]);
    }
    let notes = place.file("notes.txt", "");
    Launcher::Alone.run(&["status", &notes]).expect(2).says(&["neither a results directory nor a sweep file"]);
    let empty = format!("{folder}/no-sweep");
    Launcher::Alone.run(&["status", &empty]).expect(2).says(&["it has no sweep.toml"]);
}

#[test]
fn a_watch_prints_a_block_whenever_something_has_changed_and_ends_with_the_sweep() {
    let place = Place::new();
    let text = sweep(12, "duration = 0.4") + "\n[grid]\nindex = [1, 2]\n";
    let file = place.file("sweep.toml", &text);
    let out = place.path("results");
    let run = Launcher::Alone.start(&["run", &file, "--out", &out, "--threads", "2"]);
    await_until("a live run", || status(&out).filter(|status| status["state"] == "running"));
    let json = Launcher::Alone.start(&["status", &out, "--watch", "--format", "json", "--exit-code"]);
    let ended = Launcher::Alone.run(&["status", &out, "--watch"]).expect(0);
    run.wait().expect(0);
    let blocks: Vec<&str> = ended.output.split("\n\nsweep     ").collect();
    assert!(blocks.len() >= 2, "{ended}");
    assert!(blocks[0].contains("state     running (host"), "{ended}");
    assert!(blocks.iter().any(|block| block.contains("\nETA       ")), "{ended}");
    let last = blocks[blocks.len() - 1];
    for line in ["state     complete", "done      24 of 24 (100.0 %)", "  2  ████████████████████ 12/12"]
    {
        assert!(last.contains(line), "no {line:?} in {ended}");
    }
    let json = json.wait().expect(0);
    let lines: Vec<Value> = json.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 2 && lines[0]["state"] == "running", "{json}");
    assert_eq!(lines[lines.len() - 1]["state"], "complete");
    assert_eq!(lines[lines.len() - 1]["axes"][0]["values"][1]["done"], 12);
    let band = lines.iter().find_map(|line| line["eta_band_seconds"].as_array().cloned());
    let band = band.unwrap_or_else(|| panic!("{json}"));
    assert!(band[0].as_f64().unwrap() <= band[1].as_f64().unwrap(), "{band:?}");
}

#[test]
fn ctrl_c_ends_a_watch_with_the_code_of_the_state_if_asked_for() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep(4, "duration = 90.0"));
    let out = place.path("results");
    Launcher::Alone.run(&["run", &file, "--out", &out, "--time-limit", "1s"]).expect(75);
    for (more, code) in [(&[][..], 0), (&["--exit-code"], 75)] {
        let mut watch = Launcher::Alone.start(&[&["status", &out, "--watch"], more].concat());
        std::thread::sleep(std::time::Duration::from_secs(2));
        assert!(!watch.has_ended(), "something is left");
        signal(watch.pid(), "INT");
        watch.wait().expect(code).says(&["state     stopped (time limit)"]);
    }
}

#[test]
fn a_rank_that_stands_still_for_a_minute_is_named_with_its_host() {
    let place = Place::new();
    let sweep = place.file("sweep.toml", &sweep(9, "duration = 150.0"));
    let out = place.path("results");
    let running = Launcher::Ranks(2).start(&["run", &sweep, "--out", &out, "--threads", "1"]);
    await_until("tasks in hand", || status(&out).filter(|status| status["running"] == 2));
    let still = running.await_ranks(2)[1].1;
    signal(still, "STOP");
    let silent = || status(&out).unwrap()["run"]["silent"].as_array().cloned();
    // Both compute one long task and have nothing to say but that they live.
    std::thread::sleep(std::time::Duration::from_secs(50));
    assert_eq!(silent(), None);
    let found = await_until("a silent rank", silent);
    let host = gethostname::gethostname().into_string().unwrap();
    assert_eq!((found.len(), &found[0]["rank"], &found[0]["host"]), (1, &1.into(), &host.clone().into()), "{found:?}");
    assert!(is_iso(&found[0]["since"]), "{found:?}");
    let shown = Launcher::Alone.run(&["status", &out]).expect(0);
    shown.says(&[&format!("silent    rank 1 on {host}: no sign of life for 1 min")]);
    signal(still, "CONT");
    await_until("a sign of life", || silent().is_none().then_some(()));
}
