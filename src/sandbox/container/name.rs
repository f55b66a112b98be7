//! How images are called.
//!
//! In: a name as data sets write it: `ubuntu`, `swebench/sweb.eval.x86_64.a:latest`, `ghcr.io/o/n@sha256:…`. Out: its parts,
//! with what engines would fill in filled in, so that a name means the same to Docker and to podman.
//!
//! Invariant: a name that was accepted holds nothing that an address or a log could mistake for something else.

use std::fmt;

/// A name with all its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// Registry and path: `docker.io/library/ubuntu`.
    pub repository: String,
    /// Tag, or `sha256:…`.
    pub version: Version,
}

/// Which of a repository's images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// By a tag, which may move.
    Tag(String),
    /// By its content.
    Digest(String),
}

/// Why a name is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or a part of it, is there.
    #[error("an empty part")]
    Empty,
    /// Capital letters, blanks, and whatever else registries do not have.
    #[error("a character that no image name has")]
    Character,
    /// Too long.
    #[error("more than 255 characters")]
    Long,
    /// Not `sha256:` and 64 hex digits.
    #[error("a digest that is none")]
    Digest,
}

impl ImageName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.len() > 255 {
            return Err(NameError::Long);
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        // A colon behind the last slash begins a tag; before it, a port.
        let slash = rest.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match rest[slash..].find(':') {
            Some(at) => (&rest[..slash + at], Some(&rest[slash + at + 1..])),
            None => (rest, None),
        };
        let repository = qualified(path)?;
        let version = match (digest, tag) {
            (Some(digest), _) => {
                let hex = digest.strip_prefix("sha256:").ok_or(NameError::Digest)?;
                if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f')) {
                    return Err(NameError::Digest);
                }
                Version::Digest(digest.to_owned())
            }
            (None, Some("")) => return Err(NameError::Empty),
            (None, Some(tag)) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
                if tag.len() > 128 || tag.starts_with(['.', '-']) || !tag.chars().all(plain) {
                    return Err(NameError::Character);
                }
                Version::Tag(tag.to_owned())
            }
            (None, None) => Version::Tag("latest".to_owned()),
        };
        Ok(Self { repository, version })
    }
}

/// The path with its registry: where the first part is no host, Docker's, and there the folder of official images.
fn qualified(path: &str) -> Result<String, NameError> {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(NameError::Empty);
    }
    let is_host = parts.len() > 1 && (parts[0].contains(['.', ':']) || parts[0] == "localhost");
    let (host, names) = if is_host { (parts[0], &parts[1..]) } else { ("docker.io", &parts[..]) };
    let host_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let name_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let edges = |name: &&str| name.starts_with(['.', '_', '-']) || name.ends_with(['.', '_', '-']);
    if !host.chars().all(host_char)
        || names.iter().any(|name| !name.chars().all(name_char))
        || names.iter().any(edges)
    {
        return Err(NameError::Character);
    }
    let library = if host == "docker.io" && names.len() == 1 { "library/" } else { "" };
    Ok(format!("{host}/{library}{}", names.join("/")))
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Version::Tag(tag) => write!(f, "{}:{tag}", self.repository),
            Version::Digest(digest) => write!(f, "{}@{digest}", self.repository),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_as_data_sets_write_them() {
        let hex = "0123456789abcdef".repeat(4);
        let cases = [
            ("ubuntu", "docker.io/library/ubuntu:latest".to_owned()),
            (
                " swebench/sweb.eval.x86_64.django_1776_django-1:v1 ",
                "docker.io/swebench/sweb.eval.x86_64.django_1776_django-1:v1".to_owned(),
            ),
            ("mswebench/tokio-rs_m_bytes:pr-543", "docker.io/mswebench/tokio-rs_m_bytes:pr-543".to_owned()),
            ("localhost/own", "localhost/own:latest".to_owned()),
            ("reg.example:5000/a/b/c:1.2", "reg.example:5000/a/b/c:1.2".to_owned()),
            (&format!("ghcr.io/o/n:tag@sha256:{hex}"), format!("ghcr.io/o/n@sha256:{hex}")),
        ];
        for (text, expected) in cases {
            assert_eq!(ImageName::parse(text).map(|name| name.to_string()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_name() {
        let long = "a".repeat(256);
        for (text, why) in [
            ("", NameError::Empty),
            ("/a", NameError::Empty),
            ("a//b", NameError::Empty),
            ("a:", NameError::Empty),
            ("A/b", NameError::Character),
            ("a b", NameError::Character),
            ("a/b?x=1", NameError::Character),
            ("a/../b", NameError::Character),
            ("-a", NameError::Character),
            ("a:-x", NameError::Character),
            ("a\nb", NameError::Character),
            ("a@sha256:12", NameError::Digest),
            ("a@md5:12", NameError::Digest),
            (long.as_str(), NameError::Long),
        ] {
            assert_eq!(ImageName::parse(text), Err(why), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_read_again_is_the_same(text in "[a-z.:/@_-]{0,20}") {
            if let Ok(name) = ImageName::parse(&text) {
                prop_assert_eq!(ImageName::parse(&name.to_string()), Ok(name));
            }
        }
    }
}
