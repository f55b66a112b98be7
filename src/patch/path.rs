//! Which file of the tree a section of a patch means, and which paths are refused.
//!
//! Invariant: a path that passed [`check`] is relative, stays in the tree, and has no component that git or a file
//! system could take for `.git`.

use super::model::{Action, FilePatch};
use super::{Tree, name};

/// Longest path in bytes that Linux takes.
const LONGEST: usize = 4095;

/// Mode of a symbolic link.
pub const LINK: u32 = 0o120_000;

/// Why a path is refused, if it is.
pub fn check(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.len() > LONGEST {
        return Err("is too long");
    }
    if path.contains('\0') {
        return Err("contains NUL");
    }
    if path.contains('\\') {
        return Err("contains a backslash");
    }
    let mut head = path.chars();
    if path.starts_with('/')
        || (head.next().is_some_and(|c| c.is_ascii_alphabetic()) && head.next() == Some(':'))
    {
        return Err("is absolute");
    }
    for component in path.split('/') {
        match component {
            "" => return Err("has an empty component"),
            "." => return Err("has a component `.`"),
            ".." => return Err("climbs with `..`"),
            _ if is_git_folder(component) => return Err("enters `.git`"),
            _ => {}
        }
    }
    Ok(())
}

/// Whether some file system takes the component for `.git`: whatever the case, with blanks, dots or a stream name
/// behind, with characters that HFS+ ignores, or by its short name.
fn is_git_folder(component: &str) -> bool {
    let ignored = |c: &char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let visible: String = component.chars().filter(|c| !ignored(c)).collect();
    let base = visible.split(':').next().unwrap_or_default();
    let base = base.trim_end_matches([' ', '.']).to_ascii_lowercase();
    base == ".git" || base == "git~1"
}

/// The nearest folder of `path` that is a symbolic link according to `is_link`.
pub fn link_above(path: &str, is_link: impl Fn(&str) -> bool) -> Option<&str> {
    path.match_indices('/').map(|(at, _)| &path[..at]).find(|folder| is_link(folder))
}

/// Why a symbolic link at `path` to `target` is refused, if it is.
pub fn check_target(path: &str, target: &[u8]) -> Result<(), &'static str> {
    if target.starts_with(b"/") {
        return Err("is a symbolic link with an absolute target");
    }
    if target.contains(&b'\\') || target.contains(&0) {
        return Err("is a symbolic link with a backslash or NUL in its target");
    }
    let mut depth = path.matches('/').count();
    for component in target.split(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return Err("is a symbolic link that leaves the tree"),
            },
            name if std::str::from_utf8(name).is_ok_and(is_git_folder) => {
                return Err("is a symbolic link into `.git`");
            }
            _ => depth += 1,
        }
    }
    Ok(())
}

/// Old and new path of a section, without prefixes, as far as it has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Path before; `None` for a created file.
    pub old: Option<String>,
    /// Path after; `None` for a deleted file.
    pub new: Option<String>,
}

/// Finds what a section's names mean: with or without a prefix, whichever file is there.
///
/// Errors are (name, why).
pub fn resolve(file: &FilePatch<'_>, tree: &dyn Tree) -> Result<Names, (String, &'static str)> {
    if let Action::Rename(from, to) | Action::Copy(from, to) = &file.action {
        return Ok(Names { old: Some(text(from)?), new: Some(text(to)?) });
    }
    let (old, new) = (file.old.as_deref(), file.new.as_deref());
    let strip = strips_one(file, tree);
    let path = |name: Option<&[u8]>| -> Result<Option<String>, (String, &'static str)> {
        let Some(name) = name else { return Ok(None) };
        if name.starts_with(b"/") {
            return Err((lossy(name), "is absolute"));
        }
        let stripped = if strip { name::strip_one(name) } else { None };
        text(&stripped.unwrap_or_else(|| name::squash(name))).map(Some)
    };
    let (old, new) = (path(old)?, path(new)?);
    Ok(match file.action {
        Action::Create => Names { old: None, new: new.or(old) },
        Action::Delete => Names { old: old.or(new), new: None },
        Action::Modify | Action::Rename(..) | Action::Copy(..) => match (old, new) {
            (Some(old), Some(new)) if old != new => {
                // Plain diffs name a backup on one side: the file that exists is meant, of two the shorter name.
                let exists = |path: &String| check(path).is_ok() && tree.blob(path).is_some();
                let both = exists(&old) == exists(&new);
                let pick_old = if both { old.len() < new.len() } else { exists(&old) };
                check(&old).map_err(|why| (old.clone(), why))?;
                check(&new).map_err(|why| (new.clone(), why))?;
                if file.git && exists(&old) && !exists(&new) {
                    // Git takes two names for a rename, even if no line says so.
                    return Ok(Names { old: Some(old), new: Some(new) });
                }
                let path = if pick_old { old } else { new };
                Names { old: Some(path.clone()), new: Some(path) }
            }
            (old, new) => {
                let path = old.or(new);
                Names { old: path.clone(), new: path }
            }
        },
    })
}

