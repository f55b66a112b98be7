//! Links from a report to where a task's details are kept: a run's page, an artifact, a dashboard.

/// A template of an address, such as `https://ci.example/runs/7/{task}/{model}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// Takes a template. The error says what is wrong: it must name `{task}`, begin with `http://`, `https://` or `/`, and
    /// hold no character that would end a link in Markdown.
    pub fn new(template: &str) -> Result<Self, String> {
        if !["http://", "https://", "/"].iter().any(|start| template.starts_with(start)) {
            return Err(format!("`{template}` begins with neither http://, https:// nor /"));
        }
        if let Some(bad) =
            template.chars().find(|c| c.is_whitespace() || c.is_control() || "()<>\"'`|".contains(*c))
        {
            return Err(format!("`{template}` holds {bad:?}, which ends a link: write it percent-encoded"));
        }
        if !template.contains("{task}") {
            return Err(format!("`{template}` does not name {{task}}"));
        }
        Ok(Self(template.to_owned()))
    }

    /// The address of a task's trials by a model; both are percent-encoded.
    pub fn to(&self, task: &str, model: &str) -> String {
        // A name that looks like a placeholder stays a name: its braces are encoded.
        self.0.replace("{task}", &encoded(task)).replace("{model}", &encoded(model))
    }
}

/// All but the unreserved characters of RFC 3986.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_and_templates_checked() {
        let link = Link::new("https://ci.example/7/{task}?by={model}").unwrap();
        for (task, model, expected) in [
            ("tempo-fractions", "m", "https://ci.example/7/tempo-fractions?by=m"),
            ("a/b)[x](y", "é {task}", "https://ci.example/7/a%2Fb%29%5Bx%5D%28y?by=%C3%A9%20%7Btask%7D"),
        ] {
            assert_eq!(link.to(task, model), expected);
        }
        for bad in ["javascript:{task}", "https://ci.example/7", "/x y/{task}", "/{task})](", "{task}"] {
            assert!(Link::new(bad).is_err(), "{bad}");
        }
    }
}
