//! Names written as the other names of the same kind in the file, or beside it, are.

use super::Page;
use crate::lint::Finding;
use crate::syntax::{DefinitionKind, Source};

/// Fewer examples make no custom.
const ENOUGH: usize = 5;

/// How the words of a name are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Snake,
    Screaming,
    Camel,
    Pascal,
}

impl Case {
    fn name(self) -> &'static str {
        match self {
            Self::Snake => "snake_case",
            Self::Screaming => "SCREAMING_CASE",
            Self::Camel => "camelCase",
            Self::Pascal => "PascalCase",
        }
    }
}

/// The case of a name; none where it fits more than one.
fn case(name: &str) -> Option<Case> {
    let name = name.trim_matches(['_', '$', '#']);
    let lower = name.chars().any(char::is_lowercase);
    let upper = name.chars().any(char::is_uppercase);
    let joined = name.contains('_');
    match (lower, upper, joined) {
        (true, false, true) => Some(Case::Snake),
        (false, true, true) => Some(Case::Screaming),
        (true, true, false) if name.starts_with(char::is_uppercase) => Some(Case::Pascal),
        (true, true, false) => Some(Case::Camel),
        _ => None,
    }
}

/// Kinds that share a custom, with their name.
fn group(kind: DefinitionKind) -> Option<&'static str> {
    Some(match kind {
        DefinitionKind::Function | DefinitionKind::Method => "functions",
        DefinitionKind::Type => "types",
        DefinitionKind::Constant => "constants",
        DefinitionKind::Field => "fields",
        DefinitionKind::Variant => "variants",
        DefinitionKind::Local | DefinitionKind::Parameter => "variables",
        DefinitionKind::Module | DefinitionKind::Macro => return None,
    })
}

fn cases(sources: &[&Source], wanted: &str) -> Vec<Case> {
    let definitions = sources.iter().flat_map(|source| source.definitions());
    definitions.filter(|one| group(one.kind) == Some(wanted)).filter_map(|one| case(&one.name)).collect()
}

pub(super) fn findings(page: &Page) -> Vec<Finding> {
    let mut neighbours: Option<Vec<Source>> = None;
    let mut found = Vec::new();
    for new in page.new.definitions() {
        let (Some(kind), Some(own)) = (group(new.kind), case(&new.name)) else { continue };
        if !page.wrote(new.name_range.start) {
            continue;
        }
        let mut known = cases(&page.old.as_deref().into_iter().collect::<Vec<_>>(), kind);
        let mut place = "in this file";
        if known.len() < ENOUGH {
            let beside = neighbours.get_or_insert_with(|| page.neighbours());
            known.extend(cases(&beside.iter().collect::<Vec<_>>(), kind));
            place = "in this folder";
        }
        let custom = known.first().copied();
        if let Some(custom) = custom.filter(|custom| {
            known.len() >= ENOUGH && own != *custom && known.iter().all(|case| case == custom)
        }) {
            let message = format!(
                "`{}` is {}; all {} {kind} {place} whose case can be told are {}",
                new.name,
                own.name(),
                known.len(),
                custom.name()
            );
            found.push(page.finding("naming", new.name_range.start, message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::table::judged;

    #[test]
    fn names_follow_the_file() {
        let rust = "fn one_a() {}\nfn two_a() {}\nfn three_a() {}\nfn four_a() {}\nfn five_a() {}\n";
        let ts = "const firstOne = 1, secondOne = 2, thirdOne = 3, fourthOne = 4, fifthOne = 5;\nexport function runAll() {}\n";
        let mixed = ts.replace("fifthOne", "fifth_one");
        let cases: [(&str, &str, &str, &[&str]); 6] = [
            (
                "src/a.rs",
                rust,
                "fn sixSeven() {}\n",
                &[
                    "6 style/naming: `sixSeven` is camelCase; all 5 functions in this file whose case can be told are snake_case",
                ],
            ),
            ("src/a.rs", rust, "fn six_seven() {}\n", &[]),
            ("src/a.rs", rust, "fn six() {}\n", &[]),
            (
                "src/a.ts",
                ts,
                "const bad_name = 1;\n",
                &[
                    "3 style/naming: `bad_name` is snake_case; all 5 constants in this file whose case can be told are camelCase",
                ],
            ),
            ("src/a.ts", &mixed, "const bad_name = 1;\n", &[]),
            ("src/a.rs", "fn one_a() {}\n", "fn sixSeven() {}\n", &[]),
        ];
        for (path, base, added, expected) in cases {
            let found = judged(&[(path, base)], path, &format!("{base}{added}"));
            assert_eq!(found, expected, "{added}");
        }
    }

    #[test]
    fn a_new_file_follows_its_folder() {
        let beside = "fn one_a() {}\nfn two_a() {}\nfn three_a() {}\nfn four_a() {}\nfn five_a() {}\n";
        let found =
            judged(&[("src/b.rs", beside), ("src/x/c.rs", "fn aB() {}\n")], "src/a.rs", "fn sixSeven() {}\n");
        assert_eq!(
            found,
            [
                "1 style/naming: `sixSeven` is camelCase; all 5 functions in this folder whose case can be told are snake_case"
            ]
        );
    }
}
