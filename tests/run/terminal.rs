//! What a person sees at a terminal: the bar, Ctrl-C, and `status --watch`.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process::Command;
use std::time::Duration;

use crate::launch::{self, Launcher, with_mpi};
use crate::place::{Place, status};
use crate::running::{Ended, Running, await_until};
use crate::screen::Screen;

const CTRL_C: &[u8] = b"\x03";
const BAR: [char; 2] = ['█', '░'];

/// A program in a terminal of its own, with a keyboard.
struct Terminal {
    running: Running,
    keyboard: File,
    columns: usize,
}

impl Terminal {
    /// No argument may have a space or a quotation mark.
    fn start(place: &Place, columns: usize, arguments: &[&str]) -> Self {
        let keys = place.path("keys");
        assert!(Command::new("mkfifo").arg(&keys).status().unwrap().success());
        let program = format!("{} {}", with_mpi().display(), arguments.join(" "));
        let inside = format!("stty cols {columns} rows 40; exec {program}");
        let mut command = Command::new("bash");
        command.args(["-c", &format!("exec script -qefc '{inside}' /dev/null < {keys}")]);
        let running = launch::start(command, &[], &[("TERM", "xterm")]);
        // This waits until the other end is open.
        let keyboard = OpenOptions::new().write(true).open(&keys).unwrap();
        Self { running, keyboard, columns }
    }

    fn press(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).unwrap();
    }

    fn wait(self) -> (Ended, Screen) {
        let ended = self.running.wait();
        let screen = Screen::after(self.columns, &ended.output);
        (ended, screen)
    }
}

fn sweep(replicates: u32, duration: f64) -> String {
    format!(
        "[sweep]\nname = \"terminal\"\nexperiment = \"null\"\nreplicates = {replicates}\n\n[grid]\nindex = [7, 8]\n\n\
         [fixed]\nduration = {duration}\n"
    )
}

/// A run in a terminal of 50 columns, with tasks in hand.
fn at_work(place: &Place, sweep: &str, out: &str, more: &[&str]) -> Terminal {
    let arguments = [&["run", sweep, "--out", out, "--threads", "2"], more].concat();
    let terminal = Terminal::start(place, 50, &arguments);
    await_until("two tasks in hand", || status(out).filter(|status| status["running"] == 2));
    terminal
}

#[test]
fn the_first_ctrl_c_says_what_it_waits_for_and_leaves_no_bar_behind() {
    let place = Place::new();
    // As many as fill a narrow terminal.
    let file = place.file("sweep.toml", &sweep(500_000, 1.5));
    let out = place.path("results");
    let mut terminal = at_work(&place, &file, &out, &["--time-limit", "1h"]);
    std::thread::sleep(Duration::from_millis(300));
    terminal.press(CTRL_C);
    let (ended, screen) = terminal.wait();
    let ended = ended.expect(75);
    let text = screen.text().replace('\n', "");
    let asked = (1..=2).any(|count| {
        let tasks = if count == 1 { "1 task".into() } else { format!("{count} tasks") };
        text.contains(&format!("stopping: {tasks} in hand, at most 20 s; Ctrl-C again stops at once"))
    });
    assert!(asked, "{text}\n{ended}");
    let order = ["directory", "stopping: ", "stopped by a signal", " done, 0 failed", "elapsed "];
    let places: Vec<usize> = order.iter().map(|words| text.find(words).unwrap_or_else(|| panic!("{text}"))).collect();
    assert!(places.is_sorted(), "{text}");
    assert!(ended.output.contains("░") && ended.output.contains("/1000000 tasks"), "no bar was drawn: {ended}");
    assert!(!text.contains(BAR), "something of the bar is left: {}", screen.text());
    let wrapped: Vec<&String> = screen.wrapped.iter().filter(|line| line.contains(BAR)).collect();
    assert!(wrapped.is_empty(), "the bar does not fit: {wrapped:?}");
}

#[test]
fn the_second_ctrl_c_ends_the_run_at_once_and_clears_the_bar() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep(20, 90.0));
    let out = place.path("results");
    let mut terminal = at_work(&place, &file, &out, &["--grace", "80s"]);
    terminal.press(CTRL_C);
    await_until("a run that stops", || status(&out).filter(|status| status["state"] == "stopping"));
    std::thread::sleep(Duration::from_millis(500));
    terminal.press(CTRL_C);
    let (ended, screen) = terminal.wait();
    let text = screen.text();
    ended.expect(75).says(&["2 tasks in hand, at most 1 min 20 s; Ctrl-C again stops at once"]);
    let words = text.replace('\n', "");
    assert!(words.contains("stopped at once, without the tasks in hand; the same command resumes"), "{text}");
    assert!(!text.contains(BAR), "{text}");
}

#[test]
fn a_view_is_drawn_over_the_last_one_until_the_sweep_is_complete() {
    let place = Place::new();
    let file = place.file("sweep.toml", &sweep(20, 0.3));
    let out = place.path("results");
    let run = Launcher::Alone.start(&["run", &file, "--out", &out, "--threads", "2"]);
    await_until("tasks in hand", || status(&out).filter(|status| status["running"] == 2));
    let (ended, screen) = Terminal::start(&place, 60, &["status", &out, "--watch"]).wait();
    run.wait().expect(0);
    let (ended, text) = (ended.expect(0), screen.text());
    assert!(ended.output.matches("state     running (host").count() >= 2, "{ended}");
    // The line of the state is longer than the terminal, and is broken between words.
    assert!(ended.output.contains("Z; heartbeat "), "{ended}");
    assert_eq!((text.matches("state ").count(), text.matches("state     complete").count()), (1, 1), "{text}");
    for line in ["done      40 of 40 (100.0 %)", "index", "  7  ████████████████████ 20/20", "slowest   index = "]
    {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
}
