//! Names in lists against ids of a log.
//!
//! In: a name as a task lists it, in whatever form its makers' tools printed it, and the ids that a reader made. Out:
//! the ids that are meant. ` > ` and `::` are equal; marks of a kind, `(line N)` and timings are dropped; a name
//! without a target means every test of that name; a doctest in rustdoc's own form means its item.
//!
//! Invariant: a name is never cut short to find a match: `adds` does not mean `tests::adds`, since a deleted test must
//! not pass by a namesake.

use std::collections::BTreeMap;

use super::Statuses;
use super::cargo::{DocName, doc_name, without_kind};
use super::text::hash;

/// Ids of a log, ready for look-up.
#[derive(Debug, Default)]
pub struct Index<'a> {
    /// By the id itself, normalised.
    full: BTreeMap<String, Vec<&'a str>>,
    /// By the id without leading folders of its target.
    suffix: BTreeMap<String, Vec<&'a str>>,
    /// Names of several parts as some tools print them, the parts joined by blanks.
    joined: BTreeMap<String, Vec<&'a str>>,
    /// By the name without its target.
    bare: BTreeMap<String, Vec<&'a str>>,
    /// Doctests by file (also without leading folders) and item, in the order of the file.
    docs: BTreeMap<(String, String), Vec<(usize, &'a str)>>,
    /// Source lines of doctests, where known.
    lines: BTreeMap<&'a str, usize>,
    /// What a runner prints in place of names.
    titles: BTreeMap<&'a str, Vec<&'a str>>,
}

/// The ids that a listed name means; empty where the log has none of them. For many names build an [`Index`] once.
pub fn find<'a>(listed: &str, statuses: &'a Statuses) -> Vec<&'a str> {
    Index::new(statuses.keys().map(String::as_str)).find(listed)
}

impl<'a> Index<'a> {
    /// An index of ids.
    pub fn new(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let mut index = Self::default();
        for id in ids {
            index.add(id);
        }
        for docs in index.docs.values_mut() {
            docs.sort_unstable();
        }
        index
    }

    /// Adds the source lines of doctests, by which a listed `(line N)` can be told apart.
    #[must_use]
    pub fn with_lines(mut self, lines: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        self.lines.extend(lines);
        self
    }

    /// Adds what a runner prints in place of names, such as the first line of a docstring: an id of its own goes first.
    #[must_use]
    pub fn with_titles(mut self, titles: &'a BTreeMap<String, Vec<String>>) -> Self {
        for (title, ids) in titles {
            self.titles.insert(title, ids.iter().map(String::as_str).collect());
        }
        self
    }

    fn add(&mut self, id: &'a str) {
        self.full.entry(normal(id)).or_default().push(id);
        if let Some(rest) = id.strip_prefix("doc:") {
            let (rest, ordinal) = ordinal(rest);
            let (path, item) = rest.split_once("::").unwrap_or((rest, ""));
            for path in tails(path) {
                self.docs.entry((path.to_owned(), item.to_owned())).or_default().push((ordinal, id));
                if path.len() < rest.len() && !rest.starts_with(path) {
                    let at = rest.find(path).unwrap_or(0);
                    self.suffix.entry(normal(&format!("doc:{}", &id[4 + at..]))).or_default().push(id);
                }
            }
            return;
        }
        let flat = normal(id);
        if let Some((target, name)) = split_target(&flat) {
            self.bare.entry(name.to_owned()).or_default().push(id);
            if id.contains(" > ") {
                self.joined.entry(joined(&flat)).or_default().push(id);
            }
            for path in tails(target).skip(1) {
                let at = target.len() - path.len();
                self.suffix.entry(flat[at..].to_owned()).or_default().push(id);
                if id.contains(" > ") {
                    self.joined.entry(joined(&flat[at..])).or_default().push(id);
                }
            }
        }
    }

