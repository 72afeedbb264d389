//! Imports run one way, files and functions stay short: what ARCHITECTURE.md promises, read off the source.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, ImplItemFn, Item, ItemFn, ItemMod, ItemUse, TraitItemFn, UseTree, Visibility};

/// Modules by themselves, from left to right: each may import what stands to its left, less what [`FORBIDDEN`] says.
const ORDER: [&str; 17] = [
    "machine",
    "wording",
    "duration",
    "shell",
    "instruction_set",
    "random",
    "models",
    "experiment",
    "catalogue",
    "sweep",
    "schedule",
    "store",
    "results",
    "report",
    "slurm",
    "cli",
    "fuzzing",
];

/// What a module may not import although it stands to its left.
const FORBIDDEN: [(&str, &[&str]); 6] = [
    ("experiment", &["models"]),
    ("sweep", &["models"]),
    ("schedule", &["models", "experiment", "catalogue"]),
    ("store", &["models", "catalogue", "schedule"]),
    ("results", &["models", "catalogue", "schedule"]),
    ("report", &["models", "catalogue", "schedule", "store"]),
];

/// Folders that only tests compile.
const SIMULATIONS: [&str; 2] = ["machine/simulated", "cli/run/simulation"];

/// The files that speak to clocks, files, threads and MPI; the rest of the scheduler and of the store does not.
const DRIVERS: [&str; 2] = ["schedule/launch.rs", "schedule/mpi.rs"];
/// Drivers that go through `machine`, and are as short.
const SIMULATED_DRIVERS: [&str; 4] =
    ["schedule/drive/follow.rs", "schedule/drive/lead.rs", "schedule/drive/mod.rs", "schedule/pool.rs"];
/// What must go through the module `machine`, and where: all that a run does, which histories simulate.
const OF_DRIVERS: [&str; 11] = [
    "std::fs",
    "Instant",
    "SystemTime",
    "std::thread",
    "thread::",
    "mpi::",
    "std::process",
    "libc::write",
    "nix::",
    "rustix::fs",
    "rustix::process",
];
const SIMULATED: [&str; 6] = ["cli/publication.rs", "cli/reduce.rs", "cli/run", "results/file", "schedule", "store"];
const LONGEST_DRIVER: usize = 150;

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

/// A path from the root of the crate, such as `["models", "perceptron", "weights"]`.
type ModulePath = Vec<String>;

/// One source file without its tests: what it imports, and how long its functions are.
#[derive(Default)]
struct Source {
    path: PathBuf,
    /// That of a `mod.rs` is its folder's.
    module: ModulePath,
    imports: BTreeSet<ModulePath>,
    /// First line and number of lines of each function body.
    functions: Vec<(usize, usize)>,
    /// Lines before the tests.
    length: usize,
}

impl Source {
    fn read(path: &Path, root: &Path) -> Self {
        let relative = path.strip_prefix(root).unwrap().with_extension("");
        let mut module: ModulePath = relative.iter().map(|part| part.to_str().unwrap().to_string()).collect();
        if ["mod", "lib", "main"].contains(&module.last().unwrap().as_str()) {
            module.pop();
        }
        let mut source = Self::parse(&std::fs::read_to_string(path).unwrap(), module);
        source.path = path.to_path_buf();
        source
    }

    fn parse(text: &str, module: ModulePath) -> Self {
        let file = syn::parse_file(text).unwrap();
        // Tests in a file of their own are declared anywhere.
        let is_inline = |module: &ItemMod| is_test(&module.attrs) && module.content.is_some();
        let tests = file.items.iter().find(|item| matches!(item, Item::Mod(module) if is_inline(module)));
        let length = tests.map_or(text.lines().count(), |tests| tests.span().start().line);
        let mut source = Self { module, length, ..Self::default() };
        source.visit_file(&file);
        source
    }

    /// Notes a path that begins with `crate`, `super` or `self`. What it re-exports does not count: see
    /// [`Source::visit_item_use`].
    fn note(&mut self, path: &[String]) {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let base = match path.first().map(String::as_str) {
            Some("crate") => Some(Vec::new()),
            Some("self") => Some(self.module.clone()),
            Some("super") => self.module.len().checked_sub(ups).map(|kept| self.module[..kept].to_vec()),
            _ => None,
        };
        if let Some(base) = base {
            self.imports.insert(base.into_iter().chain(path[ups.max(1)..].iter().cloned()).collect());
        }
    }

