//! The packages of a tree, so that test ids of several packages can be told apart.

use crate::harness::{Package, ReadContext};
use crate::patch::Tree;
use crate::sandbox::TREE;

/// What the test log's reader should know of a tree: the packages that its manifests name.
pub(super) fn read_context(tree: &dyn Tree) -> ReadContext {
    let packages = tree
        .paths()
        .into_iter()
        .filter(|path| path == "Cargo.toml" || path.ends_with("/Cargo.toml"))
        .filter_map(|path| {
            let manifest: toml::Table =
                toml::from_str(std::str::from_utf8(&tree.blob(&path)?.bytes).ok()?).ok()?;
            let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
            let dir = path.strip_suffix("Cargo.toml").unwrap_or_default().trim_end_matches('/').to_owned();
            Some(Package { name, dir })
        })
        .collect();
    ReadContext { packages, root: Some(TREE.to_owned()) }
}
