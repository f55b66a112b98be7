//! Python and pip, with a cache of kerf's own. Virtual environments are made by set-up, inside the tree.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{
    Toolchain, ToolchainError, beside_the_system, is_secret, keep_settings, make_folder, names_a_user, pick,
    proxies, said, surroundings,
};

/// What to do where Python is missing.
const ADVICE: &str = "install Python 3 with its venv module (Debian and Ubuntu: `apt-get install python3-venv`), \
    then run kerf again";

/// Prints what is asked of an interpreter, a line each: itself, its prefix, its version, whether `venv` works.
const ASK: &str = "import sys, os\nprint(os.path.realpath(sys.executable))\nprint(os.path.realpath(sys.base_prefix))\n\
    print('.'.join(map(str, sys.version_info[:3])))\n\
    try:\n import ensurepip\n print('venv')\nexcept ImportError:\n print('')\n";

/// Python as asked for.
pub(super) fn find(
    wanted: Option<&str>,
    cache: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<Toolchain, ToolchainError> {
    let found = interpreter(wanted, variables)?;
    let home = cache.join("python");
    make_folder(&home)?;
    let settings = home.join("pip.conf");
    keep_settings(&settings, Some(&user_settings(variables)))?;
    let shims = shims(&home, &found)?;
    let mut environment = surroundings(&[shims, found.bin.clone()]);
    environment.extend(
        [
            ("PIP_CONFIG_FILE", settings.to_string_lossy().into_owned()),
            ("PIP_CACHE_DIR", home.join("pip").to_string_lossy().into_owned()),
            ("PIP_DISABLE_PIP_VERSION_CHECK", "1".to_owned()),
            ("PIP_NO_INPUT", "1".to_owned()),
            ("PIP_PROGRESS_BAR", "off".to_owned()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
            // Orders of sets are no part of a verdict.
            ("PYTHONHASHSEED", "0".to_owned()),
            ("PYTHONUTF8", "1".to_owned()),
            ("NO_COLOR", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let mut setup_environment = proxies(variables);
    setup_environment.extend(pick(variables, |name| {
        (name.starts_with("PIP_") || ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].contains(&name))
            && !is_secret(name)
            && !environment.contains_key(name)
            && !["PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"].contains(&name)
    }));
    setup_environment.retain(|_, value| !names_a_user(value));
    // A folder of wheels on this machine is a source of packages like any other.
    let wheels = setup_environment.get("PIP_FIND_LINKS").map(PathBuf::from).filter(|path| path.is_dir());
    let read_only = beside_the_system(found.prefix).into_iter().chain(wheels.and_then(beside_the_system));
    Ok(Toolchain {
        versions: vec![format!("python {}", found.version)],
        read_only: read_only.collect(),
        caches: vec![home],
        environment,
        setup_environment,
        offline_environment: BTreeMap::from([("PIP_NO_INDEX".to_owned(), "1".to_owned())]),
    })
}

/// An interpreter.
struct Interpreter {
    program: PathBuf,
    bin: PathBuf,
    prefix: PathBuf,
    version: String,
}

/// The active interpreter, or one whose version is wanted: by its name on the path, or among those of a version manager.
fn interpreter(
    wanted: Option<&str>,
    variables: &BTreeMap<String, String>,
) -> Result<Interpreter, ToolchainError> {
    let mut names = vec!["python3".to_owned(), "python".to_owned()];
    if let Some(wanted) = wanted {
        let minor = wanted.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        names.insert(0, format!("python{minor}"));
        names.extend(managed(variables, wanted));
    }
    let mut why = None;
    for name in names {
        match ask(&name) {
            Ok(found) if wanted.is_none_or(|wanted| fits(&found.version, wanted)) => return Ok(found),
            Ok(found) => why = why.or(Some(format!("{name} is {}", found.version))),
            Err(error) => why = why.or(Some(error.to_string())),
        }
    }
    Err(ToolchainError::Missing {
        program: wanted.map_or_else(|| "python3".to_owned(), |wanted| format!("Python {wanted}")),
        detail: why.unwrap_or_default(),
        advice: ADVICE.to_owned(),
    })
}

/// Interpreters of a version that pyenv or uv keep, the newest first.
fn managed(variables: &BTreeMap<String, String>, wanted: &str) -> Vec<String> {
    let home = variables.get("HOME").map(PathBuf::from).unwrap_or_default();
    let pyenv =
        variables.get("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from).join("versions");
    let uv = home.join(".local/share/uv/python");
    let mut found: Vec<(Vec<u64>, String)> = Vec::new();
    for folder in [pyenv, uv] {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.trim_start_matches("cpython-").split('-').next().unwrap_or_default();
            let program = entry.path().join("bin/python3");
            if fits(version, wanted) && program.exists() {
                found.push((numbers(version), program.to_string_lossy().into_owned()));
            }
        }
    }
    found.sort();
    found.into_iter().rev().map(|(_, program)| program).collect()
}

fn ask(program: &str) -> Result<Interpreter, ToolchainError> {
    let missing = |detail: &str| ToolchainError::Missing {
        program: program.to_owned(),
        detail: detail.to_owned(),
        advice: ADVICE.to_owned(),
    };
    let answer = said(program, &["-I", "-c", ASK], ADVICE)?;
    let lines: Vec<&str> = answer.lines().collect();
    let [path, prefix, version, venv @ ..] = lines.as_slice() else {
        return Err(missing("it does not say what it is"));
    };
    if venv != ["venv"] {
        return Err(missing("it cannot make virtual environments (no module `ensurepip`)"));
    }
    let path = PathBuf::from(path);
    let bin = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(Interpreter { bin, prefix: PathBuf::from(prefix), version: (*version).to_owned(), program: path })
}

/// A folder in which `python3` and `python` are this very interpreter, whatever else the path has.
fn shims(home: &Path, found: &Interpreter) -> Result<PathBuf, ToolchainError> {
    let folder = home.join(format!("bin-{}", found.version));
    make_folder(&folder)?;
    for name in ["python3", "python"] {
        let link = folder.join(name);
        if std::fs::read_link(&link).is_ok_and(|target| target == found.program) {
            continue;
        }
        let _ = std::fs::remove_file(&link);
        let made = std::os::unix::fs::symlink(&found.program, &link);
        // Another kerf may have made it meanwhile.
        if made.is_err() && !link.exists() {
            made.map_err(|error| super::cache_error(&link, &error))?;
        }
    }
    Ok(folder)
}

fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

fn fits(version: &str, wanted: &str) -> bool {
    let wanted = numbers(wanted);
    !wanted.is_empty() && numbers(version).starts_with(&wanted)
}

/// What the user's own pip settings say of where packages come from.
fn user_settings(variables: &BTreeMap<String, String>) -> String {
    let home = variables.get("HOME").map(PathBuf::from).unwrap_or_default();
    let files = [
        PathBuf::from("/etc/pip.conf"),
        home.join(".pip/pip.conf"),
        variables
            .get("XDG_CONFIG_HOME")
            .map_or_else(|| home.join(".config"), PathBuf::from)
            .join("pip/pip.conf"),
        variables.get("PIP_CONFIG_FILE").map(PathBuf::from).unwrap_or_default(),
    ];
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    let kept: Vec<String> =
        texts.map(|text| without_secrets(&text)).filter(|text| !text.is_empty()).collect();
    if kept.is_empty() { String::new() } else { format!("[global]\n{}", kept.concat()) }
}

/// Lines of a pip.conf that say where packages come from; addresses with a user are left out.
fn without_secrets(settings: &str) -> String {
    const KEYS: &[&str] = &[
        "index-url",
        "extra-index-url",
        "trusted-host",
        "cert",
        "proxy",
        "timeout",
        "retries",
        "find-links",
    ];
    let mut kept = String::new();
    for line in settings.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim(), value.trim());
        if KEYS.contains(&key) && !value.is_empty() && !names_a_user(value) {
            let _ = writeln!(kept, "{key} = {value}");
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_packages_come_from_is_kept_and_secrets_are_not() {
        let settings = "[global]\nindex-url = https://x/simple\nextra-index-url=https://me:pw@y/\ncert = /etc/ca\n\
            [install]\nuser = true\n# timeout = 3\ntimeout = 60\n";
        assert_eq!(without_secrets(settings), "index-url = https://x/simple\ncert = /etc/ca\ntimeout = 60\n");
    }

    #[test]
    fn a_version_fits_by_its_first_numbers() {
        assert!(fits("3.11.9", "3.11") && fits("3.11.9", "3") && fits("3.11.9", "3.11.9"));
        assert!(!fits("3.11.9", "3.1") && !fits("3.11.9", "any"));
    }
}