    fn note_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.note_tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) => self.note_name(with(name.ident.to_string())),
            UseTree::Rename(name) => self.note_name(with(name.ident.to_string())),
            UseTree::Glob(_) => self.note_name(before.to_vec()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.note_tree(before, tree)),
        }
    }

    /// In a `mod.rs`, a path that begins with none of the three is that of a child, or of another crate.
    fn note_name(&mut self, mut path: Vec<String>) {
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        if !["crate", "super", "self"].contains(&path[0].as_str()) {
            path.insert(0, "self".into());
        }
        self.note(&path);
    }

    fn measure(&mut self, start: usize, block: &Block) {
        self.functions.push((start, block.span().end().line - start + 1));
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

impl<'a> Visit<'a> for Source {
    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    /// A module that passes on what its children have is not made of them.
    fn visit_item_use(&mut self, item: &'a ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            self.note_tree(&[], &item.tree);
        }
    }

    /// `pub(super)` imports nothing.
    fn visit_visibility(&mut self, _visibility: &'a Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.note(&path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.measure(item.sig.span().start().line, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.measure(item.sig.span().start().line, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(item.sig.span().start().line, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let is_simulation = |source: &Source| SIMULATIONS.iter().any(|folder| source.path.starts_with(root.join(folder)));
    all_sources().into_iter().filter(|source| !is_simulation(source)).collect()
}

/// Also those that only tests compile.
fn all_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None => folders.push(path),
                Some(extension) if extension != "rs" || path.ends_with("tests.rs") => {}
                Some(_) => sources.push(Source::read(&path, &root)),
            }
        }
    }
    assert!(sources.len() > 100, "{} files", sources.len());
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    sources
}

/// The parts of the crate that each of its parts imports.
fn parts(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut parts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let Some(own) = source.module.first() else { continue };
        let imported = source.imports.iter().filter_map(|path| path.first());
        let others = imported.filter(|other| *other != own && ORDER.contains(&other.as_str()));
        parts.entry(own.clone()).or_default().extend(others.cloned());
    }
    parts
}

/// The files that import themselves, by way of others.
fn in_circles(sources: &[Source]) -> Vec<&ModulePath> {
    // The file of an item is that with the longest path which the item's path begins with.
    let file = |path: &ModulePath| {
        (1..=path.len()).rev().find_map(|length| sources.iter().position(|file| file.module == path[..length]))
    };
    let imported: Vec<BTreeSet<usize>> = sources
        .iter()
        .enumerate()
        .map(|(own, source)| source.imports.iter().filter_map(file).filter(|other| *other != own).collect())
        .collect();
    let reaches_itself = |start: &usize| {
        let (mut reached, mut left) = (BTreeSet::new(), vec![*start]);
        while let Some(from) = left.pop() {
            left.extend(imported[from].iter().filter(|to| reached.insert(**to)));
        }
        reached.contains(start)
    };
    (0..sources.len()).filter(reaches_itself).map(|index| &sources[index].module).collect()
}

#[test]
fn imports_run_from_left_to_right() {
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    for (own, others) in parts(&sources()) {
        let here = place(&own).unwrap_or_else(|| panic!("`{own}` has no place in the order"));
        let forbidden = FORBIDDEN.iter().find(|(name, _)| *name == own).map_or(&[][..], |(_, names)| names);
        for other in others {
            assert!(place(&other) < Some(here), "{own} imports {other}, which stands to its right");
            assert!(!forbidden.contains(&other.as_str()), "{own} imports {other}");
        }
    }
}

#[test]
fn models_know_science_only() {
    let allowed = ["models", "random", "instruction_set"].map(String::from);
    let imported = &parts(&sources())["models"];
    assert!(imported.iter().all(|other| allowed.contains(other)), "{imported:?}");
}

#[test]
fn only_the_catalogue_knows_models_and_what_an_experiment_is() {
    let both = |others: &BTreeSet<String>| others.contains("models") && others.contains("experiment");
    let parts = parts(&sources());
    let knowing: Vec<&String> = parts.iter().filter(|(_, others)| both(others)).map(|(own, _)| own).collect();
    assert_eq!(knowing, ["catalogue"]);
}

#[test]
fn only_commands_and_reports_know_results() {
    let parts = parts(&sources());
    let knowing = parts.iter().filter(|(_, others)| others.contains("results")).map(|(own, _)| own);
    assert_eq!(knowing.collect::<Vec<_>>(), ["cli", "fuzzing", "report"]);
}

#[test]
fn only_the_drawing_knows_the_crates_that_draw() {
    const CRATES: [&str; 5] = ["plotters", "resvg", "quick_xml", "colorous", "ttf_parser"];
    let text = |source: &Source| std::fs::read_to_string(&source.path).unwrap();
    let knows = |source: &Source| CRATES.iter().any(|name| text(source).contains(&format!("{name}::")));
    let sources = sources();
    let knowing: Vec<&Source> = sources.iter().filter(|source| knows(source)).collect();
    let drawing = ["report", "figure", "draw"].map(String::from);
    assert!(knowing.len() > 5);
    for source in knowing {
        assert!(source.module.starts_with(&drawing), "{}", source.path.display());
    }
}

#[test]
fn no_imports_go_in_a_circle() {
    let sources = sources();
    let imports: usize = sources.iter().map(|source| source.imports.len()).sum();
    assert!(imports > 500, "{imports} imports were read");
    let circles: Vec<String> = in_circles(&sources).iter().map(|module| module.join("::")).collect();
    assert_eq!(circles, [""; 0]);
}

