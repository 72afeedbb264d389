//! What a lease of arbitrary bytes comes to.

use super::content::Content;
use super::process::Process;
use super::sighting::Sighting;

/// Reads a lease, sees who holds it, and writes it as its holder would.
pub(crate) fn lease(bytes: &[u8]) {
    let Some(content) = Content::parse(bytes) else { return };
    let (text, length) = (content.text().unwrap_or_default(), content.length().unwrap_or_default());
    assert!(text.len() < length && content.bytes(length).is_ok_and(|padded| padded.len() == length));
    assert_eq!(Content::parse(text.as_bytes()).as_ref(), Some(&content), "{text}");
    let sighting = Sighting::of("run-0001".into(), content, &Process::own());
    assert!(!sighting.may_still_live().is_empty() && !sighting.is_reducing().is_empty());
}
