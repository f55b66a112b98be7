//! `kerf.toml`: what a bare `kerf run` does.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

use super::exit::bad_input;

/// The file as written. Paths are relative to its folder.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    /// Section `[run]`.
    #[serde(default)]
    pub run: RunConfig,
    /// Section `[nightly]`.
    pub nightly: Option<super::nightly::NightlyConfig>,
}

/// Defaults of `kerf run`; an option on the command line wins.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunConfig {
    /// Name of the suite in reports; else that of its folder or file.
    pub name: Option<String>,
    /// Suite.
    pub tasks: Option<PathBuf>,
    /// More suites, which `--all` adds.
    #[serde(default)]
    pub all: Vec<PathBuf>,
    /// Bring tools that the suite needs and the machine lacks, by the system's package manager.
    #[serde(default)]
    pub bring_tools: bool,
    /// Predictions.
    #[serde(default)]
    pub predictions: Vec<PathBuf>,
    /// Files of profiles: one, or a list.
    #[serde(default, deserialize_with = "one_or_more")]
    pub profiles: Vec<PathBuf>,
    /// Mirror template.
    pub mirror: Option<String>,
    /// Run folder.
    pub out: Option<PathBuf>,
    /// Measures.
    pub measures: Option<Vec<String>>,
    /// How far ablation goes.
    pub ablation: Option<String>,
    /// Number of workers, or `auto`.
    pub jobs: Option<String>,
    /// Seed.
    pub seed: Option<u64>,
}

/// A path, or a list of paths.
fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(PathBuf),
        More(Vec<PathBuf>),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::One(path) => vec![path],
        Either::More(paths) => paths,
    })
}

/// Reads `kerf.toml` of a folder, if there is one, with its paths made absolute to that folder.
pub(super) fn read(folder: &Path) -> anyhow::Result<Option<Config>> {
    let path = folder.join("kerf.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let mut config: Config =
        toml::from_str(&text).map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
    let absolute = |path: &mut PathBuf| {
        // Paths of the present folder stay as the user would type them.
        if path.is_relative() && folder != Path::new(".") {
            *path = folder.join(&*path);
        }
    };
    config.run.tasks.iter_mut().for_each(absolute);
    config.run.all.iter_mut().for_each(absolute);
    config.run.predictions.iter_mut().for_each(absolute);
    config.run.profiles.iter_mut().for_each(absolute);
    config.run.out.iter_mut().for_each(absolute);
    Ok(Some(config))
}
