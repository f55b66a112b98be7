//! File names as diffs write them: quoted or bare, with a time stamp behind, with a prefix before.

/// Undoes git's quoting: `"a\303\244\t"`. Returns the name and what follows the closing quote.
pub fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (first, after) = rest.split_first()?;
        rest = after;
        match first {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (escaped, after) = rest.split_first()?;
                rest = after;
                name.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'"' | b'\\' => *escaped,
                    b'0'..=b'3' => {
                        let (low, after) = rest.split_at_checked(2)?;
                        if !low.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
                            return None;
                        }
                        rest = after;
                        ((escaped - b'0') << 6) | ((low[0] - b'0') << 3) | (low[1] - b'0')
                    }
                    _ => return None,
                });
            }
            byte => name.push(*byte),
        }
    }
}

/// A name that fills the line: quoted, or as it stands.
pub fn whole(text: &[u8]) -> Vec<u8> {
    unquote(text).map_or_else(|| text.to_vec(), |(name, _)| name)
}

/// The name of a `---` or `+++` line, and whether its time stamp is the epoch, which means that there is no file.
pub fn with_stamp(text: &[u8]) -> (Vec<u8>, bool) {
    if let Some((name, stamp)) = unquote(text) {
        return (name, is_epoch(stamp));
    }
    if let Some(tab) = text.iter().position(|byte| *byte == b'\t') {
        return (text[..tab].to_vec(), is_epoch(&text[tab + 1..]));
    }
    match stamp_start(text) {
        Some(start) => (text[..start].to_vec(), is_epoch(&text[start..])),
        None => (text.trim_ascii_end().to_vec(), false),
    }
}

/// Where a time stamp `2024-01-02 03:04:05…` begins that a blank divides from the name.
fn stamp_start(text: &[u8]) -> Option<usize> {
    let shape = b" 0000-00-00 00:00:00";
    text.windows(shape.len()).position(|window| {
        window.iter().zip(shape).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            _ => byte == wanted,
        })
    })
}

/// Whether a stamp is the first second of 1970 in UTC, or within a day of it with another zone.
fn is_epoch(stamp: &[u8]) -> bool {
    let stamp = stamp.trim_ascii();
    stamp.starts_with(b"1970-01-01 ")
        || stamp.starts_with(b"1969-12-31 ")
        || stamp.starts_with(b"Thu Jan  1 ") && stamp.ends_with(b" 1970")
}

/// The two names of a `diff --git OLD NEW` line, with prefixes. Bare names with blanks are divided where both sides
/// name the same file.
pub fn git_pair(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if let Some((old, rest)) = unquote(text) {
        return Some((old, whole(rest.strip_prefix(b" ")?)));
    }
    let mut blanks = text.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at);
    let divided = |at: usize| (text[..at].to_vec(), whole(&text[at + 1..]));
    let fits = |at: &usize| {
        let (old, new) = divided(*at);
        old == new || after_slash(&old).is_some() && after_slash(&old) == after_slash(&new)
    };
    let first = blanks.clone().next();
    blanks.find(fits).or(first).map(divided)
}

fn after_slash(name: &[u8]) -> Option<&[u8]> {
    let slash = name.iter().position(|byte| *byte == b'/')?;
    name.get(slash + 1..)
}

/// The name without its first component and with runs of slashes as one; `None` if there is only one component.
pub fn strip_one(name: &[u8]) -> Option<Vec<u8>> {
    after_slash(name).map(squash)
}

/// The name with runs of slashes as one, and without leading `./`.
pub fn squash(name: &[u8]) -> Vec<u8> {
    let mut squashed: Vec<u8> = Vec::with_capacity(name.len());
    for byte in name {
        if *byte != b'/' || squashed.last() != Some(&b'/') {
            squashed.push(*byte);
        }
    }
    while squashed.starts_with(b"./") {
        squashed.drain(..2);
    }
    squashed
}

/// Whether a pair of names carries the prefixes that git writes: `a/` and `b/`, or the mnemonic ones.
pub fn has_prefixes(old: Option<&[u8]>, new: Option<&[u8]>) -> bool {
    let known = |name: &[u8], letters: &[u8]| name.len() > 2 && letters.contains(&name[0]) && name[1] == b'/';
    old.is_none_or(|name| known(name, b"aciwo1")) && new.is_none_or(|name| known(name, b"bciwo2"))
}

#[cfg(test)]
mod tests {
    use super::{git_pair, has_prefixes, squash, unquote, with_stamp};

    #[test]
    fn quoted_names() {
        assert_eq!(
            unquote(br#""a/\303\244 \"x\"\t" rest"#),
            Some(("a/ä \"x\"\t".as_bytes().to_vec(), &b" rest"[..]))
        );
        for broken in [r#""open"#, r#""\9""#, r#""\1""#, "bare", r#""\x41""#] {
            assert_eq!(unquote(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn names_with_stamps() {
        let cases = [
            ("a/my file.txt\t", "a/my file.txt", false),
            ("src/x.rs\t2024-01-02 03:04:05.000000000 +0100", "src/x.rs", false),
            ("src/x.rs 2024-01-02 03:04:05 +0100", "src/x.rs", false),
            ("src/x.rs\t1970-01-01 00:00:00.000000000 +0000", "src/x.rs", true),
            ("src/x.rs", "src/x.rs", false),
        ];
        for (text, name, epoch) in cases {
            assert_eq!(with_stamp(text.as_bytes()), (name.as_bytes().to_vec(), epoch), "{text}");
        }
    }

    #[test]
    fn pairs_of_the_git_line() {
        let cases = [
            ("a/x b/x", Some(("a/x", "b/x"))),
            ("a/x y b/x y", Some(("a/x y", "b/x y"))),
            ("src/x src/x", Some(("src/x", "src/x"))),
            ("a/x b/y", Some(("a/x", "b/y"))),
            ("\"a/\\303\\244\" b/x", Some(("a/ä", "b/x"))),
            ("a/x \"b/\\303\\244\"", Some(("a/x", "b/ä"))),
            ("alone", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(old, new)| (old.as_bytes().to_vec(), new.as_bytes().to_vec()));
            assert_eq!(git_pair(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn prefixes_and_slashes() {
        assert!(has_prefixes(Some(b"a/x"), Some(b"b/x")));
        assert!(has_prefixes(None, Some(b"b/x")));
        assert!(has_prefixes(Some(b"i/x"), Some(b"w/x")));
        assert!(!has_prefixes(Some(b"src/x"), Some(b"src/x")));
        assert_eq!(squash(b"./a//b"), b"a/b");
    }
}
