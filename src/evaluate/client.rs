//! The clients of package registries, run in a sandbox: a package may bring code that its client runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::repo::Client;
use crate::sandbox::{Access, Ended, Limits, Sandbox, SessionSpec, Step, hand_over};
use crate::snapshot::find_toolchain;
use crate::task::Registry;

/// Wall clock of a fetch.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Fetches with the tools of the registry's language, as set-up would: network, and kerf's own caches writable.
pub(super) struct SandboxedClient {
    cache: PathBuf,
    sandbox: Arc<dyn Sandbox>,
    variables: BTreeMap<String, String>,
}

impl SandboxedClient {
    /// `cache` is kerf's cache folder, `variables` this process's environment.
    pub fn new(cache: &Path, sandbox: Arc<dyn Sandbox>, variables: &BTreeMap<String, String>) -> Self {
        Self { cache: cache.to_owned(), sandbox, variables: variables.clone() }
    }
}

impl Client for SandboxedClient {
    fn run(&self, registry: Registry, command: &str, folder: &Path) -> Result<(), String> {
        let language = match registry {
            Registry::Crate => "rust",
            Registry::Npm => "javascript",
            Registry::Pypi => "python",
        };
        let tools =
            find_toolchain(language, None, &self.cache, &self.variables).map_err(|e| e.to_string())?;
        for place in std::iter::once(folder).chain(tools.caches.iter().map(PathBuf::as_path)) {
            hand_over(place).map_err(|error| format!("{}: {error}", place.display()))?;
        }
        let mut environment = tools.environment;
        environment.extend(tools.setup_environment);
        let spec = SessionSpec {
            lower: folder.to_owned(),
            access: Access::Writable,
            read_only: tools.read_only,
            writable: tools.caches,
            network: true,
            newer_than: 0,
            environment,
            limits: Limits::default(),
        };
        let step = Step {
            command: command.to_owned(),
            timeout: TIMEOUT,
            merged: true,
            stdin: None,
            environment: BTreeMap::new(),
        };
        let run = || self.sandbox.open(&spec)?.run(&step);
        let output = run().map_err(|error| error.to_string())?;
        if output.ended == Ended::Exited(0) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        Err(lines[lines.len().saturating_sub(4)..].join(" | "))
    }
}
