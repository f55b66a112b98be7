//! Bases and gold patches of tasks, without building or running anything.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::client::SandboxedClient;
use super::trees::material;
use crate::patch::TreeChanges;
use crate::repo::{BaseTree, Mirrors};
use crate::sandbox::Sandbox;
use crate::task::Task;

/// Where bases and gold patches come from.
pub struct Golds {
    mirrors: Mirrors,
}

impl Golds {
    /// `cache` is kerf's cache folder, `variables` this process's environment; the sandbox is for fetching releases.
    pub fn new(
        cache: &Path,
        mirror: Option<String>,
        sandbox: Arc<dyn Sandbox>,
        variables: &BTreeMap<String, String>,
    ) -> Self {
        let client = SandboxedClient::new(cache, sandbox, variables);
        Self { mirrors: Mirrors::new(cache.to_owned(), mirror).with_client(Arc::new(client)) }
    }

    /// Base and gold of a task; no gold where it has none.
    pub fn of(&self, task: &Task) -> Result<(BaseTree, Option<TreeChanges>), String> {
        let base =
            self.mirrors.tree(&task.source, task.commit.as_deref()).map_err(|error| error.to_string())?;
        let material = material(task, &base, &self.mirrors).map_err(|error| error.to_string())?;
        Ok((base, material.gold))
    }
}
