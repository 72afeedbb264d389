//! The messages that docs/reference/errors.md quotes, beside the source that prints them.

use std::path::Path;

/// What the system says, and not microzone.
const OF_THE_SYSTEM: [&str; 6] = [
    "No such file or directory",
    "Is a directory",
    "No space left on device",
    "Permission denied",
    "Read-only file system",
    "File too large",
];
/// Fragments between names and numbers that are long enough to be found nowhere by chance.
const SHORTEST_FRAGMENT: usize = 5;

/// Each part of a quoted message, between its names and numbers, that no source file below `folder` has.
pub(crate) fn unknown(page: &str, folder: &Path) -> Vec<String> {
    let source = plain(&text_below(folder).replace("\\\n", "\u{1}"));
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| message"));
    let quoted = rows.flat_map(|row| row.split(" | ").next().unwrap_or_default().split('`').skip(1).step_by(2));
    let mut unknown = Vec::new();
    for message in quoted {
        let fragments = message.split(|letter: char| letter == '…' || letter.is_ascii_digit());
        for fragment in fragments.map(plain) {
            let fragment = fragment.trim_matches([' ', ';', ',', ':', '.', '(', ')']);
            let is_known = fragment.chars().count() < SHORTEST_FRAGMENT
                || OF_THE_SYSTEM.contains(&fragment)
                || source.contains(fragment);
            if !is_known {
                unknown.push(format!("{message:?}: no source file has {fragment:?}"));
            }
        }
    }
    unknown
}

/// A text without quotes and with single spaces; nothing is where a text of the source continues in the next line.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut is_continued = false;
    for letter in text.chars() {
        match letter {
            '\u{1}' => is_continued = true,
            '`' | '"' | '\\' => {}
            space if space.is_whitespace() => {
                if !is_continued && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            other => {
                is_continued = false;
                plain.push(other);
            }
        }
    }
    plain
}

/// The text of all Rust files.
fn text_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&text_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
    text
}

#[test]
fn a_quoted_message_is_found_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.rs"), "format!(\"use `{name}` of \\\n     this file; {}\", remedy)").unwrap();
    let page = "| message | remedy |\n|---|---|\n| `use … of this file; …`, `Is a directory` | `no message` |\n";
    assert_eq!(unknown(page, folder.path()), [""; 0]);
    let other = page.replace("this", "that");
    assert_eq!(unknown(&other, folder.path()).len(), 1);
}
