//! Which test target a block is, and of which package.
//!
//! In: headers and blocks of a scan, and the packages of the tree as far as the caller knows them. Out: for each block
//! the path of its target as ids carry it: `tests/a.rs`, or `crates/core/tests/a.rs` for a member of a workspace.
//!
//! Cargo prints paths relative to the package, not to the tree, and names packages only here and there. What it does
//! keep is order: packages by name, and in each the library, programs, then tests by name. So headers fall into groups
//! of one package each, and a group is named by whatever in it names a package: its library's crate, a program of the
//! package's name, cargo's advice how to run a failure again, or its neighbours.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Package, ReadContext};
use super::block::Block;
use super::line::Header;
use super::scan::Scan;

/// Target of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A test program, by path of its main file.
    Binary(String),
    /// Doctests; their own names carry the file. Folder of the package, where known.
    Doc(Option<String>),
    /// Not known.
    Unknown,
}

/// Targets of all blocks, in order.
pub fn targets(scan: &Scan<'_>, context: &ReadContext, oddities: &mut Vec<String>) -> Vec<Target> {
    let owners = owners(scan);
    let prefixes = prefixes(scan, &owners, context, oddities);
    let paths = paths(scan, context);
    scan.blocks
        .iter()
        .zip(&owners)
        .map(|(block, owner)| {
            let Some(index) = owner else { return from_rerun(block, context) };
            let prefix = prefixes.get(*index).cloned().flatten();
            match &scan.headers[*index].0 {
                Header::Doc { .. } => Target::Doc(prefix),
                Header::Binary { .. } => {
                    let path = paths.get(*index).cloned().unwrap_or_default();
                    Target::Binary(under(prefix.as_deref(), &path))
                }
            }
        })
        .collect()
}

/// `dir` and `path` joined, unless the path lies there already.
pub fn under(dir: Option<&str>, path: &str) -> String {
    match dir {
        Some(dir) if !dir.is_empty() && !path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')) => {
            format!("{dir}/{path}")
        }
        _ => path.to_owned(),
    }
}

/// For each block the index of its header.
fn owners(scan: &Scan<'_>) -> Vec<Option<usize>> {
    let is_doc = |index: usize| matches!(scan.headers[index].0, Header::Doc { .. });
    let docs = |block: &Block<'_>| {
        !block.entries.is_empty() && block.entries.iter().all(|entry| entry.doc.is_some())
    };
    let plain = |block: &Block<'_>| block.entries.iter().any(|entry| entry.doc.is_none());
    // In order: the last header before the block, once; doctests come as several blocks under one header.
    let mut owners = Vec::with_capacity(scan.blocks.len());
    let mut used = None;
    for block in &scan.blocks {
        let last = block.headers_before.checked_sub(1).filter(|last| *last < scan.headers.len());
        let owner = last.filter(|last| {
            let free = used.is_none_or(|used| *last > used);
            if is_doc(*last) { !plain(block) } else { free && !docs(block) }
        });
        used = owner.or(used);
        owners.push(owner);
    }
    let lacking = |owners: &[Option<usize>]| {
        scan.blocks.iter().zip(owners).filter(|(block, owner)| owner.is_none() && plain(block)).count()
    };
    if lacking(&owners) == 0 {
        return owners;
    }
    // Standard error before standard output: all headers come first, so the n-th program is the n-th block.
    let binaries: Vec<usize> = (0..scan.headers.len()).filter(|index| !is_doc(*index)).collect();
    let doc = (0..scan.headers.len()).find(|index| is_doc(*index));
    let fits = scan.blocks.len() >= binaries.len()
        && scan.blocks[..binaries.len()].iter().all(|block| !docs(block))
        && scan.blocks[binaries.len()..].iter().all(|block| !plain(block));
    if fits && !binaries.is_empty() {
        return (0..scan.blocks.len()).map(|at| binaries.get(at).copied().or(doc)).collect();
    }
    owners
}

