//! A page as data: its blocks, and the comments that mark them.
//!
//! | language | comment before the block | what happens |
//! |---|---|---|
//! | `sh` | none | `bash -e` runs it; a line that ends with `# exits with 3` must have this exit code |
//! | `python`, `r` | none | the Python of the tests, or Rscript, runs it |
//! | `toml` | `file: NAME` | it is saved under this name, and `microzone plan` accepts it |
//! | `toml` | `fragment of: NAME` | its tables take the place of those in that file, which `microzone plan` accepts |
//! | `toml` | `profile: NAME` | it is saved as a profile, which `microzone submit --dry-run` accepts |
//! | any of these | `not run: REASON` | nothing |
//! | `console`, `text` | `output`, `errors` | it is what the last block that ran has printed (`…`: anything) |
//! | `console`, `text` | none | nothing: it is there to be read |
//! | `console`, `text` | `output to be renewed` | nothing, but one test fails as long as there is such a block |

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The shortest reason for which a block may not run, in letters.
const SHORTEST_REASON: usize = 10;
/// How a reason names a case of the tests with a real Slurm.
const SLURM_CASE: &str = "tests/slurm/run, case ";

/// What the comment before a block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    File(String),
    FragmentOf(String),
    Profile(String),
    NotRun(String),
    Output,
    Errors,
    ToBeRenewed,
}

impl Mark {
    fn read(comment: &str) -> Option<Self> {
        let (key, value) = comment.split_once(':').unwrap_or((comment, ""));
        let value = value.trim().to_string();
        Some(match (key.trim(), value.is_empty()) {
            ("file", false) => Self::File(value),
            ("fragment of", false) => Self::FragmentOf(value),
            ("profile", false) => Self::Profile(value),
            ("not run", false) => Self::NotRun(value),
            ("output", true) => Self::Output,
            ("errors", true) => Self::Errors,
            ("output to be renewed", true) => Self::ToBeRenewed,
            _ => return None,
        })
    }
}

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Where it begins.
    pub(crate) line: usize,
    pub(crate) language: String,
    pub(crate) text: String,
    pub(crate) mark: Option<Mark>,
}

impl Block {
    /// Whether something happens that can fail.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.language.as_str(), "sh" | "python" | "r" | "toml") && !matches!(self.mark, Some(Mark::NotRun(_)))
    }

    /// Why it is not clear what to do with the block, if so.
    fn problem(&self, slurm_tests: &str) -> Option<String> {
        use Mark::{Errors, File, FragmentOf, NotRun, Output, Profile, ToBeRenewed};
        match (self.language.as_str(), &self.mark) {
            ("sh" | "python" | "r" | "toml", Some(NotRun(reason))) => unfounded(reason, slurm_tests),
            ("sh" | "python" | "r" | "rust", None) => None,
            ("toml", Some(File(_) | FragmentOf(_) | Profile(_))) => None,
            ("console" | "text", None | Some(Output | Errors | ToBeRenewed)) => None,
            ("toml", None) => Some("a block of TOML without a mark: file, fragment of, profile or not run".into()),
            (language, Some(mark)) => Some(format!("a block of {language:?} cannot have the mark {mark:?}")),
            (language, None) => Some(format!("{language:?} is no language of a block")),
        }
    }
}

/// Why a reason is none.
fn unfounded(reason: &str, slurm_tests: &str) -> Option<String> {
    if reason.chars().count() < SHORTEST_REASON {
        return Some(format!("{reason:?} is no reason not to run a block"));
    }
    let (_, case) = reason.split_once(SLURM_CASE)?;
    let is_there = slurm_tests.lines().any(|line| line.strip_suffix("() {") == Some(case));
    (!is_there).then(|| format!("tests/slurm/run has no case {case:?}"))
}

/// All blocks of a page, in order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) blocks: Vec<Block>,
    /// Comments that mark no block, or are not known.
    strays: Vec<(usize, String)>,
}

impl Page {
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let mut page = Self { path: path.into(), blocks: Vec::new(), strays: Vec::new() };
        let mut waiting: Option<(usize, Mark)> = None;
        let mut open: Option<Block> = None;
        for (event, place) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            let line = text[..place.start].matches('\n').count() + 1;
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => "indented".into(),
                    };
                    let mark = waiting.take().map(|(_, mark)| mark);
                    open = Some(Block { line, language, text: String::new(), mark });
                }
                Event::Text(part) => {
                    if let Some(block) = &mut open {
                        block.text.push_str(&part);
                    }
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(open.take()),
                Event::Html(html) if !html.trim().is_empty() => {
                    page.note_comment(line, &html, &mut waiting);
                }
                Event::Start(Tag::HtmlBlock) => {}
                Event::Start(_) => page.note_stray(&mut waiting),
                _ => {}
            }
        }
        page.note_stray(&mut waiting);
        page
    }

    fn note_comment(&mut self, line: usize, html: &str, waiting: &mut Option<(usize, Mark)>) {
        self.note_stray(waiting);
        let comment = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
        match comment.and_then(|comment| Mark::read(comment.trim())) {
            Some(mark) => *waiting = Some((line, mark)),
            None => self.strays.push((line, format!("{:?} is no mark", html.trim()))),
        }
    }

    fn note_stray(&mut self, waiting: &mut Option<(usize, Mark)>) {
        if let Some((line, mark)) = waiting.take() {
            self.strays.push((line, format!("no block follows the mark {mark:?}")));
        }
    }

    /// What is wrong with the page before anything runs; `slurm_tests` is the text of tests/slurm/run.
    pub(crate) fn problems(&self, slurm_tests: &str) -> Vec<String> {
        let strays = self.strays.iter().cloned();
        let unclear = self.blocks.iter().filter_map(|block| Some((block.line, block.problem(slurm_tests)?)));
        strays.chain(unclear).map(|(line, what)| format!("{}:{line}: {what}", self.path)).collect()
    }
}

#[test]
fn what_is_not_understood_is_a_problem() {
    let problems = |text: &str| Page::parse("page.md", text).problems("a_case() {\n");
    let block = |mark: &str, language: &str| format!("Text.\n\n{mark}\n```{language}\nx\n```\n");
    for (mark, language) in [
        ("", "sh"),
        ("", "text"),
        ("<!-- file: a.toml -->", "toml"),
        ("<!-- output -->", "console"),
        ("<!-- not run: needs Slurm; tests/slurm/run, case a_case -->", "sh"),
    ] {
        assert_eq!(problems(&block(mark, language)), [""; 0], "{mark} {language}");
    }
    for (mark, language, said) in [
        ("", "toml", "page.md:4: a block of TOML without a mark"),
        ("", "", "is no language of a block"),
        ("", "ruby", "is no language of a block"),
        ("<!-- output -->", "sh", "cannot have the mark"),
        ("<!-- not run -->", "sh", "page.md:3: \"<!-- not run -->\" is no mark"),
        ("<!-- not run: no -->", "sh", "is no reason"),
        ("<!-- not run: needs Slurm; tests/slurm/run, case none -->", "sh", "has no case \"none\""),
        ("<!-- outptu -->", "text", "is no mark"),
        ("<!-- output -->\n\nMore text.\n", "text", "no block follows the mark Output"),
    ] {
        let found = problems(&block(mark, language));
        assert!(found.len() == 1 && found[0].contains(said), "{mark} {language}: {found:?}");
    }
    assert_eq!(problems("Text.\n\n    indented\n"), ["page.md:3: \"indented\" is no language of a block"]);
}