/// Whether the first component of the names is a prefix.
fn strips_one(file: &FilePatch<'_>, tree: &dyn Tree) -> bool {
    let (old, new) = (file.old.as_deref(), file.new.as_deref());
    let there = |name: &[u8]| text(name).is_ok_and(|path| check(&path).is_ok() && tree.blob(&path).is_some());
    let stripped = |name: &[u8]| name::strip_one(name).is_some_and(|path| there(&path));
    let as_it_is = |name: &[u8]| there(&name::squash(name));
    let any = |test: &dyn Fn(&[u8]) -> bool| old.is_some_and(test) || new.is_some_and(test);
    if name::has_prefixes(old, new) {
        return matches!(file.action, Action::Create) || any(&stripped) || !any(&as_it_is);
    }
    if matches!(file.action, Action::Create) {
        // Nothing is there to compare with; a folder of the tree tells a path from a prefix.
        let Some(name) = new.or(old) else { return false };
        let folder = |name: &[u8]| {
            let first = name.split(|byte| *byte == b'/').next().unwrap_or_default();
            text(first).is_ok_and(|first| {
                let first = first + "/";
                name.contains(&b'/') && tree.paths().iter().any(|path| path.starts_with(&first))
            })
        };
        return !folder(name) && name::strip_one(name).is_some_and(|rest| folder(&rest));
    }
    !any(&as_it_is) && any(&stripped)
}

fn text(name: &[u8]) -> Result<String, (String, &'static str)> {
    std::str::from_utf8(name).map(str::to_owned).map_err(|_| (lossy(name), "is not UTF-8"))
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{check, check_target, link_above};

    #[test]
    fn hostile_paths_are_refused() {
        let refused = [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a/..",
            ".",
            "a/./b",
            "a//b",
            "a/",
            ".git/config",
            "a/.GIT/x",
            ".git",
            ".git /x",
            ".git./x",
            ".git::$INDEX_ALLOCATION/x",
            "GIT~1/x",
            ".g\u{200c}it/x",
            "a\\b",
            "..\\x",
            "a\0b",
            "C:/x",
            "c:x",
        ];
        for path in refused {
            assert!(check(path).is_err(), "{path:?}");
        }
        for path in ["a", ".gitignore", "a/.github/x", "git", "..a", "a..", "...", "ä/b c", ".gitx", "x.git"]
        {
            assert_eq!(check(path), Ok(()), "{path:?}");
        }
        assert!(check(&"a/".repeat(3000)).is_err());
    }

    #[test]
    fn targets_stay_in_the_tree() {
        for (path, target, fine) in [
            ("link", "file", true),
            ("a/b/link", "../../file", true),
            ("a/link", "../../file", false),
            ("link", "/etc/passwd", false),
            ("link", "a/../../x", false),
            ("link", ".git/config", false),
            ("link", "a/../b", true),
        ] {
            assert_eq!(check_target(path, target.as_bytes()).is_ok(), fine, "{path} -> {target}");
        }
    }

    #[test]
    fn links_above() {
        assert_eq!(link_above("a/b/c", |folder| folder == "a/b"), Some("a/b"));
        assert_eq!(link_above("a/b/c", |folder| folder == "a/b/c"), None);
    }
}
