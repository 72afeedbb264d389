//! A view that is drawn again and again until nothing is left.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use terminal_size::{Height, Width};

use super::{Arguments, View};
use crate::cli::wrap::wrap_at;
use crate::cli::{Exit, Failure, output};
use crate::wording::counted;

/// Between two looks; a large directory has longer ones, so that looking takes at most half of the time.
const INTERVAL: Duration = Duration::from_secs(1);
/// Where what follows a word such as `state` begins.
const INDENT: usize = 10;
const NAP: Duration = Duration::from_millis(20);
/// A look may meet files that a run replaces at the same moment.
const ATTEMPTS: usize = 5;

/// # Errors
/// There is nothing to look at, or it cannot be read any more.
pub(super) fn watch(arguments: &Arguments) -> Result<Exit, Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let registered = signal_hook::flag::register(signal, Arc::clone(&interrupted));
        registered.map_err(|error| Failure::new(Exit::Environment, format!("cannot handle signals: {error}")))?;
    }
    let mut screen = Screen::new();
    let mut attempts = 1;
    loop {
        let began = Instant::now();
        let view = match View::look(arguments) {
            Ok(view) => view,
            Err(_) if (2..=ATTEMPTS).contains(&attempts) => {
                attempts += 1;
                pause(INTERVAL, &interrupted);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        attempts = 2;
        screen.show(&view, arguments)?;
        if !view.is_final() {
            pause(INTERVAL.max(began.elapsed()), &interrupted);
        }
        if view.is_final() || interrupted.load(Ordering::Relaxed) || output::has_failed() {
            return Ok(view.exit(arguments.exit_code));
        }
    }
}

fn pause(length: Duration, interrupted: &AtomicBool) {
    let began = Instant::now();
    while began.elapsed() < length && !interrupted.load(Ordering::Relaxed) {
        std::thread::sleep(NAP);
    }
}

/// Where views are shown.
enum Screen {
    /// The lines of the last view are overwritten.
    Terminal { drawn: usize },
    /// A view is printed if it differs from the last one in more than times.
    Stream { last: Option<String> },
}

impl Screen {
    fn new() -> Self {
        match io::stdout().is_terminal() {
            true => Self::Terminal { drawn: 0 },
            false => Self::Stream { last: None },
        }
    }

    fn show(&mut self, view: &View, arguments: &Arguments) -> Result<(), Failure> {
        let text = view.render(arguments)?;
        match self {
            Self::Terminal { drawn } if !arguments.is_json() => {
                let size = terminal_size::terminal_size().map(|(Width(width), Height(height))| (width, height));
                let (width, height) = size.unwrap_or((80, 24));
                let lines = fitted(&text, usize::from(width), usize::from(height));
                let frame = frame(*drawn, &lines);
                *drawn = lines.len();
                output::attempt(|| io::stdout().write_all(frame.as_bytes()).and_then(|()| io::stdout().flush()));
            }
            Self::Terminal { .. } => say!("{text}"),
            Self::Stream { last } => {
                let key = view.key();
                if last.as_ref() != Some(&key) {
                    // Blocks stand apart; lines of JSON do not.
                    if last.is_some() && !arguments.is_json() {
                        say!("");
                    }
                    say!("{}", text.trim_end());
                    output::attempt(|| io::stdout().flush());
                }
                *last = Some(key);
            }
        }
        Ok(())
    }
}

/// The first lines of a text and how many are left out, broken where the terminal ends: one that wraps by itself would
/// be counted wrongly.
fn fitted(text: &str, width: usize, height: usize) -> Vec<String> {
    let broken = text.trim_end().lines().map(|line| wrap_at(line, INDENT, width)).collect::<String>();
    let most = height.saturating_sub(1).max(1);
    let count = broken.lines().count();
    let cut = |line: &str| -> String { line.chars().take(width.max(1)).collect() };
    if count <= most {
        return broken.lines().map(cut).collect();
    }
    let hidden = format!("and {} below", counted(count - (most - 1), "line"));
    broken.lines().take(most - 1).chain([&*hidden]).map(cut).collect()
}

/// Goes back to the beginning of the last view, and draws this one over it.
fn frame(drawn: usize, lines: &[String]) -> String {
    let back = if drawn > 0 { format!("\x1b[{drawn}A") } else { String::new() };
    // Each line is cleared behind its end, and what is left of a longer view at the end: nothing flickers.
    let lines: String = lines.iter().map(|line| format!("{line}\x1b[K\n")).collect();
    format!("{back}\r{lines}\x1b[J")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_cut_to_the_terminal_and_drawn_over_the_last_one() {
        let text = "state     running (host a, pid 12; heartbeat 1 s ago)\n\n  1  ██ 2/3\nfour\n";
        let broken = ["state     running (host a, pid 12;", "          heartbeat 1 s ago)", "", "  1  ██ 2/3"];
        assert_eq!(fitted(text, 40, 6), [&broken[..], &["four"]].concat());
        assert_eq!(fitted(text, 40, 5), [&broken[..3], &["and 2 lines below"]].concat());
        assert_eq!(fitted(text, 80, 24), text.lines().collect::<Vec<_>>());
        assert_eq!(fitted(text, 40, 2), ["and 5 lines below"]);
        let lines = ["one".to_string(), "two".to_string()];
        assert_eq!(frame(0, &lines), "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
        assert_eq!(frame(3, &lines), "\x1b[3A\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
    }
}
