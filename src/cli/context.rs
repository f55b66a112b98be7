//! What commands share: where the cache is, the environment, the sandbox.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::exit::bad_input;
use crate::sandbox::{ContainerSandbox, NamespacesSandbox, Places, PlainSandbox, Sandbox, TrustPatches};

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

/// The sandbox that `--sandbox` names; `pull` gives leave to fetch images.
pub(super) fn sandbox_with(name: &str, trust_patches: bool, pull: bool) -> anyhow::Result<Arc<dyn Sandbox>> {
    if name != "container" {
        if pull {
            return Err(bad_input("--pull fetches images: say --sandbox container as well"));
        }
        return sandbox(name, trust_patches);
    }
    let trees = Arc::new(NamespacesSandbox::of_this_program());
    Ok(Arc::new(ContainerSandbox::new(Places::of(&variables()), pull, trees)))
}

/// The sandbox that `--sandbox` names, without leave to fetch images.
pub(super) fn sandbox(name: &str, trust_patches: bool) -> anyhow::Result<Arc<dyn Sandbox>> {
    match (name, trust_patches) {
        ("container", _) => sandbox_with(name, trust_patches, false),
        ("namespaces", _) => Ok(Arc::new(NamespacesSandbox::of_this_program())),
        ("none", true) => Ok(Arc::new(PlainSandbox::new(TrustPatches::as_the_user_said()))),
        ("none", false) => {
            Err(bad_input("--sandbox none runs patches without any protection: say --trust-patches as well"))
        }
        (other, _) => {
            Err(bad_input(format!("--sandbox {other} is unknown; known are namespaces, container and none")))
        }
    }
}
