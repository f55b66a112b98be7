//! The tools of a language on this machine: where they are, which versions, and what a sandbox must show of them.
//!
//! In: a language, the version wanted, kerf's cache folder and this process's environment. Out: a [`Toolchain`]. Nothing
//! is installed here. One file a family of languages.
//!
//! Invariant: no secret of the user's (token, password, credential helper) reaches a sandbox.

mod node;
mod python;
mod rust;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A language's tools.
#[derive(Debug, Clone, Default)]
pub struct Toolchain {
    /// Versions in the tools' own words; part of a snapshot's key.
    pub versions: Vec<String>,
    /// Host paths that every session shows read-only.
    pub read_only: Vec<PathBuf>,
    /// kerf's own registry caches: writable in set-up, read-only in trials.
    pub caches: Vec<PathBuf>,
    /// Environment of every step.
    pub environment: BTreeMap<String, String>,
    /// Added in set-up, where the network is: registry settings and proxies of the user.
    pub setup_environment: BTreeMap<String, String>,
    /// Added where there is no network.
    pub offline_environment: BTreeMap<String, String>,
}

impl Toolchain {
    /// These tools with a task's own variables, which are part of a snapshot's key like the versions.
    #[must_use]
    pub fn with_variables(mut self, variables: &BTreeMap<String, String>) -> Self {
        self.versions.extend(variables.iter().map(|(name, value)| format!("{name}={value}")));
        self.environment.extend(variables.clone());
        self
    }
}

/// Languages whose tools kerf knows.
pub const LANGUAGES: &[&str] = &["rust", "typescript", "javascript", "python"];

/// Why there are no tools.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolchainError {
    /// kerf does not know the language's tools.
    #[error("no toolchain is known for language `{0}`; this version runs tasks in {known}", known = LANGUAGES.join(", "))]
    UnknownLanguage(String),
    /// A program is not there.
    #[error("`{program}` cannot be run ({detail}); {advice}")]
    Missing {
        /// The program.
        program: String,
        /// Why.
        detail: String,
        /// How to get it.
        advice: String,
    },
    /// A registry cache of kerf's own cannot be made.
    #[error("cache folder {path}: {detail}")]
    Cache {
        /// Where.
        path: PathBuf,
        /// Why.
        detail: String,
    },
}

/// Finds the tools of a language: the active ones, or those of the version `wanted`. `cache` is kerf's cache folder; `variables` is this process's environment.
pub fn find(
    language: &str,
    wanted: Option<&str>,
    cache: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<Toolchain, ToolchainError> {
    match language {
        "rust" => rust::find(wanted, cache, variables),
        "typescript" | "javascript" => node::find(wanted, cache, variables),
        "python" => python::find(wanted, cache, variables),
        other => Err(ToolchainError::UnknownLanguage(other.to_owned())),
    }
}

/// Settings of the way to the network, which every client reads.
fn proxies(variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    const NAMES: &[&str] =
        &["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"];
    pick(variables, |name| NAMES.contains(&name.to_uppercase().as_str()))
}

/// The variables whose name is wanted.
fn pick(variables: &BTreeMap<String, String>, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let kept = variables.iter().filter(|(name, _)| wanted(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a setting of this name may hold a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["token", "secret", "credential", "password", "auth", "username", "_key", "keyfile", "certfile"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether an address holds a user's name and password.
fn names_a_user(address: &str) -> bool {
    address.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().unwrap_or(rest).contains('@'))
}

/// What every step of any language sees; `path` are folders of programs, searched first.
fn surroundings(path: &[PathBuf]) -> BTreeMap<String, String> {
    let system = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
    let path: Vec<String> =
        path.iter().chain(&system).map(|folder| folder.to_string_lossy().into_owned()).collect();
    let fixed = [("HOME", "/tmp/home"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("TERM", "dumb"), ("CI", "1")];
    let mut all: BTreeMap<String, String> =
        fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    all.insert("PATH".to_owned(), path.join(":"));
    all
}

/// Makes a folder of kerf's own cache.
fn make_folder(path: &Path) -> Result<(), ToolchainError> {
    std::fs::create_dir_all(path).map_err(|error| cache_error(path, &error))
}

/// Writes a settings file of kerf's own, if it says something else than it should; none removes it.
fn keep_settings(path: &Path, text: Option<&str>) -> Result<(), ToolchainError> {
    let now = std::fs::read_to_string(path).ok();
    match text {
        Some(text) if now.as_deref() == Some(text) => Ok(()),
        Some(text) => std::fs::write(path, text).map_err(|error| cache_error(path, &error)),
        None if now.is_some() => std::fs::remove_file(path).map_err(|error| cache_error(path, &error)),
        None => Ok(()),
    }
}

fn cache_error(path: &Path, error: &std::io::Error) -> ToolchainError {
    ToolchainError::Cache { path: path.to_owned(), detail: error.to_string() }
}

/// Where a tool lies that is not among the system's own folders, which every sandbox shows.
fn beside_the_system(folder: PathBuf) -> Option<PathBuf> {
    (!folder.starts_with("/usr") && folder != Path::new("/")).then_some(folder)
}

/// First line(s) that a tool of this machine prints.
#[allow(
    clippy::disallowed_methods,
    reason = "asks the machine's own tools for their version; no patched tree is near"
)]
fn said(program: &str, arguments: &[&str], advice: &str) -> Result<String, ToolchainError> {
    let missing = |detail: String| ToolchainError::Missing {
        program: program.to_owned(),
        detail,
        advice: advice.to_owned(),
    };
    let output = std::process::Command::new(program)
        .args(arguments)
        .current_dir("/")
        // Asking for a version must not fetch it.
        .env("RUSTUP_AUTO_INSTALL", "0")
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| missing(error.to_string()))?;
    if !output.status.success() {
        return Err(missing(output.status.to_string()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
