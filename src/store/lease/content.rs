//! What a lease file says.

use serde::{Deserialize, Serialize};

use super::process::Process;
use crate::machine::clock::today;
use crate::machine::program;

const FORMAT: u32 = 1;
/// So much the text may grow while it is held: digits of the counter, and the name of the stage.
const ROOM: usize = 32;

/// What a lease gives the right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Purpose {
    /// To compute, and to write files with the number of the run in their names.
    Run,
    /// The same, next to other shares of one sweep.
    Share,
    /// To replace the results and to remove journals.
    Reduce,
}

/// Whether the holder still looks for others that were first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    Starting,
    Working,
    /// The holder has given it up; only the file could not be removed.
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    format: u32,
    pub(super) purpose: Purpose,
    pub(super) host: String,
    boot_id: String,
    namespaces: String,
    pid: u32,
    process_start: u64,
    program_version: String,
    since: String,
    /// Of this lease alone.
    pub(super) token: String,
    pub(super) stage: Stage,
    /// Grows every second.
    pub(super) counter: u64,
}

impl Content {
    pub(super) fn new(purpose: Purpose, process: Process, token: String) -> Self {
        Self {
            format: FORMAT,
            purpose,
            host: process.host,
            boot_id: process.boot_id,
            namespaces: process.namespaces,
            pid: process.pid,
            process_start: process.start,
            program_version: program::version().into(),
            since: humantime::format_rfc3339_seconds(today()).to_string(),
            token,
            stage: match purpose {
                Purpose::Run | Purpose::Share => Stage::Starting,
                Purpose::Reduce => Stage::Working,
            },
            counter: 0,
        }
    }

    /// None if it is torn, or of a format that this program does not know.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|content: &Self| content.format == FORMAT)
    }

    /// Readable text that ends in a newline.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// The length at which this lease is written, always the same one, so that a reader never sees a longer one's end.
    pub(super) fn length(&self) -> Result<usize, serde_json::Error> {
        self.text().map(|text| text.len() + ROOM)
    }

    /// The text with spaces before the newline, which JSON allows.
    pub(super) fn bytes(&self, length: usize) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = self.text()?.trim_end().as_bytes().to_vec();
        // Bytes, not letters: the name of a host may have other letters than those of ASCII.
        bytes.resize(length.saturating_sub(1).max(bytes.len()), b' ');
        bytes.push(b'\n');
        Ok(bytes)
    }

    pub(super) fn process(&self) -> Process {
        Process {
            host: self.host.clone(),
            boot_id: self.boot_id.clone(),
            namespaces: self.namespaces.clone(),
            pid: self.pid,
            start: self.process_start,
        }
    }

    pub(super) fn holder(&self) -> String {
        format!("host {}, pid {}, since {}", self.host, self.pid, self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_stays_whatever_the_counter_and_every_torn_text_is_seen() {
        let mut content = Content::new(Purpose::Run, Process::own(), "token".into());
        let length = content.length().unwrap();
        let first = content.bytes(length).unwrap();
        (content.counter, content.stage) = (u64::MAX, Stage::Working);
        let last = content.bytes(length).unwrap();
        assert_eq!((first.len(), last.len(), last.last()), (length, length, Some(&b'\n')), "bytes");
        assert_eq!(Content::parse(&last), Some(content));
        for cut in 0..first.trim_ascii_end().len() {
            assert_eq!(Content::parse(&first[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn the_length_stays_for_a_host_with_any_letters() {
        let process = Process { host: "München".into(), ..Process::own() };
        let content = Content::new(Purpose::Run, process, "token".into());
        let length = content.length().unwrap();
        assert_eq!(content.bytes(length).unwrap().len(), length);
    }

    #[test]
    fn a_later_format_is_not_understood() {
        let later = Content { format: 2, ..Content::new(Purpose::Run, Process::own(), "token".into()) };
        assert_eq!(Content::parse(later.text().unwrap().as_bytes()), None);
    }
}
