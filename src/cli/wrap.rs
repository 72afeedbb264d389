//! Lines that are no wider than the terminal.

use terminal_size::Width;
use textwrap::{Options, WordSeparator, WordSplitter};

/// Where there is no terminal.
const WIDTH: usize = 100;
/// A narrower terminal is not believed.
const LEAST: usize = 40;

/// A line, broken at the width of the terminal, with what follows the first line indented; ends with a new line.
pub(super) fn wrap(line: &str, indent: usize) -> String {
    wrap_at(line, indent, terminal_size::terminal_size().map_or(WIDTH, |(Width(width), _)| usize::from(width)))
}

/// A comment of a TOML file, over as many lines as it needs.
pub(super) fn wrap_comment(text: &str) -> String {
    let options = Options::new(WIDTH).initial_indent("# ").subsequent_indent("# ");
    let options = options.word_separator(WordSeparator::AsciiSpace).word_splitter(WordSplitter::NoHyphenation);
    format!("{}\n", textwrap::fill(text, options))
}

/// As [`wrap`], at a width, which counts as 40 if it is less.
pub(super) fn wrap_at(line: &str, indent: usize, width: usize) -> String {
    let indent = " ".repeat(indent.min(width / 2));
    // The first spaces of a line count as a word.
    let rest = line.trim_start();
    let first = &line[..line.len() - rest.len()];
    let options = Options::new(width.max(LEAST)).initial_indent(first).subsequent_indent(&indent);
    let options = options.word_separator(WordSeparator::AsciiSpace).word_splitter(WordSplitter::NoHyphenation);
    format!("{}\n", textwrap::fill(rest, options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words() {
        let line = "  name       a sentence that is longer than a narrow terminal, with µm²/s";
        let wanted =
            "  name       a sentence that is longer\n             than a narrow terminal, with\n             µm²/s\n";
        assert_eq!(wrap_at(line, 13, 42), wanted);
        assert_eq!(wrap_at(line, 13, 100), format!("{line}\n"));
        assert_eq!(wrap_at("", 0, 80), "\n");
        assert!(wrap_at(line, 60, 10).lines().all(|line| line.chars().count() <= LEAST));
    }
}