    /// The ids that a listed name means.
    pub fn find(&self, listed: &str) -> Vec<&'a str> {
        let name = normal(listed);
        if let Some(ids) = self.full.get(&name).or_else(|| self.suffix.get(&name)) {
            return ids.clone();
        }
        if let Some(doc) = raw_doc(listed) {
            let ids = self.doc(&doc);
            if !ids.is_empty() {
                let same: Vec<&str> = ids
                    .iter()
                    .copied()
                    .filter(|id| doc.line.is_some() && self.lines.get(id).copied() == doc.line)
                    .collect();
                return if same.is_empty() { ids } else { same };
            }
        }
        let found = match split_target(&name) {
            // A log without headers has names only.
            Some((_, bare)) => self.full.get(bare),
            None => self.bare.get(&name),
        };
        let found =
            found.or_else(|| self.full.get(&python(listed)?)).or_else(|| self.titles.get(listed.trim()));
        let found = found.or_else(|| self.joined.get(&joined(&name)));
        found.cloned().unwrap_or_default()
    }

    /// The ids that each name of a whole list means. Knowing the list helps with doctests that moved: where a list has
    /// as many lines of an item as the log has doctests of it, they correspond in order.
    pub fn find_all(&self, listed: &[&str]) -> Vec<Vec<&'a str>> {
        let mut items: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        let docs: Vec<Option<DocName>> = listed.iter().map(|name| raw_doc(name)).collect();
        for doc in docs.iter().flatten() {
            if let Some(line) = doc.line {
                items.entry((doc.path.clone(), doc.item.clone())).or_default().push(line);
            }
        }
        for lines in items.values_mut() {
            lines.sort_unstable();
            lines.dedup();
        }
        listed
            .iter()
            .zip(&docs)
            .map(|(name, doc)| {
                let by_rank = doc.as_ref().and_then(|doc| {
                    let lines = items.get(&(doc.path.clone(), doc.item.clone()))?;
                    let ids = self.doc(doc);
                    let rank = lines.iter().position(|line| Some(*line) == doc.line)?;
                    (ids.len() == lines.len()).then(|| vec![ids[rank]])
                });
                by_rank.unwrap_or_else(|| self.find(name))
            })
            .collect()
    }

    fn doc(&self, doc: &DocName) -> Vec<&'a str> {
        let key = (doc.path.clone(), doc.item.clone());
        let found = self.docs.get(&key).map(|docs| docs.iter().map(|(_, id)| *id).collect::<Vec<_>>());
        found.unwrap_or_default()
    }
}

/// A quick sieve before an [`Index`]: which ids a list may mean at all.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Hashes of the names' last parts, sorted.
    tails: Vec<u64>,
    /// The list names doctests, whose items are spelled in several ways.
    docs: bool,
}

impl Wanted {
    /// A sieve for listed names.
    pub fn new<'n>(listed: impl IntoIterator<Item = &'n String>) -> Self {
        let mut wanted = Self::default();
        for name in listed {
            wanted.docs |= name.starts_with("doc:") || raw_doc(name).is_some();
            wanted.tails.push(hash(last_word(&normal(name))));
            wanted.tails.extend(python(name).map(|name| hash(last_word(&name))));
        }
        wanted.tails.sort_unstable();
        wanted.tails.dedup();
        wanted
    }

    /// False only where no listed name means the id.
    pub fn may_mean(&self, id: &str) -> bool {
        if id.starts_with("doc:") {
            return self.docs;
        }
        // Only names with a blank are altered when they are normalised.
        let plain = memchr::memchr(b' ', id.as_bytes()).is_none();
        let key = if plain { hash(tail(id)) } else { hash(last_word(&normal(id))) };
        self.tails.binary_search(&key).is_ok()
    }
}

/// The last word of a name's last part: the same whether its parts are joined by `::` or by blanks.
fn last_word(name: &str) -> &str {
    let tail = tail(name);
    memchr::memrchr(b' ', tail.as_bytes()).map_or(tail, |at| &tail[at + 1..])
}

/// A normal name, the parts behind its target joined by blanks, as mocha's and jest's `fullTitle` have them.
fn joined(name: &str) -> String {
    match split_target(name) {
        Some((target, name)) => format!("{target}::{}", name.replace("::", " ")),
        None => name.to_owned(),
    }
}

/// What follows the last `::`.
fn tail(name: &str) -> &str {
    let mut end = name.len();
    while let Some(at) = memchr::memrchr(b':', &name.as_bytes()[..end]) {
        if at > 0 && name.as_bytes()[at - 1] == b':' {
            return &name[at + 1..];
        }
        end = at;
    }
    name
}

/// A name as it is compared: ` > ` as `::`, without kind, line, timing and the `#1` of a first doctest.
pub fn normal(name: &str) -> String {
    let mut name = without_timing(without_kind(without_timing(name.trim())));
    if let Some(at) = name.rfind(" (line ")
        && name.ends_with(')')
    {
        name = without_kind(name[..at].trim_end());
    }
    if name.starts_with("doc:") {
        name = name.strip_suffix("#1").unwrap_or(name);
    }
    // A suite without a name, as older versions of vitest have one around each file.
    if name.contains(" >  > ") { name.replace(" >  > ", "::") } else { name.to_owned() }.replace(" > ", "::")
}

/// Drops ` <0.012s>`, ` (0.01s)`, ` (5 ms)`.
fn without_timing(name: &str) -> &str {
    for (open, close) in [(" <", '>'), (" (", ')')] {
        if let Some(at) = name.rfind(open)
            && let Some(inside) = name[at + 2..].strip_suffix(close)
            && is_time(inside)
        {
            return name[..at].trim_end();
        }
    }
    name
}

