//! Prints what the index answers for a folder: one line per reference, tab separated.
//!
//! `index_answers FOLDER`: `file, first byte, last byte, certainty, definitions` with definitions as `file:byte` joined
//! by blanks. `index_answers --time FOLDER`: processor time of parsing alone and of the index, side by side.

use std::io::Write;
use std::path::{Path, PathBuf};

use kerf::patch::{Blob, Tree};
use kerf::syntax::index::{Cache, Certainty, Index};
use kerf::syntax::{Source, language_of};

/// A plain folder as a tree.
struct Folder {
    root: PathBuf,
    paths: Vec<String>,
}

impl Folder {
    fn open(root: &Path) -> Self {
        let walk = ignore::WalkBuilder::new(root).require_git(false).build();
        let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        let mut paths: Vec<String> = files
            .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_str()?.replace('\\', "/")))
            .collect();
        paths.sort();
        Self { root: root.to_owned(), paths }
    }
}

impl Tree for Folder {
    fn blob(&self, path: &str) -> Option<Blob> {
        Some(Blob { mode: 0o100_644, bytes: std::fs::read(self.root.join(path)).ok()? })
    }

    fn paths(&self) -> Vec<String> {
        self.paths.clone()
    }

    fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

fn cpu() -> f64 {
    let time = nix::time::clock_gettime(nix::time::ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("a clock");
    time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9
}

fn time(tree: &Folder) {
    let files: Vec<_> =
        tree.paths.iter().filter_map(|path| Some((language_of(path)?, tree.blob(path)?.bytes))).collect();
    let lines: usize =
        files.iter().map(|(_, bytes)| bytes.iter().filter(|byte| **byte == b'\n').count()).sum();
    let (mut parse, mut grammar, mut index, mut again) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..3 {
        let begin = cpu();
        for (language, bytes) in &files {
            let mut parser = tree_sitter::Parser::new();
            parser.set_language(&language.kinds().grammar).expect("a grammar");
            std::hint::black_box(parser.parse(bytes, None));
        }
        grammar = grammar.min(cpu() - begin);
        let begin = cpu();
        for (language, bytes) in &files {
            std::hint::black_box(Source::parse(language, bytes.clone()));
        }
        parse = parse.min(cpu() - begin);
        let mut cache = Cache::default();
        let begin = cpu();
        std::hint::black_box(Index::read(tree, &mut cache));
        index = index.min(cpu() - begin);
        let begin = cpu();
        std::hint::black_box(Index::read(tree, &mut cache));
        again = again.min(cpu() - begin);
    }
    println!("{} files, {lines} lines", files.len());
    println!(
        "tree-sitter alone {grammar:.3} s, with token and node lists {parse:.3} s, index {index:.3} s, again with a cache {again:.3} s"
    );
    println!("index / tree-sitter alone {:.2}, index / parse {:.2}", index / grammar, index / parse);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.last() else { panic!("index_answers [--time] FOLDER") };
    let tree = Folder::open(Path::new(folder));
    if arguments.len() > 1 {
        time(&tree);
        return;
    }
    let index = Index::read(&tree, &mut Cache::default());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let place = |id| {
        index.symbol(id).map_or(String::new(), |found| format!("{}:{}", found.file, found.name_range.start))
    };
    for path in &tree.paths {
        for found in index.references_in(path) {
            let (certainty, definitions) = match &found.certainty {
                Certainty::Resolved(id) => ("resolved", vec![place(*id)]),
                Certainty::Ambiguous(many) => ("ambiguous", many.iter().map(|id| place(*id)).collect()),
                Certainty::Unknown { external: true } => ("external", Vec::new()),
                Certainty::Unknown { external: false } => ("unknown", Vec::new()),
            };
            let (start, end) = (found.range.start, found.range.end);
            writeln!(out, "{path}\t{start}\t{end}\t{certainty}\t{}", definitions.join(" ")).expect("a pipe");
        }
    }
}
