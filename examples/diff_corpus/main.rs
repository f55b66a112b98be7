//! Measures and checks the structural diff on pairs of releases: `diff_corpus [--check] [--sample N] FOLDER…`.
//!
//! In: folders with `old/` and `new/` somewhere below them, as `scripts/diff-corpus` makes them. Out: the slowest pairs,
//! every violation of an invariant, and one line of JSON with processor times of one thread. `--check` checks the
//! invariants (slow: hundreds of parses a pair), `--growth` diffs one file doubled from 1,000 to 256,000 lines and lists
//! of 1,000 and 16,000 elements of which most changed, `--sample N` writes the paths of N pairs, one pair a line, for
//! other programs to diff.

mod check;
mod growth;
mod rewritten;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use kerf::diff::{ChangedFile, FilePair, Side, diff};
use kerf::syntax::{Language, language_of};
use nix::time::{ClockId, clock_gettime};
use serde_json::json;

/// Two versions of a file.
struct Pair {
    name: String,
    old: PathBuf,
    new: PathBuf,
    language: &'static Language,
}

#[derive(Default)]
struct Sums {
    pairs: usize,
    bytes: usize,
    units: usize,
    coarse: usize,
    /// Pairs that the grammar alone reads with errors, and those that kerf does.
    unreadable: usize,
    with_parse_errors: usize,
    /// Pairs of large bundles, which are compared by lines: in no sum of times.
    bundles: usize,
    violations: usize,
    parse: Duration,
    diff: Duration,
    slowest: Vec<(Duration, Duration, String)>,
}

/// Processor time of this process; the diff runs on one thread here.
fn cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// Adds files that are on both sides and differ.
fn pairs(old: &Path, new: &Path, name: &str, found: &mut Vec<Pair>) -> anyhow::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(old)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let file = entry.file_name().to_string_lossy().into_owned();
        let (a, b, name) = (entry.path(), new.join(entry.file_name()), format!("{name}/{file}"));
        if entry.file_type()?.is_dir() && b.is_dir() {
            pairs(&a, &b, &name, found)?;
        } else if let (true, Some(language)) = (b.is_file(), language_of(&name)) {
            let (x, y) = (std::fs::read(&a)?, std::fs::read(&b)?);
            let text = std::str::from_utf8(&x).is_ok() && std::str::from_utf8(&y).is_ok();
            if x != y && text && !x.is_empty() && !y.is_empty() {
                found.push(Pair { name, old: a, new: b, language });
            }
        }
    }
    Ok(())
}

/// Finds `old` beside `new` below a folder.
fn releases(folder: &Path, found: &mut Vec<Pair>) -> anyhow::Result<()> {
    let (old, new) = (folder.join("old"), folder.join("new"));
    if old.is_dir() && new.is_dir() {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return pairs(&old, &new, &name, found);
    }
    let mut below: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    below.retain(|path| path.is_dir());
    below.sort();
    below.iter().try_for_each(|path| releases(path, found))
}

/// A changed file as the diff takes it.
fn changed(path: &str, old: &[u8], new: &[u8]) -> ChangedFile {
    let side = |bytes: &[u8]| Side { path: path.to_owned(), mode: 0o100_644, bytes: Arc::from(bytes) };
    ChangedFile { old: Some(side(old)), new: Some(side(new)) }
}

/// Processor time of parsing both sides and nothing else.
fn parse_only(language: &'static Language, sides: [&[u8]; 2]) -> anyhow::Result<(Duration, bool)> {
    let start = cpu();
    let mut errors = false;
    for bytes in sides {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&language.kinds().grammar)?;
        errors |= parser.parse(bytes, None).is_some_and(|tree| tree.root_node().has_error());
    }
    Ok((cpu().saturating_sub(start), errors))
}

/// A side has errors as kerf reads it.
fn read_with_errors(files: &[FilePair], name: &str) -> bool {
    files.iter().filter(|file| file.language.is_some()).any(|file| {
        let sides = [file.old_as(name), file.new_as(name)];
        sides.into_iter().flatten().any(|side| side.tree.root_node().has_error())
    })
}

fn main() -> anyhow::Result<()> {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global()?;
    let (mut checks, mut sample, mut folders) = (false, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--growth" => {
                growth::run()?;
                return rewritten::run();
            }
            "--check" => checks = true,
            "--sample" => sample = Some(arguments.next().context("--sample N")?.parse::<usize>()?),
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    let mut all = Vec::new();
    folders.iter().try_for_each(|folder| releases(folder, &mut all))?;
    if let Some(count) = sample {
        for pair in all.iter().step_by((all.len() / count.max(1)).max(1)).take(count) {
            println!("{}\t{}", pair.old.display(), pair.new.display());
        }
        return Ok(());
    }
    let mut sums = Sums::default();
    for pair in &all {
        let (old, new) = (std::fs::read(&pair.old)?, std::fs::read(&pair.new)?);
        let (parse, errors) = parse_only(pair.language, [&old, &new])?;
        let files = [changed(&pair.name, &old, &new)];
        let start = cpu();
        let result = diff(&files);
        let mut took = cpu().saturating_sub(start);
        sums.pairs += 1;
        sums.bytes += old.len() + new.len();
        sums.units += result.units.len();
        sums.coarse += usize::from(result.files.iter().any(|file| file.coarse));
        sums.unreadable += usize::from(errors);
        sums.with_parse_errors += usize::from(read_with_errors(&result.files, &pair.name));
        let bundle = result.files.iter().any(|file| file.language.is_none());
        sums.bundles += usize::from(bundle);
        if checks {
            for violation in check::violations(&files[0], &result, pair.language) {
                println!("{}: {violation}", pair.name);
                sums.violations += 1;
            }
        }
        // Parsing alone frees its trees too.
        let start = cpu();
        drop(result);
        took += cpu().saturating_sub(start);
        if !bundle {
            sums.parse += parse;
            sums.diff += took;
        }
        sums.slowest.push((took, parse, pair.name.clone()));
    }
    sums.slowest.sort_by(|a, b| b.cmp(a));
    for (took, parse, name) in sums.slowest.iter().take(12) {
        println!("{:8.1} ms, parse only {:6.1} ms: {name}", millis(*took), millis(*parse));
    }
    println!(
        "{}",
        json!({
            "pairs": sums.pairs,
            "bytes": sums.bytes,
            "units": sums.units,
            "coarse": sums.coarse,
            "unreadable": sums.unreadable,
            "with_parse_errors": sums.with_parse_errors,
            "bundles": sums.bundles,
            "checked": checks,
            "violations": sums.violations,
            "parse_ms": millis(sums.parse),
            "diff_ms": millis(sums.diff),
            "ratio": sums.diff.as_secs_f64() / sums.parse.as_secs_f64().max(1e-9),
            "slowest_ms": sums.slowest.first().map(|(took, ..)| millis(*took)),
        })
    );
    anyhow::ensure!(sums.violations == 0, "{} violations", sums.violations);
    Ok(())
}

/// Milliseconds to three places.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