fn is_time(text: &str) -> bool {
    let number = ["ms", "μs", "µs", "s"].iter().find_map(|unit| text.strip_suffix(unit));
    number.is_some_and(|number| {
        let number = number.trim();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// A doctest in rustdoc's own form; ids of kerf are none.
fn raw_doc(listed: &str) -> Option<DocName> {
    if listed.starts_with("doc:") { None } else { doc_name(listed) }
}

/// `test_x (app.tests.Class)` and `test_x (app.tests.Class.test_x)`, as unittest prints them, in kerf's form.
pub(super) fn python(listed: &str) -> Option<String> {
    let (name, class) = listed.trim().strip_suffix(')')?.split_once(" (")?;
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c == '_' || c.is_alphanumeric());
    let class = class.strip_suffix(name).and_then(|class| class.strip_suffix('.')).unwrap_or(class);
    (word(name) && class.contains('.') && class.split('.').all(word)).then(|| format!("{class}::{name}"))
}

/// The file, package or class of an id: what stands before its name.
pub fn file_of(id: &str) -> &str {
    let id = id.strip_prefix("doc:").unwrap_or(id);
    let end = [id.find("::"), id.find(" > ")].into_iter().flatten().min().unwrap_or(id.len());
    &id[..end]
}

/// The last part of an id.
pub fn name_of(id: &str) -> &str {
    let ends = [id.rfind("::").map(|at| at + 2), id.rfind(" > ").map(|at| at + 3)];
    &id[ends.into_iter().flatten().max().unwrap_or(0)..]
}

/// Target and name of an id: a target has a folder or an ending, or is a Go package.
fn split_target(id: &str) -> Option<(&str, &str)> {
    let (target, name) = id.split_once("::")?;
    let file = target.contains('/') || target.contains('.') || is_go(name);
    (file && !target.contains(' ')).then_some((target, name))
}

/// `TestA`, `Test_a/b`: what Go takes for a test. A module of Rust is lower case, and so are its tests.
fn is_go(name: &str) -> bool {
    let rest = ["Test", "Fuzz", "Example", "Benchmark"].iter().find_map(|kind| name.strip_prefix(kind));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| !c.is_lowercase()) && !name.contains("::") && !name.starts_with(' ')
    })
}

/// A path, then without its first folder, and so on.
fn tails(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.split_once('/').map(|(_, rest)| rest))
}

