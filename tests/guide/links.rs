//! The links of documents, and the headings that they lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a document leads to, and what in it can be led to.
#[derive(Default)]
struct Document {
    /// Lines and destinations.
    links: Vec<(usize, String)>,
    anchors: BTreeSet<String>,
}

impl Document {
    fn parse(text: &str) -> Self {
        let mut document = Self::default();
        let mut heading: Option<String> = None;
        for (event, place) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => document.note_anchor(&heading.take().unwrap_or_default()),
                Event::Text(part) | Event::Code(part) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&part);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    document.links.push((text[..place.start].matches('\n').count() + 1, dest_url.to_string()));
                }
                _ => {}
            }
        }
        document
    }

    /// As GitHub makes anchors of headings: small letters, hyphens for spaces, no punctuation; a number for the second.
    fn note_anchor(&mut self, heading: &str) {
        let kept = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
        let anchor: String = heading.to_lowercase().chars().filter(kept).collect();
        let anchor = anchor.replace(' ', "-");
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(numbered).find(|name| !self.anchors.contains(name));
        self.anchors.extend(free);
    }
}

/// Every link to a file or heading that is not there; documents are paths below `root`.
pub(crate) fn broken(root: &Path, documents: &BTreeSet<String>) -> Vec<String> {
    let read = |path: &String| Document::parse(&std::fs::read_to_string(root.join(path)).unwrap());
    let known: BTreeMap<&str, Document> = documents.iter().map(|path| (path.as_str(), read(path))).collect();
    let mut broken = Vec::new();
    for (path, document) in &known {
        for (line, link) in &document.links {
            if let Some(why) = why_broken(root, path, link, &known) {
                broken.push(format!("{path}:{line}: {link}: {why}"));
            }
        }
    }
    broken
}

fn why_broken(root: &Path, from: &str, link: &str, known: &BTreeMap<&str, Document>) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let target = if file.is_empty() { PathBuf::from(from) } else { normal(&folder.join(file)) };
    if !root.join(&target).exists() {
        return Some("there is no such file".into());
    }
    if anchor.is_empty() {
        return None;
    }
    match known.get(target.to_str().unwrap_or_default()) {
        Some(document) if document.anchors.contains(anchor) => None,
        Some(_) => Some(format!("{} has no such heading", target.display())),
        None => Some("only headings of documents can be led to".into()),
    }
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

#[test]
fn headings_become_anchors_as_on_github() {
    let document = Document::parse("# A `[grid]`: axes, 1.5\n\n## One two\n\n## One two\n\n[here](#a-grid-axes-15)\n");
    let anchors: Vec<&str> = document.anchors.iter().map(String::as_str).collect();
    assert_eq!(anchors, ["a-grid-axes-15", "one-two", "one-two-1"]);
    assert_eq!(document.links, [(7, "#a-grid-axes-15".to_string())]);
    let known = BTreeMap::from([("README.md", document)]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(why_broken(root, "README.md", "#one-two", &known), None);
    assert_eq!(why_broken(root, "docs/x.md", "../README.md#one-two-1", &known), None);
    assert_eq!(why_broken(root, "README.md", "https://example.org/#x", &known), None);
    assert!(why_broken(root, "README.md", "#three", &known).is_some());
    assert!(why_broken(root, "README.md", "docs/none.md", &known).is_some());
}