#[test]
fn files_and_functions_are_short() {
    let sources = all_sources();
    assert!(sources.iter().map(|source| source.functions.len()).sum::<usize>() > 800);
    for Source { path, length, functions, .. } in &sources {
        assert!(*length <= LONGEST_FILE, "{}: {length} lines", path.display());
        for (start, lines) in functions {
            assert!(*lines <= LONGEST_FUNCTION, "{}:{start}: a function of {lines} lines", path.display());
        }
    }
}

#[test]
fn only_drivers_know_clocks_files_threads_and_mpi() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = sources();
    let is_driver = |source: &&Source| {
        DRIVERS.iter().any(|driver| source.path == root.join(driver)) || source.module[..1] == ["machine".to_string()]
    };
    let (drivers, others): (Vec<&Source>, Vec<&Source>) =
        sources.iter().filter(|source| !source.module.is_empty()).partition(is_driver);
    assert!(drivers.len() > 5);
    let own = |name: &str| others.iter().copied().find(|source| source.path == root.join(name)).unwrap();
    for source in drivers.into_iter().chain(SIMULATED_DRIVERS.map(own)) {
        assert!(source.length <= LONGEST_DRIVER, "{}: {} lines", source.path.display(), source.length);
    }
    for name in SIMULATED {
        assert!(others.iter().any(|source| source.path.starts_with(root.join(name))), "there is no {name}");
    }
    let is_simulated = |source: &&&Source| SIMULATED.iter().any(|name| source.path.starts_with(root.join(name)));
    for source in others.iter().filter(is_simulated) {
        let text = std::fs::read_to_string(&source.path).unwrap();
        let code = text.lines().take(source.length).filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let line = line.replace("threads::", "");
            let found = OF_DRIVERS.iter().find(|word| line.contains(**word));
            assert_eq!(found, None, "{}: {line}", source.path.display());
        }
    }
}

/// What the tests above stand on.
mod reading {
    use super::*;

    fn path(text: &str) -> ModulePath {
        text.split("::").map(String::from).collect()
    }

    fn imported(text: &str) -> Vec<String> {
        Source::parse(text, path("store::fold")).imports.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn every_way_to_import_is_read() {
        assert_eq!(imported("use crate::{cli, sweep::{Sweep, Task}};"), ["cli", "sweep::Sweep", "sweep::Task"]);
        assert_eq!(imported("use super::{contents, Record as R};"), ["store::Record", "store::contents"]);
        assert_eq!(imported("use super::super::cli::*;"), ["cli"]);
        assert_eq!(imported("fn f() -> crate::cli::Exit { super::read() }"), ["cli::Exit", "store::read"]);
        assert_eq!(imported("use child::Thing;"), ["store::fold::child::Thing"]);
        assert_eq!(imported("pub use child::Thing;"), [""; 0]);
        assert_eq!(imported("pub(super) struct Thing;"), [""; 0]);
        assert_eq!(imported("#[cfg(test)]\nmod tests { use crate::cli::Exit; }"), [""; 0]);
    }

    #[test]
    fn every_function_is_measured() {
        let text =
            "pub(crate) fn a() {\n}\nimpl A {\n  pub(super) const fn b(\n    x: u8,\n  ) -> u8 {\n    x\n  }\n}\n";
        assert_eq!(Source::parse(text, path("a")).functions, [(1, 2), (4, 5)]);
    }

    #[test]
    fn tests_of_a_file_do_not_count_and_those_elsewhere_hide_nothing() {
        let length = |text: &str| Source::parse(text, path("a")).length;
        assert_eq!(length("fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\n"), 2);
        assert_eq!(length("#[cfg(test)]\nmod tests;\nfn a() {}\nfn b() {}\n"), 4);
    }

    #[test]
    fn circles_are_found_whatever_their_length() {
        let files = |texts: &[(&str, &str)]| -> Vec<Source> {
            texts.iter().map(|(module, text)| Source::parse(text, path(module))).collect()
        };
        let line = files(&[("a", "use crate::b::B;"), ("b", "use crate::c::C;"), ("c", "")]);
        assert!(in_circles(&line).is_empty());
        let circle =
            files(&[("a", "use crate::b::B;"), ("b", "use crate::c;"), ("c", "use crate::{a, b};"), ("d", "")]);
        assert_eq!(in_circles(&circle), [&path("a"), &path("b"), &path("c")]);
        let parent = files(&[("a", "mod b; use b::B; pub struct A;"), ("a::b", "use super::A;")]);
        assert_eq!(in_circles(&parent).len(), 2);
        let passes_on = files(&[("a", "mod b; pub use b::B; pub struct A;"), ("a::b", "use super::A;")]);
        assert_eq!(in_circles(&passes_on).len(), 0);
    }
}
