//! Node and npm, with caches of kerf's own. pnpm and yarn are brought by set-up, in the version that a lockfile needs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{
    Toolchain, ToolchainError, beside_the_system, is_secret, keep_settings, make_folder, names_a_user, pick,
    proxies, said, surroundings,
};

/// What to do where Node is missing.
const ADVICE: &str = "install Node.js 20 or newer with npm (Debian and Ubuntu: `apt-get install nodejs npm`), then run kerf again";

/// Node as asked for, and npm beside it.
pub(super) fn find(
    wanted: Option<&str>,
    cache: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<Toolchain, ToolchainError> {
    let node = program(wanted, variables)?;
    let bin = node.parent().map(Path::to_path_buf).unwrap_or_default();
    let asked = |name: &str, arguments: &[&str]| {
        let beside = bin.join(name);
        let program = if beside.exists() { beside.to_string_lossy().into_owned() } else { name.to_owned() };
        said(&program, arguments, ADVICE)
    };
    let versions = vec![
        format!("node {}", said(&node.to_string_lossy(), &["--version"], ADVICE)?),
        format!("npm {}", asked("npm", &["--version"])?),
    ];

    let home = cache.join("node");
    make_folder(&home)?;
    let user_settings = variables
        .get("NPM_CONFIG_USERCONFIG")
        .or_else(|| variables.get("npm_config_userconfig"))
        .map(PathBuf::from)
        .or_else(|| variables.get("HOME").map(|home| Path::new(home).join(".npmrc")))
        .and_then(|path| std::fs::read_to_string(path).ok());
    let settings = home.join("npmrc");
    let kept = user_settings.as_deref().map(without_secrets).filter(|text| !text.is_empty());
    keep_settings(&settings, Some(kept.as_deref().unwrap_or("")))?;

    let mut environment = surroundings(std::slice::from_ref(&bin));
    let own = |name: &str| home.join(name).to_string_lossy().into_owned();
    environment.extend(
        [
            ("npm_config_userconfig", own("npmrc")),
            ("npm_config_cache", own("npm")),
            ("npm_config_store_dir", own("pnpm-store")),
            ("YARN_CACHE_FOLDER", own("yarn")),
            ("YARN_ENABLE_GLOBAL_CACHE", "false".to_owned()),
            ("YARN_ENABLE_TELEMETRY", "0".to_owned()),
            ("COREPACK_HOME", own("corepack")),
            ("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0".to_owned()),
            ("COREPACK_ENABLE_AUTO_PIN", "0".to_owned()),
            ("npm_config_update_notifier", "false".to_owned()),
            ("npm_config_fund", "false".to_owned()),
            ("npm_config_audit", "false".to_owned()),
            ("NO_COLOR", "1".to_owned()),
            ("FORCE_COLOR", "0".to_owned()),
            ("NEXT_TELEMETRY_DISABLED", "1".to_owned()),
            ("DO_NOT_TRACK", "1".to_owned()),
            // Hooks of git are nothing that a set-up needs.
            ("HUSKY", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let mut setup_environment = proxies(variables);
    setup_environment.extend(pick(variables, |name| {
        let lower = name.to_lowercase();
        (lower.starts_with("npm_config_")
            || lower == "node_extra_ca_certs"
            || lower == "corepack_npm_registry")
            && !is_secret(&lower)
            && !environment.contains_key(&lower)
            && !["npm_config_prefix", "npm_config_globalconfig", "npm_config_userconfig"]
                .contains(&lower.as_str())
    }));
    setup_environment.retain(|_, value| !names_a_user(value));
    // A package that only a git server has must not hang at a question or a server that does not answer.
    setup_environment.insert("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned());
    let ssh = "ssh -o BatchMode=yes -o ConnectTimeout=10";
    setup_environment.insert("GIT_SSH_COMMAND".to_owned(), ssh.to_owned());
    let offline = [("npm_config_offline", "true"), ("COREPACK_ENABLE_NETWORK", "0")];
    Ok(Toolchain {
        versions,
        read_only: bin.parent().map(Path::to_path_buf).and_then(beside_the_system).into_iter().collect(),
        caches: vec![home],
        environment,
        setup_environment,
        offline_environment: offline.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    })
}

/// The program: the active one, or one of the wanted version among those that a version manager keeps.
fn program(wanted: Option<&str>, variables: &BTreeMap<String, String>) -> Result<PathBuf, ToolchainError> {
    let active = said("node", &["-p", "process.execPath"], ADVICE).map(PathBuf::from);
    let Some(wanted) = wanted else { return active };
    if let Ok(active) = &active {
        let version = said(&active.to_string_lossy(), &["--version"], ADVICE)?;
        if fits(&version, wanted) {
            return Ok(active.clone());
        }
    }
    let home = variables.get("HOME").map(PathBuf::from).unwrap_or_default();
    let nvm = variables.get("NVM_DIR").map_or_else(|| home.join(".nvm"), PathBuf::from).join("versions/node");
    let fnm = variables.get("FNM_DIR").map_or_else(|| home.join(".local/share/fnm"), PathBuf::from);
    let kept = [(nvm, "bin/node"), (fnm.join("node-versions"), "installation/bin/node")];
    let mut found: Vec<(Vec<u64>, PathBuf)> = Vec::new();
    for (folder, inside) in kept {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let version = entry.file_name().to_string_lossy().into_owned();
            let program = entry.path().join(inside);
            if fits(&version, wanted) && program.is_file() {
                found.push((numbers(&version), program));
            }
        }
    }
    found.sort();
    found.pop().map(|(_, program)| program).ok_or_else(|| ToolchainError::Missing {
        program: format!("Node {wanted}"),
        detail: active.map_or_else(|error| error.to_string(), |_| "the active one is another".to_owned()),
        advice: "install that version with a version manager (nvm, fnm), or make it the active one"
            .to_owned(),
    })
}

fn numbers(version: &str) -> Vec<u64> {
    version.trim_start_matches('v').split('.').map_while(|part| part.parse().ok()).collect()
}

/// Whether `v20.11.1` is what `20`, `v20.11` or `20.x` asks for.
fn fits(version: &str, wanted: &str) -> bool {
    let wanted = numbers(wanted);
    !wanted.is_empty() && numbers(version).starts_with(&wanted)
}

/// Lines of an npmrc that say where packages come from; tokens, passwords and addresses with a user are left out.
fn without_secrets(settings: &str) -> String {
    const KEYS: &[&str] = &[
        "registry",
        "cafile",
        "ca",
        "proxy",
        "https-proxy",
        "noproxy",
        "strict-ssl",
        "omit-lockfile-registry-resolved",
        "replace-registry-host",
        "nodedir",
        "fetch-timeout",
        "fetch-retries",
    ];
    let mut kept = String::new();
    for line in settings.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim(), value.trim());
        let scoped = key.starts_with('@') && key.ends_with(":registry");
        // A value from the environment (`${TOKEN}`) may be a secret.
        if (scoped || KEYS.contains(&key)) && !is_secret(key) && !names_a_user(value) && !value.contains("${")
        {
            let _ = writeln!(kept, "{key}={value}");
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_fits_by_its_first_numbers() {
        let cases = [
            ("v20.11.1", "20", true),
            ("v20.11.1", "v20.11", true),
            ("v20.11.1", "20.x", true),
            ("v20.11.1", "20.12", false),
            ("v2.0.0", "20", false),
            ("v20.11.1", "lts/*", false),
        ];
        for (version, wanted, expected) in cases {
            assert_eq!(fits(version, wanted), expected, "{version} {wanted}");
        }
    }

    #[test]
    fn where_packages_come_from_is_kept_and_secrets_are_not() {
        let settings = "registry=https://x/\n//x/:_authToken=abc\n_auth = def\n@own:registry = https://y/\n\
            proxy=http://me:pw@z/\ncafile=${HOME}/ca\ncafile=/etc/ca.crt\nprefix=/opt\n; registry=https://c/\n";
        assert_eq!(
            without_secrets(settings),
            "registry=https://x/\n@own:registry=https://y/\ncafile=/etc/ca.crt\n"
        );
    }
}
