//! What commands share: where the cache is, the environment, the sandbox.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::exit::bad_input;
use crate::sandbox::Sandbox;

/// This process's environment, as far as it is UTF-8.
pub(super) fn variables() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// kerf's cache folder: `KERF_CACHE`, else `kerf` in the user's cache folder.
pub(super) fn cache(variables: &BTreeMap<String, String>) -> anyhow::Result<PathBuf> {
    let set = |name: &str| variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("KERF_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("kerf")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/kerf")))
        .ok_or_else(|| bad_input("no place for the cache: set KERF_CACHE to a folder"))?;
    Ok(std::path::absolute(folder)?)
}

/// The sandbox that `--sandbox` names.
pub(super) fn sandbox(name: &str, trust_patches: bool) -> anyhow::Result<Arc<dyn Sandbox>> {
    match (name, trust_patches) {
        ("namespaces", _) => Ok(Arc::new(crate::sandbox::NamespacesSandbox::new(PathBuf::from("/proc/self/exe")))),
        ("none", true) => Ok(Arc::new(crate::sandbox::PlainSandbox::new(crate::sandbox::TrustPatches))),
        ("none", false) => {
            Err(bad_input("--sandbox none runs patches without any protection: say --trust-patches as well"))
        }
        (other, _) => Err(bad_input(format!("--sandbox {other} is unknown; known are namespaces and none"))),
    }
}