/// Splits `#2` off a doctest's id.
fn ordinal(rest: &str) -> (&str, usize) {
    match rest.rsplit_once('#').and_then(|(rest, digits)| Some((rest, super::text::count(digits)?))) {
        Some(parts) => parts,
        None => (rest, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Status;

    const IDS: &[&str] = &[
        "tests/a.rs::half",
        "tests/b.rs::half",
        "tests/rounding.rs::half_even",
        "src/lib.rs::tests::adds",
        "crates/core/tests/c.rs::only",
        "doc:src/lib.rs",
        "doc:src/lib.rs::Foo::bar",
        "doc:src/lib.rs::Foo::bar#2",
        "doc:crates/core/src/lib.rs::same",
        "unqualified",
        "src/a.test.ts > adds > two",
        "app.tests.Class::test_x",
        "myapp::TestA",
        "myapp::TestA/one",
    ];

    fn statuses() -> Statuses {
        IDS.iter().map(|id| ((*id).to_owned(), Status::Passed)).collect()
    }

    #[test]
    fn listed_names() {
        let cases: &[(&str, &[&str])] = &[
            ("tests/a.rs::half", &["tests/a.rs::half"]),
            ("tests/a.rs > half", &["tests/a.rs::half"]),
            ("half", &["tests/a.rs::half", "tests/b.rs::half"]),
            ("half - should panic", &["tests/a.rs::half", "tests/b.rs::half"]),
            ("half_even <0.012s>", &["tests/rounding.rs::half_even"]),
            ("half_even (3 ms)", &["tests/rounding.rs::half_even"]),
            ("tests::adds", &["src/lib.rs::tests::adds"]),
            ("tests > adds", &["src/lib.rs::tests::adds"]),
            ("adds", &[]),
            ("tests/c.rs::only", &["crates/core/tests/c.rs::only"]),
            ("core/tests/c.rs::only", &["crates/core/tests/c.rs::only"]),
            ("only", &["crates/core/tests/c.rs::only"]),
            ("src/lib.rs - Foo::bar (line 12)", &["doc:src/lib.rs::Foo::bar", "doc:src/lib.rs::Foo::bar#2"]),
            ("src/lib.rs - Foo::bar", &["doc:src/lib.rs::Foo::bar", "doc:src/lib.rs::Foo::bar#2"]),
            ("doc:src/lib.rs::Foo::bar", &["doc:src/lib.rs::Foo::bar"]),
            ("doc:src/lib.rs::Foo::bar#1", &["doc:src/lib.rs::Foo::bar"]),
            ("doc:src/lib.rs::Foo::bar#2", &["doc:src/lib.rs::Foo::bar#2"]),
            ("src/lib.rs -", &["doc:src/lib.rs"]),
            ("src/lib.rs - (line 3) - compile fail", &["doc:src/lib.rs"]),
            ("src/lib.rs - same", &["doc:crates/core/src/lib.rs::same"]),
            ("doc:src/lib.rs::same", &["doc:crates/core/src/lib.rs::same"]),
            ("tests/x.rs::unqualified", &["unqualified"]),
            ("unqualified", &["unqualified"]),
            ("src/a.test.ts::adds::two", &["src/a.test.ts > adds > two"]),
            ("adds > two", &["src/a.test.ts > adds > two"]),
            ("a.test.ts > adds > two", &["src/a.test.ts > adds > two"]),
            ("src/a.test.ts >  > adds > two", &["src/a.test.ts > adds > two"]),
            ("src/a.test.ts > adds two", &["src/a.test.ts > adds > two"]),
            ("a.test.ts > adds two", &["src/a.test.ts > adds > two"]),
            ("adds two", &[]),
            ("", &[]),
            ("test_x (app.tests.Class)", &["app.tests.Class::test_x"]),
            ("test_x (app.tests.Class.test_x)", &["app.tests.Class::test_x"]),
            ("test_y (app.tests.Class)", &[]),
            ("test_x (app)", &[]),
            ("TestA", &["myapp::TestA"]),
            ("TestA/one", &["myapp::TestA/one"]),
            ("one", &[]),
        ];
        let statuses = statuses();
        for (listed, expected) in cases {
            assert_eq!(find(listed, &statuses), *expected, "{listed}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_sieve_lets_through_whatever_is_meant(
            id in "(doc:)?(src/|tests/)?[ab](\\.rs|\\.ts)?(::| > )[ab ](::| > )?[ab]{0,2}(#1|\\[a - b\\]| - compile| \\(3 ms\\)| - x \\(line 3\\))?",
            listed in "(doc:)?(src/|tests/)?[ab](\\.rs|\\.ts)?(::| > | - )[ab ](::| > )?[ab]{0,2}(#1|\\[a - b\\]| - compile| \\(3 ms\\)| \\(line 3\\))?",
            cut in 0_usize..20,
        ) {
            let bare = listed.get(cut..).unwrap_or(&listed).to_owned();
            for listed in [listed, bare] {
                let meant = !Index::new([id.as_str()]).find(&listed).is_empty();
                let kept = Wanted::new([&listed]).may_mean(&id);
                proptest::prop_assert!(kept || !meant, "{listed:?} means {id:?}");
            }
        }
    }

    #[test]
    fn titles_mean_tests_where_nothing_else_has_that_name() {
        let titles = BTreeMap::from([
            ("Adds up.".to_owned(), vec!["app.tests.Class::test_x".to_owned()]),
            ("unqualified".to_owned(), vec!["app.tests.Class::test_x".to_owned()]),
        ]);
        let index = Index::new(IDS.iter().copied()).with_titles(&titles);
        assert_eq!(index.find("Adds up."), ["app.tests.Class::test_x"]);
        assert_eq!(index.find("unqualified"), ["unqualified"]);
    }

    #[test]
    fn parts_of_ids() {
        for (id, file, name) in [
            ("tests/a.rs::half", "tests/a.rs", "half"),
            ("src/lib.rs::a::b", "src/lib.rs", "b"),
            ("src/a.test.ts > adds > a::b", "src/a.test.ts", "b"),
            ("src/a.test.ts > adds > two", "src/a.test.ts", "two"),
            ("doc:src/lib.rs::Foo", "src/lib.rs", "Foo"),
            ("bare", "bare", "bare"),
        ] {
            assert_eq!((file_of(id), name_of(id)), (file, name), "{id}");
        }
    }

    #[test]
    fn lines_help_where_they_agree() {
        let index = Index::new(IDS.iter().copied())
            .with_lines([("doc:src/lib.rs::Foo::bar", 12), ("doc:src/lib.rs::Foo::bar#2", 20)]);
        assert_eq!(index.find("src/lib.rs - Foo::bar (line 20)"), ["doc:src/lib.rs::Foo::bar#2"]);
        assert_eq!(index.find("src/lib.rs - Foo::bar (line 99)").len(), 2);
        // Both moved by four lines: in a whole list they correspond in order.
        let listed = ["src/lib.rs - Foo::bar (line 16)", "half_even", "src/lib.rs - Foo::bar (line 12)"];
        assert_eq!(
            index.find_all(&listed),
            [
                vec!["doc:src/lib.rs::Foo::bar#2"],
                vec!["tests/rounding.rs::half_even"],
                vec!["doc:src/lib.rs::Foo::bar"]
            ]
        );
    }
}
