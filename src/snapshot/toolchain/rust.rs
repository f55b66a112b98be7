//! cargo and rustc, with a cargo home of kerf's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Toolchain, ToolchainError, proxies, said};

/// What to do where Rust is missing.
const ADVICE: &str = "install Rust with rustup, then run kerf again";

/// cargo and rustc of the active toolchain, called past rustup's proxies: those would try to fetch what a
/// `rust-toolchain.toml` names, and a sandbox has no network.
pub(super) fn find(
    wanted: Option<&str>,
    cache: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<Toolchain, ToolchainError> {
    let sysroot = match wanted {
        None => PathBuf::from(said("rustc", &["--print", "sysroot"], ADVICE)?),
        Some(wanted) => sysroot_of(wanted)?,
    };
    let bin = sysroot.join("bin");
    let mut versions = vec![said(&bin.join("rustc").to_string_lossy(), &["-vV"], ADVICE)?];
    versions.push(said(&bin.join("cargo").to_string_lossy(), &["-V"], ADVICE)?);
    // Linters are optional: their lint measure says so when they are missing.
    for tool in ["cargo-clippy", "rustfmt"] {
        versions.extend(said(&bin.join(tool).to_string_lossy(), &["--version"], ADVICE));
    }

    let user_home = variables
        .get("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| variables.get("HOME").map(|home| Path::new(home).join(".cargo")))
        .unwrap_or_default();
    let cargo_home = cache.join("cargo");
    make_cargo_home(&cargo_home, &user_home)
        .map_err(|error| ToolchainError::Cache { path: cargo_home.clone(), detail: error.to_string() })?;

    let user_bin = user_home.join("bin");
    let path = [bin.clone(), user_bin.clone(), "/usr/local/bin".into(), "/usr/bin".into(), "/bin".into()]
        .map(|folder| folder.to_string_lossy().into_owned())
        .join(":");
    let environment = BTreeMap::from(
        [
            ("PATH", path.as_str()),
            ("CARGO_HOME", &cargo_home.to_string_lossy()),
            ("CARGO_TERM_COLOR", "never"),
            ("HOME", "/tmp/home"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            ("TERM", "dumb"),
            ("CI", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let setup_environment = variables
        .iter()
        .filter(|(name, _)| {
            let upper = name.to_uppercase();
            ["CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_SOURCE_", "CARGO_HTTP_", "CARGO_NET_"]
                .iter()
                .any(|prefix| upper.starts_with(prefix) && !upper.ends_with("TOKEN"))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .chain(proxies(variables))
        .collect();
    Ok(Toolchain {
        versions,
        read_only: vec![sysroot, user_bin],
        caches: vec![cargo_home],
        environment,
        setup_environment,
        offline_environment: BTreeMap::from([("CARGO_NET_OFFLINE".to_owned(), "true".to_owned())]),
    })
}

/// Where the toolchain of a version or channel is: rustup's, or the one on the path where it is that very version.
/// Nothing is installed for it.
fn sysroot_of(wanted: &str) -> Result<PathBuf, ToolchainError> {
    let missing = |detail: String| ToolchainError::Missing {
        program: format!("Rust {wanted}"),
        detail,
        advice: format!(
            "install it with `rustup toolchain install {wanted} --profile minimal -c clippy -c rustfmt`"
        ),
    };
    // It becomes an argument of rustup.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if wanted.starts_with('-') || !wanted.chars().all(plain) {
        return Err(missing("that is no name of a toolchain".to_owned()));
    }
    let asked = said("rustup", &["run", wanted, "rustc", "--print", "sysroot"], ADVICE);
    asked.map(PathBuf::from).or_else(|error| {
        let active = said("rustc", &["-V"], ADVICE).unwrap_or_default();
        if active.split(' ').nth(1) == Some(wanted) {
            return said("rustc", &["--print", "sysroot"], ADVICE).map(PathBuf::from);
        }
        let detail = match error {
            ToolchainError::Missing { detail, .. } => detail,
            other => other.to_string(),
        };
        Err(missing(format!("rustup does not have it: {detail}")))
    })
}

/// A cargo home of kerf's own, with the user's registry settings but without any secret: every session sees it, and
/// set-up runs commands of the repository.
fn make_cargo_home(home: &Path, user_home: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(home)?;
    let settings =
        ["config.toml", "config"].iter().find_map(|name| std::fs::read_to_string(user_home.join(name)).ok());
    let own = home.join("config.toml");
    match settings.and_then(|text| without_secrets(&text)) {
        Some(settings) if std::fs::read_to_string(&own).is_ok_and(|old| old == settings) => Ok(()),
        Some(settings) => std::fs::write(&own, settings),
        None => {
            let _ = std::fs::remove_file(&own);
            Ok(())
        }
    }
}

fn remove_secrets(table: &mut toml::Table) {
    table.retain(|name, _| {
        !["token", "secret", "credential", "password"].iter().any(|word| name.contains(word))
    });
    table.iter_mut().filter_map(|(_, value)| value.as_table_mut()).for_each(remove_secrets);
}

/// Only what says where packages come from: sources, registries and the network, tokens and credential helpers taken
/// out. Settings of builds (wrappers, linkers, paths) are the user's, not the task's. None where nothing is left.
fn without_secrets(settings: &str) -> Option<String> {
    let mut table: toml::Table = toml::from_str(settings).ok()?;
    table.retain(|name, _| ["source", "registries", "registry", "net", "http"].contains(&name));
    remove_secrets(&mut table);
    (!table.is_empty()).then(|| table.to_string())
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn registry_settings_are_kept_and_secrets_are_not() {
        let settings = "[registries.own]\nindex = 'sparse+https://x/'\ntoken = 'abc'\n\n[registry]\n\
            global-credential-providers = ['p']\n\n[build]\nrustc-wrapper = 'w'\n\n[source.a]\nreplace-with = 'b'\n";
        let kept = without_secrets(settings).unwrap();
        assert!(kept.contains("sparse+https://x/") && kept.contains("replace-with"), "{kept}");
        for gone in ["abc", "credential", "rustc-wrapper"] {
            assert!(!kept.contains(gone), "{gone}: {kept}");
        }
        assert_eq!(without_secrets("[build]\njobs = 1\n"), None);
        assert_eq!(without_secrets("no toml ["), None);
    }
}