/// For each header the path of its target relative to its package.
fn paths(scan: &Scan<'_>, context: &ReadContext) -> Vec<String> {
    let libraries: BTreeSet<String> = scan
        .headers
        .iter()
        .filter_map(|(header, _)| match header {
            Header::Doc { krate } => Some(krate.clone()),
            Header::Binary { .. } => None,
        })
        .chain(context.packages.iter().map(|package| crate_name(&package.name)))
        .collect();
    let mut before: Option<&str> = None;
    let mut out = Vec::with_capacity(scan.headers.len());
    for (header, _) in &scan.headers {
        let (path, stem) = match header {
            Header::Doc { .. } => (String::new(), None),
            Header::Binary { path: Some(path), stem } => (path.clone(), Some(stem.as_str())),
            // Old and verbose headers name the crate alone. A library and a program of one name follow each other.
            Header::Binary { path: None, stem } if libraries.contains(stem) => {
                let program = before == Some(stem.as_str());
                (if program { "src/main.rs" } else { "src/lib.rs" }.to_owned(), Some(stem.as_str()))
            }
            Header::Binary { path: None, stem } => (format!("tests/{stem}.rs"), Some(stem.as_str())),
        };
        before = stem;
        out.push(path);
    }
    out
}

/// Headers of one package that follow each other.
#[derive(Debug, Default)]
struct Group {
    headers: Vec<usize>,
    /// Name of the package or of its library.
    name: Option<String>,
    /// Folder of the package, once known.
    dir: Option<String>,
}

/// For each header what its path is to be prefixed with.
fn prefixes(
    scan: &Scan<'_>,
    owners: &[Option<usize>],
    context: &ReadContext,
    oddities: &mut Vec<String>,
) -> Vec<Option<String>> {
    let paths = paths(scan, context);
    let mut groups = groups(scan, owners, &paths, context);
    let mut out = vec![None; scan.headers.len()];
    if context.packages.is_empty() {
        // Nothing but the log: prefix only where two packages would share a path.
        let mut users: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            let identity = group.name.as_deref().map_or_else(|| format!("package-{}", at + 1), crate_name);
            for index in &group.headers {
                users.entry(&paths[*index]).or_default().insert(identity.clone());
            }
        }
        for (at, group) in groups.iter().enumerate() {
            let identity = group.name.as_deref().map_or_else(|| format!("package-{}", at + 1), crate_name);
            for index in &group.headers {
                let shared = users.get(paths[*index].as_str()).is_some_and(|users| users.len() > 1);
                let doc = matches!(scan.headers[*index].0, Header::Doc { .. });
                out[*index] = (shared && !doc).then(|| identity.clone());
            }
        }
        return out;
    }
    name_by_neighbours(&mut groups, context);
    let owning: BTreeSet<usize> = owners.iter().flatten().copied().collect();
    for group in &groups {
        if group.dir.is_none() && group.headers.iter().any(|index| owning.contains(index)) {
            let paths: Vec<&str> = group.headers.iter().map(|index| paths[*index].as_str()).collect();
            oddities.push(format!("no package could be told for {}", paths.join(", ")));
        }
        for index in &group.headers {
            out[*index].clone_from(&group.dir);
        }
    }
    out
}

fn groups(scan: &Scan<'_>, owners: &[Option<usize>], paths: &[String], context: &ReadContext) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut last: Option<(u8, String)> = None;
    let mut block_of: Vec<Option<usize>> = vec![None; scan.headers.len()];
    for (block, owner) in owners.iter().enumerate().rev() {
        if let Some(place) = owner.and_then(|header| block_of.get_mut(header)) {
            *place = Some(block);
        }
    }
    for (index, (header, _)) in scan.headers.iter().enumerate() {
        let key = order(header, &paths[index]);
        let rerun =
            block_of[index].and_then(|block| scan.blocks[block].rerun.as_deref()).and_then(package_flag);
        let named = rerun.map(str::to_owned).or_else(|| own_name(header, &paths[index], context));
        let doc = matches!(header, Header::Doc { .. });
        let differs = match (&named, groups.last().and_then(|group| group.name.as_ref())) {
            (Some(named), Some(name)) => crate_name(named) != crate_name(name),
            _ => false,
        };
        let next = doc || differs || last.as_ref().is_none_or(|last| key <= *last);
        if next {
            groups.push(Group::default());
        }
        if let Some(group) = groups.last_mut() {
            group.headers.push(index);
            if group.name.is_none() {
                group.name = named;
            }
        }
        last = Some(key);
    }
    for group in &mut groups {
        group.dir =
            group.name.as_ref().and_then(|name| package(name, context)).map(|package| package.dir.clone());
        if let [only] = context.packages.as_slice() {
            group.dir = Some(only.dir.clone());
        }
    }
    groups
}

