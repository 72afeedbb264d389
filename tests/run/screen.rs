//! What a terminal shows of the bytes that were sent to it.

/// A terminal of so many columns, whose lines never scroll away.
pub(crate) struct Screen {
    columns: usize,
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Lines that did not fit, and were continued in the next one.
    pub(crate) wrapped: Vec<String>,
}

impl Screen {
    /// After all of the output of a program.
    pub(crate) fn after(columns: usize, output: &str) -> Self {
        let mut screen = Self { columns, lines: vec![Vec::new()], row: 0, column: 0, wrapped: Vec::new() };
        let mut letters = output.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\r' => screen.column = 0,
                '\n' => screen.go_to(screen.row + 1),
                '\u{1b}' => {
                    assert_eq!(letters.next(), Some('['), "an escape sequence of another kind");
                    let mut sequence = String::new();
                    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                        sequence.push(digit);
                    }
                    screen.obey(sequence.parse().ok(), letters.next().unwrap());
                }
                letter => screen.put(letter),
            }
        }
        screen
    }

    /// What is there to be read.
    pub(crate) fn text(&self) -> String {
        let line = |line: &Vec<char>| line.iter().collect::<String>().trim_end().to_string();
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn put(&mut self, letter: char) {
        // Only the next letter wraps, as on a real terminal.
        if self.column == self.columns {
            self.wrapped.push(self.lines[self.row].iter().collect());
            self.go_to(self.row + 1);
            self.column = 0;
        }
        let line = &mut self.lines[self.row];
        if line.len() <= self.column {
            line.resize(self.column + 1, ' ');
        }
        line[self.column] = letter;
        self.column += 1;
    }

    fn go_to(&mut self, row: usize) {
        self.row = row;
        if self.lines.len() <= row {
            self.lines.resize(row + 1, Vec::new());
        }
    }

    fn obey(&mut self, number: Option<usize>, command: char) {
        match (command, number) {
            ('A', count) => self.row = self.row.saturating_sub(count.unwrap_or(1)),
            ('B', count) => self.go_to(self.row + count.unwrap_or(1)),
            ('D', count) => self.column = self.column.saturating_sub(count.unwrap_or(1)),
            ('K', Some(2)) => self.lines[self.row].clear(),
            ('K', None) => self.lines[self.row].truncate(self.column),
            ('J', None) => {
                self.lines[self.row].truncate(self.column);
                self.lines.truncate(self.row + 1);
            }
            other => panic!("the sequence {other:?}"),
        }
    }
}
