//! Building a snapshot aside and putting it in its place.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Meta, Request, Snapshot, SnapshotError, entries, io};
use crate::repo::checkout;
use crate::sandbox::{
    Access, Ended, Limits, REPORT_BYTES, Sandbox, SessionSpec, Step, StepOutput, TREE, hand_over,
};

/// Part of every key: a change here rebuilds all snapshots.
const FORMAT: &str = "kerf/snapshot/1";

/// Wall clock of one set-up, build or warm command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(1800);

/// The snapshots of a cache folder.
pub struct Snapshots {
    folder: PathBuf,
    sandbox: Arc<dyn Sandbox>,
    limit: Option<u64>,
}

impl Snapshots {
    /// Snapshots kept below `cache`, built in `sandbox`.
    pub fn new(cache: &Path, sandbox: Arc<dyn Sandbox>) -> Self {
        Self { folder: entries::folder(cache), sandbox, limit: None }
    }

    /// Whenever one is built, those not used for longest go until all take at most so many bytes.
    pub fn keep_below(&mut self, bytes: u64) {
        self.limit = Some(bytes);
    }

    /// The key that a request has: 32 hex digits over tree, commands, tools and the path in the sandbox.
    pub fn key(request: &Request) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        part(FORMAT);
        part(TREE);
        part(&request.tree.id());
        for list in [&request.environment.setup, &request.environment.build, &request.toolchain.versions] {
            part(&list.len().to_string());
            for item in list {
                part(item);
            }
        }
        for (name, command) in request.warm {
            part(name);
            part(command);
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// The snapshot of a request: from the cache, or built now. Blocking; a second caller for the same key, also in
    /// another process, waits for the first.
    pub fn get(&self, request: &Request) -> Result<Snapshot, SnapshotError> {
        let key = Self::key(request);
        let place = self.folder.join(&key);
        if let Some(found) = self.load(&key) {
            return Ok(found);
        }
        std::fs::create_dir_all(&self.folder).map_err(io(&self.folder))?;
        let lock = entries::open_lock(&self.folder, &key).map_err(io(&self.folder))?;
        lock.lock().map_err(io(&self.folder))?;
        if entries::read_meta(&place).is_ok() {
            drop(lock);
            return self.load(&key).ok_or_else(|| vanished(&place));
        }
        // Under this key's lock, what lies about was left by a kerf that died while it built.
        let prefix = format!("{}{key}-", entries::STAGING);
        remove_leftovers(&self.folder, &prefix);
        let staging = tempfile::Builder::new()
            .prefix(&prefix)
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir_in(&self.folder)
            .map_err(io(&self.folder))?;
        self.build(request, staging.path())?;
        // What stands in the way could not be loaded: an older or damaged snapshot.
        if place.exists() {
            std::fs::remove_dir_all(&place).map_err(io(&place))?;
        }
        std::fs::rename(staging.path(), &place).map_err(io(&place))?;
        let _ = staging.keep();
        drop(lock);
        let built = self.load(&key).ok_or_else(|| vanished(&place))?;
        if let Some(limit) = self.limit {
            // Too full a cache is no reason against a snapshot that is there.
            let _ = entries::evict(&self.folder, limit);
        }
        Ok(built)
    }

    fn load(&self, key: &str) -> Option<Snapshot> {
        let (meta, held) = entries::take(&self.folder, key)?;
        Some(Snapshot { key: key.to_owned(), tree: self.folder.join(key).join("tree"), meta, held })
    }

    fn build(&self, request: &Request, staging: &Path) -> Result<(), SnapshotError> {
        let started = Instant::now();
        let tree = staging.join("tree");
        std::fs::create_dir(&tree).map_err(io(&tree))?;
        checkout(request.tree, &tree)?;
        hand_over(&tree).map_err(io(&tree))?;
        for cache in &request.toolchain.caches {
            hand_over(cache).map_err(io(cache))?;
        }
        let toolchain = request.toolchain;
        let mut environment = toolchain.environment.clone();
        let mut spec = SessionSpec {
            lower: tree.clone(),
            access: Access::Writable,
            read_only: toolchain.read_only.clone(),
            writable: toolchain.caches.clone(),
            network: true,
            newer_than: 0,
            environment: environment.clone(),
            limits: Limits::default(),
        };
        if !request.environment.setup.is_empty() {
            spec.environment.extend(toolchain.setup_environment.clone());
            let mut session = self.sandbox.open(&spec)?;
            for command in &request.environment.setup {
                let output = session.run(&step(command, true))?;
                if output.ended != Ended::Exited(0) {
                    return Err(SnapshotError::Setup {
                        command: command.clone(),
                        how: how(output.ended),
                        tail: tail(&redacted(&output.stdout, &toolchain.setup_environment)),
                    });
                }
            }
        }
        environment.extend(toolchain.offline_environment.clone());
        spec.environment = environment;
        spec.network = false;
        spec.writable.clear();
        spec.read_only.extend(toolchain.caches.clone());
        spec.limits.output_bytes = REPORT_BYTES;
        let mut meta = Meta::default();
        // A tree that nothing is done to needs no sandbox.
        if !(request.environment.build.is_empty() && request.warm.is_empty()) {
            let mut session = self.sandbox.open(&spec)?;
            for command in &request.environment.build {
                let output = session.run(&step(command, true))?;
                if output.ended != Ended::Exited(0) {
                    meta.build_failures.push((command.clone(), tail(&output.stdout)));
                }
            }
            for (name, command) in request.warm {
                let output: StepOutput = session.run(&step(command, false))?;
                meta.warm.insert(name.clone(), output);
            }
        }
        meta.seconds = started.elapsed().as_secs_f64();
        meta.built = now();
        (meta.bytes, meta.sum) = entries::measure_and_sum(&tree).map_err(io(&tree))?;
        let path = staging.join("meta.json.zst");
        let packed = serde_json::to_vec(&meta)
            .map_err(std::io::Error::other)
            .and_then(|json| zstd::encode_all(json.as_slice(), 3))
            .map_err(io(&path))?;
        std::fs::write(&path, packed).map_err(io(&path))
    }
}

/// Seconds since 1970.
#[allow(clippy::disallowed_methods, reason = "times of files are a matter of the clock")]
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Removes what can be removed: leftovers cost room, not results.
fn remove_leftovers(folder: &Path, prefix: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A log without the secrets that variables hold: names and passwords in addresses.
fn redacted(log: &[u8], variables: &std::collections::BTreeMap<String, String>) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(log).into_owned();
    for value in variables.values() {
        let secret = value.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'));
        for part in secret
            .iter()
            .flat_map(|(user, _)| std::iter::once(*user).chain(user.split_once(':').map(|(_, p)| p)))
        {
            if part.len() > 2 {
                text = text.replace(part, "[secret]");
            }
        }
    }
    text.into_bytes()
}

fn vanished(place: &Path) -> SnapshotError {
    SnapshotError::Io {
        path: place.to_owned(),
        source: std::io::Error::other("the snapshot just built cannot be read back"),
    }
}

fn step(command: &str, merged: bool) -> Step {
    Step {
        command: command.to_owned(),
        timeout: COMMAND_TIMEOUT,
        merged,
        stdin: None,
        environment: std::collections::BTreeMap::new(),
    }
}

fn how(ended: Ended) -> String {
    match ended {
        Ended::Exited(code) => format!("ended with {code}"),
        Ended::Signalled(signal) => format!("was killed by signal {signal}"),
        Ended::TimedOut => "did not end in time".to_owned(),
        Ended::OutOfMemory => "ran out of memory".to_owned(),
    }
}

/// The last lines of a log, for messages.
fn tail(log: &[u8]) -> String {
    let text = String::from_utf8_lossy(log);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(5)..].join(" | ")
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn passwords_in_addresses_are_not_told() {
        let variables = [("HTTPS_PROXY".to_owned(), "http://ann:s3cret@proxy:80/".to_owned())].into();
        let log = b"cannot reach http://ann:s3cret@proxy:80/ (s3cret)\n";
        assert_eq!(
            String::from_utf8_lossy(&redacted(log, &variables)),
            "cannot reach http://[secret]@proxy:80/ ([secret])\n"
        );
    }
}
