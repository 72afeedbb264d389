//! A terminal that is reached through a launcher: mpirun passes on what its ranks write, but gives them a pipe.

use std::io::{self, Write};

use indicatif::TermLike;

/// Standard error, taken for a terminal that understands ANSI sequences.
#[derive(Debug)]
pub(super) struct RelayedTerminal;

fn send(text: &str) -> io::Result<()> {
    io::stderr().write_all(text.as_bytes())
}

fn step(count: usize, direction: char) -> io::Result<()> {
    if count == 0 { Ok(()) } else { send(&format!("\x1b[{count}{direction}")) }
}

impl TermLike for RelayedTerminal {
    fn width(&self) -> u16 {
        // A pipe has no size; a bar of another width than the terminal's looks well enough.
        80
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
        send(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        send("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
