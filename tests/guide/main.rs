//! The guide and the reference do what they say: every block of their pages runs, and every link leads somewhere.
//!
//! The blocks of a page run in order in a folder of their own. What a block is follows from its language and from the
//! comment before it; `page.rs` lists both. `cargo test --all-features --test guide first_sweep` runs one page.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

mod compare;
mod links;
mod messages;
mod page;
#[path = "../common/python.rs"]
#[allow(dead_code, reason = "only the interpreter is needed here")]
mod python;
mod runner;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use page::{Mark, Page};

/// Pages in which no block runs, each for a reason.
const NOTHING_RUNS: [(&str, &str); 3] = [
    ("docs/guide/README.md", "a list of the pages"),
    ("docs/guide/adding-a-model.md", "its Rust is a documentation test of src/lib.rs"),
    ("docs/reference/README.md", "a list of the pages"),
];

macro_rules! pages {
    ($($test:ident: $path:literal,)*) => {
        const PAGES: &[&str] = &[$($path),*];
        $(
            #[test]
            fn $test() {
                check($path);
            }
        )*
    };
}

pages! {
    readme: "README.md",
    guide: "docs/guide/README.md",
    adding_a_model: "docs/guide/adding-a-model.md",
    cluster: "docs/guide/cluster.md",
    determinism: "docs/guide/determinism.md",
    figures_and_report: "docs/guide/figures-and-report.md",
    first_sweep: "docs/guide/first-sweep.md",
    precision_and_infinite_size: "docs/guide/precision-and-infinite-size.md",
    reading_results: "docs/guide/reading-results.md",
    resume_and_grow: "docs/guide/resume-and-grow.md",
    reference: "docs/reference/README.md",
    benchmarks: "docs/reference/benchmarks.md",
    directory: "docs/reference/directory.md",
    errors: "docs/reference/errors.md",
    exit_codes: "docs/reference/exit-codes.md",
    results_file: "docs/reference/results-file.md",
    sweep_file: "docs/reference/sweep-file.md",
    verbs: "docs/reference/verbs.md",
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of Markdown in a folder and the folders in it, by their paths in the project.
fn markdown_in(folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.insert(path.strip_prefix(root()).unwrap().to_str().unwrap().to_string());
            }
        }
    }
    found
}

fn read(path: &str) -> Page {
    Page::parse(path, &std::fs::read_to_string(root().join(path)).unwrap())
}

/// Reads a page and runs it; fails with every block that does not do what the page says.
fn check(path: &str) {
    let page = read(path);
    let slurm_tests = std::fs::read_to_string(root().join("tests/slurm/run")).unwrap();
    let mut problems = page.problems(&slurm_tests);
    let excuse = NOTHING_RUNS.iter().find(|(excused, _)| *excused == path);
    match (page.blocks.iter().any(page::Block::runs), excuse) {
        (false, None) => problems.push(format!("{path}: no block of this page runs")),
        (true, Some((_, reason))) => problems.push(format!("{path}: has blocks that run, and is more than {reason}")),
        _ => {}
    }
    if problems.is_empty() {
        problems = runner::run(&page);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn every_page_on_disk_is_tested() {
    let mut on_disk = &markdown_in("docs/guide") | &markdown_in("docs/reference");
    on_disk.insert("README.md".into());
    assert_eq!(on_disk, PAGES.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
}

#[test]
fn rust_stands_only_where_the_documentation_tests_see_it() {
    let is_rust = |block: &page::Block| block.language == "rust";
    let with_rust: Vec<&str> = PAGES.iter().copied().filter(|path| read(path).blocks.iter().any(is_rust)).collect();
    assert_eq!(with_rust, ["docs/guide/adding-a-model.md"]);
    let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    assert!(library.contains("include_str!(\"../docs/guide/adding-a-model.md\")"));
}

#[test]
fn no_output_waits_to_be_renewed() {
    let waits = |path: &&str| {
        let page = read(path);
        let waiting = page.blocks.iter().filter(|block| block.mark == Some(Mark::ToBeRenewed));
        waiting.map(|block| format!("{path}:{}", block.line)).collect::<Vec<_>>()
    };
    assert_eq!(PAGES.iter().flat_map(waits).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn every_error_of_the_reference_is_a_message_of_the_source() {
    let page = std::fs::read_to_string(root().join("docs/reference/errors.md")).unwrap();
    let unknown = messages::unknown(&page, &root().join("src"));
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn every_link_and_anchor_of_the_documents_leads_somewhere() {
    let mut documents = markdown_in("docs");
    let more = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "slurm/README.md"];
    documents.extend(more.map(String::from));
    let broken = links::broken(root(), &documents);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
