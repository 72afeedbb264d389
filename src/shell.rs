//! Texts for bash. Nothing that a user wrote reaches a script in any other way, or a command for people to type.

/// A text as one word of bash, whatever is in it: spaces, quotes, newlines, or a leading dash.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+,:@%".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Several texts as words of bash.
pub(crate) fn words(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_reads_every_text_as_it_was() {
        let texts = [
            "/home/me/results",
            "a b",
            "it's \"quoted\"",
            "two\nlines\n",
            "-rf",
            "$HOME `date` $(date) \\ ! # ; & | < > * ? [a] {b,c} ~",
            "µm",
            "",
            "\t'\\''",
            "=x",
            "~root",
        ];
        let list = words(&texts.map(String::from));
        let script = format!("printf '%s\\0' {list}");
        let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
        let read = String::from_utf8(output.stdout).unwrap();
        assert_eq!(read.split_terminator('\0').collect::<Vec<_>>(), texts);
    }
}