/// Place of a target among those of its package.
fn order(header: &Header, path: &str) -> (u8, String) {
    let rank = match header {
        Header::Doc { .. } => 9,
        Header::Binary { .. } if path.ends_with("src/lib.rs") => 0,
        Header::Binary { .. } if path.ends_with("src/main.rs") => 1,
        Header::Binary { .. } if path.contains("src/") => 2,
        Header::Binary { .. } if path.contains("tests/") => 4,
        Header::Binary { .. } => 5,
    };
    (rank, path.to_owned())
}

/// The package that a header names by itself: a library's crate, a program of the package's name.
fn own_name(header: &Header, path: &str, context: &ReadContext) -> Option<String> {
    match header {
        Header::Doc { krate } => Some(krate.clone()),
        Header::Binary { stem, .. } if path.ends_with("src/lib.rs") => Some(stem.clone()),
        Header::Binary { stem, .. } if path.contains("src/") => {
            (context.packages.is_empty() || package(stem, context).is_some()).then(|| stem.clone())
        }
        Header::Binary { .. } => None,
    }
}

/// Packages come by name: a group between two known ones with one package between them is that one.
fn name_by_neighbours(groups: &mut [Group], context: &ReadContext) {
    let mut names: Vec<&Package> = context.packages.iter().collect();
    names.sort_by(|a, b| a.name.cmp(&b.name));
    let place = |dir: &Option<String>| {
        dir.as_ref().and_then(|dir| names.iter().position(|package| package.dir == *dir))
    };
    let known: Vec<Option<usize>> = groups.iter().map(|group| place(&group.dir)).collect();
    let mut above = vec![names.len(); groups.len()];
    let mut next = names.len();
    for (at, place) in known.iter().enumerate().rev() {
        above[at] = next;
        next = place.unwrap_or(next);
    }
    let mut low = 0;
    for (at, group) in groups.iter_mut().enumerate() {
        match known[at] {
            Some(place) => low = place + 1,
            None if group.dir.is_none() && above[at] == low + 1 => {
                group.dir = Some(names[low].dir.clone());
            }
            None => {}
        }
    }
}

fn package<'c>(name: &str, context: &'c ReadContext) -> Option<&'c Package> {
    let name = crate_name(name);
    context.packages.iter().find(|package| crate_name(&package.name) == name)
}

/// A package's name as crates carry it.
pub fn crate_name(name: &str) -> String {
    name.replace('-', "_")
}

/// `core` of `-p core --test a`; cargo adds a version where the name alone is ambiguous.
fn package_flag(rerun: &str) -> Option<&str> {
    let mut words = rerun.split(' ');
    words.find(|word| matches!(*word, "-p" | "--package"))?;
    words.next().map(|word| word.split('@').next().unwrap_or(word))
}

/// The target of a block without a header, from cargo's advice how to run it again.
fn from_rerun(block: &Block<'_>, context: &ReadContext) -> Target {
    let Some(rerun) = block.rerun.as_deref() else { return Target::Unknown };
    let mut words = rerun.split(' ').filter(|word| !word.is_empty());
    let dir = package_flag(rerun).and_then(|name| package(name, context)).map(|package| package.dir.clone());
    while let Some(word) = words.next() {
        let path = match (word, words.clone().next()) {
            ("--lib", _) => "src/lib.rs".to_owned(),
            ("--doc", _) => return Target::Doc(dir),
            ("--test", Some(name)) => format!("tests/{name}.rs"),
            ("--bench", Some(name)) => format!("benches/{name}.rs"),
            ("--example", Some(name)) => format!("examples/{name}.rs"),
            ("--bin", Some(name)) => format!("src/bin/{name}.rs"),
            _ => continue,
        };
        return Target::Binary(under(dir.as_deref(), &path));
    }
    Target::Unknown
}
