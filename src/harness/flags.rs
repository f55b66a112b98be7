//! Which words of a runner's call stay when it is called otherwise.

/// Flags that are known of a runner.
#[derive(Clone, Copy)]
pub(super) struct Flags {
    /// Words without a value that go.
    pub dropped: &'static [&'static str],
    /// Flags that go with their value.
    pub dropped_valued: &'static [&'static str],
    /// Flags that stay with their value.
    pub valued: &'static [&'static str],
}

/// What stays.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub words: Vec<String>,
    /// A word went of which it cannot be told whether it is the value of the flag before it, which stayed.
    pub unclear: bool,
}

impl Flags {
    /// The words that stay; of those that are neither a flag nor its value, `stays` says it.
    pub fn kept(&self, words: &[String], stays: impl Fn(&str) -> bool) -> Kept {
        let (mut out, mut unclear) = (Vec::new(), false);
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let name = word.split('=').next().unwrap_or(word);
            let apart = name == word;
            let drops_value = self.dropped_valued.contains(&name);
            if drops_value || self.dropped.contains(&name) {
                if drops_value && apart {
                    words.next();
                }
            } else if !word.starts_with('-') {
                out.extend(stays(word).then(|| word.clone()));
            } else if self.valued.contains(&word.as_str()) {
                out.push(word.clone());
                out.extend(words.next().cloned());
            } else {
                let goes = |next: &&String| !next.starts_with('-') && !stays(next);
                unclear |= apart && word.starts_with("--") && words.peek().is_some_and(goes);
                out.push(word.clone());
            }
        }
        Kept { words: out, unclear }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_or_go_with_their_values() {
        let flags = Flags { dropped: &["-x", "watch"], dropped_valued: &["-k"], valued: &["-c"] };
        let of = |text: &str, stays: bool| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            let kept = flags.kept(&words, |_| stays);
            (kept.words.join(" "), kept.unclear)
        };
        for (text, files_go, files_stay) in [
            ("-x -k a -c b file --long=1", ("-c b --long=1", false), "-c b file --long=1"),
            ("watch -k=a -q file", ("-q", false), "-q file"),
            ("--long file", ("--long", true), "--long file"),
            ("--long --other", ("--long --other", false), "--long --other"),
        ] {
            assert_eq!(of(text, false), (files_go.0.to_owned(), files_go.1), "{text}");
            assert_eq!(of(text, true), (files_stay.to_owned(), false), "{text}");
        }
    }
}
