//! Whether what was printed is what a page shows.

/// Stands for anything: within a line for any text, alone on a line for any lines.
const ANYTHING: &str = "…";

/// Whether `printed` is `shown`, but for spaces at the ends of lines and empty lines at the end.
pub(crate) fn is_shown(shown: &str, printed: &str) -> bool {
    let lines = |text: &'_ str| text.trim_end().lines().map(|line| line.trim_end().to_string()).collect::<Vec<_>>();
    are_lines_shown(&lines(shown), &lines(printed))
}

fn are_lines_shown(shown: &[String], printed: &[String]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first.trim() == ANYTHING => {
            (0..=printed.len()).any(|skipped| are_lines_shown(rest, &printed[skipped..]))
        }
        Some((first, rest)) => match printed.split_first() {
            Some((line, others)) => is_line_shown(first, line) && are_lines_shown(rest, others),
            None => false,
        },
    }
}

fn is_line_shown(shown: &str, printed: &str) -> bool {
    let Some((start, more)) = shown.split_once(ANYTHING) else { return shown == printed };
    let Some(mut rest) = printed.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = more.split(ANYTHING).collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[test]
fn anything_stands_for_any_text_or_lines() {
    for (shown, printed) in [
        ("a\nb\n", "a  \nb\n\n"),
        ("a…c\n", "abc"),
        ("a…c…\n", "abcd"),
        ("…\n", ""),
        ("…\nb\n", "a\na\nb"),
        ("a\n…\nb\n…\n", "a\nb\nb\nc"),
        ("took … s", "took 0.3 s"),
        ("a…ba", "aba"),
    ] {
        assert!(is_shown(shown, printed), "{shown:?} {printed:?}");
    }
    for (shown, printed) in
        [("a", "b"), ("a", "a\nb"), ("a\nb", "a"), ("a…c", "ab"), ("ab…ba", "aba"), ("…\nb", "a"), ("a…b…a", "aba b")]
    {
        assert!(!is_shown(shown, printed), "{shown:?} {printed:?}");
    }
}
