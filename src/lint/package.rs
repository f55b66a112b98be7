//! What a `package.json` says of the tools that a JavaScript project uses.

use serde_json::Value;

use crate::patch::Tree;

/// A project's own manifest at the root of its tree.
#[derive(Debug, Default)]
pub(super) struct Package(Value);

impl Package {
    /// That of a tree; an empty one where there is none, or it cannot be read.
    pub fn of(tree: &dyn Tree) -> Self {
        let parsed = tree.blob("package.json").and_then(|blob| serde_json::from_slice(&blob.bytes).ok());
        Self(parsed.unwrap_or_default())
    }

    /// Whether it asks for a package, in whatever role.
    pub fn needs(&self, name: &str) -> bool {
        ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]
            .iter()
            .any(|role| self.0.get(role).and_then(|list| list.get(name)).is_some())
    }

    /// Whether it has a key at its top.
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some()
    }

    /// The words behind `program` in the first script that calls it, the likeliest scripts first; what a shell would
    /// do with the rest of the script is left out.
    pub fn call(&self, program: &str, likely: &[&str]) -> Option<Vec<String>> {
        let scripts = self.0.get("scripts")?.as_object()?;
        let first = likely.iter().filter_map(|name| scripts.get(*name));
        let all = first.chain(scripts.values()).filter_map(Value::as_str);
        all.flat_map(|script| script.split(['&', '|', ';', '\n'])).find_map(|piece| {
            let mut words = words(piece).into_iter().skip_while(|word| {
                let assigns = word.split_once('=').is_some_and(|(name, _)| !name.starts_with('-'));
                assigns || ["npx", "cross-env", "pnpm", "yarn", "exec"].contains(&word.as_str())
            });
            (words.next()?.rsplit('/').next()? == program).then(|| words.collect())
        })
    }
}

/// Words with their quotes taken off.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut begun = false;
    let mut quote = None;
    for letter in text.chars() {
        match (quote, letter) {
            (Some(mark), _) if letter == mark => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                begun = true;
            }
            (None, space) if space.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            _ => {
                word.push(letter);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// Whether a path has one of these endings.
pub(super) fn ends(path: &str, endings: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_found_in_the_likeliest_script() {
        let package = Package(serde_json::json!({"scripts": {
            "a": "eslint bin",
            "lint": "tsc && cross-env X=1 eslint --ext .ts 'src/**' \"a b\" && prettier -c .",
            "types": "npx tsc --noEmit -p tsconfig.test.json",
        }, "devDependencies": {"eslint": "9"}}));
        assert_eq!(package.call("eslint", &["lint"]).unwrap(), ["--ext", ".ts", "src/**", "a b"]);
        assert_eq!(package.call("eslint", &[]).unwrap(), ["bin"]);
        assert_eq!(package.call("tsc", &["types"]).unwrap(), ["--noEmit", "-p", "tsconfig.test.json"]);
        assert_eq!(package.call("biome", &["lint"]), None);
        assert!(package.needs("eslint") && !package.needs("tsc") && package.has("scripts"));
    }
}
