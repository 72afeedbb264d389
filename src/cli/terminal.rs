//! The terminal that a bar is drawn on: standard error, also where it is reached through a launcher, because mpirun
//! hands on what its ranks write, but gives them a pipe.

use std::io::{self, Write};

use indicatif::TermLike;
use terminal_size::Width;

/// Where a size is not known.
const WIDTH: usize = 80;
/// A narrower terminal is not believed.
const LEAST_WIDTH: usize = 20;

/// The columns of the terminal that standard error is.
pub(super) fn own_width() -> usize {
    terminal_size::terminal_size_of(io::stderr()).map_or(WIDTH, |(Width(width), _)| usize::from(width))
}

/// The columns of a terminal behind a launcher, if its shell has exported them: a pipe has no size.
pub(super) fn relayed_width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    told.filter(|columns| *columns >= LEAST_WIDTH).unwrap_or(WIDTH)
}

/// Standard error, taken for a terminal that understands ANSI sequences and has this width.
#[derive(Debug)]
pub(super) struct Terminal(pub(super) fn() -> usize);

fn send(text: &str) -> io::Result<()> {
    io::stderr().write_all(text.as_bytes())
}

fn step(count: usize, direction: char) -> io::Result<()> {
    if count == 0 { Ok(()) } else { send(&format!("\x1b[{count}{direction}")) }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        u16::try_from((self.0)()).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        step(count, 'A')
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        step(count, 'B')
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        step(count, 'C')
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        step(count, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        send(&format!("{text}\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // The library fills the line up to its end, where the `^C` of a terminal would wrap, and the line stay.
        if text.trim_start_matches(' ').is_empty() { Ok(()) } else { send(text) }
    }

    fn clear_line(&self) -> io::Result<()> {
        send("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
