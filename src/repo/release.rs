//! Releases of packages as trees: fetched by the registry's own client, checked, unpacked, made into a repository.
//!
//! In: a registry, a package, a version and, where the task has it, the archive's SHA-256. Out: the repository of one
//! commit that holds what the archive holds. The client is run by who makes [`Mirrors`](super::Mirrors): it may run
//! code of the package (a build backend that tells an sdist's metadata), so it belongs into a sandbox.
//!
//! Invariant: an archive is fetched once; what is unpacked is what its hash says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::RepoError;
use crate::task::Registry;

/// Runs a registry's client.
pub trait Client: Send + Sync {
    /// Runs a shell command of the registry's language in the empty folder `folder`, with network.
    ///
    /// # Errors
    /// What went wrong, in words, where it did not end well.
    fn run(&self, registry: Registry, command: &str, folder: &Path) -> Result<(), String>;
}

/// A release.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// Where it was published.
    pub registry: Registry,
    /// Package.
    pub name: &'a str,
    /// Version.
    pub version: &'a str,
    /// SHA-256 of its archive, 64 hex digits, where known.
    pub sha256: Option<&'a str>,
}

/// Files by path: git mode and content.
pub(super) type Files = BTreeMap<String, (u32, Vec<u8>)>;

/// No archive of sources is larger than this when it is unpacked.
const LARGEST: u64 = 2 << 30;

impl Release<'_> {
    fn unavailable(&self, detail: impl Into<String>) -> RepoError {
        let Self { registry, name, version, .. } = self;
        RepoError::Unavailable {
            repository: format!("{}:{name}@{version}", registry.name()),
            detail: detail.into(),
        }
    }

    /// SHA-256 of its archive.
    pub(super) fn sha256(&self, cache: &Path, client: Option<&dyn Client>) -> Result<String, RepoError> {
        let archive = self.archive(cache, client)?;
        let bytes = std::fs::read(&archive).map_err(|source| RepoError::Io { path: archive, source })?;
        Ok(hex(&Sha256::digest(&bytes)))
    }

    /// Its files, without the folder that archives put around them. The archive is kept in `cache`.
    pub(super) fn files(&self, cache: &Path, client: Option<&dyn Client>) -> Result<Files, RepoError> {
        let archive = self.archive(cache, client)?;
        let io = |source| RepoError::Io { path: archive.clone(), source };
        let bytes = std::fs::read(&archive).map_err(io)?;
        let found = hex(&Sha256::digest(&bytes));
        if let Some(wanted) = self.sha256
            && !wanted.eq_ignore_ascii_case(&found)
        {
            return Err(
                self.unavailable(format!("its archive has the SHA-256 {found}; the task says {wanted}"))
            );
        }
        unpack(&bytes).map_err(io)
    }

    fn archive(&self, cache: &Path, client: Option<&dyn Client>) -> Result<PathBuf, RepoError> {
        for part in [self.name, self.version] {
            // Both become words of a command and parts of a path.
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-+@/!~".contains(c);
            if part.is_empty() || part.starts_with('-') || part.contains("..") || !part.chars().all(plain) {
                return Err(self.unavailable(format!("`{part}` is no name or version of a package")));
            }
        }
        let file = format!("{}-{}.tar.gz", self.name.replace('/', "+"), self.version);
        let folder = cache.join(self.registry.name());
        let target = folder.join(file);
        if target.is_file() {
            return Ok(target);
        }
        let client =
            client.ok_or_else(|| self.unavailable("it was not fetched before, and cannot be here"))?;
        let io = |source| RepoError::Io { path: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(io)?;
        let work = tempfile::Builder::new()
            .prefix(".fetch-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir_in(&folder)
            .map_err(io)?;
        client
            .run(self.registry, &self.command(), work.path())
            .map_err(|detail| self.unavailable(format!("it cannot be fetched: {detail}")))?;
        let found = archives(&work.path().join("out")).map_err(io)?;
        let [archive] = found.as_slice() else {
            return Err(self.unavailable(match self.registry {
                Registry::Pypi => "the registry has no archive of its sources in .tar.gz form",
                Registry::Crate | Registry::Npm => "the client left no archive",
            }));
        };
        std::fs::copy(archive, work.path().join("archive")).map_err(io)?;
        std::fs::rename(work.path().join("archive"), &target).map_err(io)?;
        Ok(target)
    }

    /// What the client is told; the archive lands in `out/`.
    fn command(&self) -> String {
        let Self { name, version, .. } = self;
        match self.registry {
            Registry::Npm => {
                format!("mkdir out && npm pack '{name}@{version}' --ignore-scripts --pack-destination out")
            }
            // pip asks an archive of sources for its metadata, which may take a build tool: that one comes as it is, and
            // is not built from its sources as well.
            Registry::Pypi => format!(
                "mkdir out && python3 -m venv /tmp/venv && /tmp/venv/bin/python -m pip download --no-deps \
                 --no-binary '{name}' -d out '{name}=={version}'"
            ),
            // A lockfile may name a yanked release, a requirement may not: the package is locked at any version first,
            // then at this one.
            Registry::Crate => format!(
                "mkdir out probe probe/src && cd probe && touch src/lib.rs && \
                 printf '[package]\\nname = \"kerf-probe\"\\nversion = \"0.0.0\"\\nedition = \"2021\"\\n\
                 [workspace]\\n[dependencies]\\n\"{name}\" = \"={version}\"\\n' > Cargo.toml && \
                 if ! cargo fetch; then \
                 sed -i 's/= \"=.*\"$/= \"*\"/' Cargo.toml && cargo generate-lockfile && \
                 source=$(sed -n 's/^source = //p' Cargo.lock | head -n 1) && \
                 printf 'version = 4\\n\\n[[package]]\\nname = \"kerf-probe\"\\nversion = \"0.0.0\"\\n\
                 dependencies = [\"{name}\"]\\n\\n[[package]]\\nname = \"{name}\"\\nversion = \"{version}\"\\n\
                 source = %s\\n' \"$source\" > Cargo.lock && \
                 sed -i 's/= \"\\*\"$/= \"={version}\"/' Cargo.toml && cargo fetch; fi && \
                 cp \"$CARGO_HOME\"/registry/cache/*/'{name}-{version}.crate' ../out/"
            ),
        }
    }
}

fn archives(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && [".tgz", ".tar.gz", ".crate"].iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The files of a packed archive, their first folder taken off. Links are kept where they stay inside; what is neither
/// file nor link is left out.
fn unpack(packed: &[u8]) -> std::io::Result<Files> {
    let mut files = Files::new();
    let mut archive = tar::Archive::new(MultiGzDecoder::new(packed).take(LARGEST));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let parts: Option<Vec<String>> = path
            .components()
            .filter(|part| !matches!(part, Component::CurDir))
            .map(|part| match part {
                Component::Normal(part) => part.to_str().map(str::to_owned),
                _ => None,
            })
            .collect();
        // A path that leads out, is none in UTF-8, or lies in git's own folder, is no file of the package.
        let Some(parts) = parts.filter(|parts| parts.len() > 1 && !parts.iter().any(|part| part == ".git"))
        else {
            continue;
        };
        let path = parts[1..].join("/");
        let kind = entry.header().entry_type();
        if kind.is_symlink() {
            if let Some(target) = entry.link_name()?.filter(|target| stays_inside(&path, target)) {
                files.insert(path, (0o120_000, target.to_string_lossy().into_owned().into_bytes()));
            }
        } else if kind.is_file() {
            let mode = if entry.header().mode()? & 0o100 == 0 { 0o100_644 } else { 0o100_755 };
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            files.insert(path, (mode, bytes));
        }
    }
    Ok(files)
}

fn stays_inside(path: &str, target: &Path) -> bool {
    let mut depth = path.matches('/').count();
    target.components().all(|part| match part {
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::ParentDir if depth > 0 => {
            depth -= 1;
            true
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(entries: &[(&str, u32, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, mode, text) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(*mode);
            // Written by hand: the library refuses paths that lead out, hostile archives do not.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            builder.append(&header, text.as_bytes()).unwrap();
        }
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&builder.into_inner().unwrap()).unwrap();
        gzip.finish().unwrap()
    }

    /// Leaves one archive, and counts.
    struct Fake(Vec<u8>, std::sync::atomic::AtomicUsize);

    impl Client for Fake {
        fn run(&self, _: Registry, _: &str, folder: &Path) -> Result<(), String> {
            self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::fs::create_dir(folder.join("out")).unwrap();
            std::fs::write(folder.join("out/a-1.0.0.tgz"), &self.0).map_err(|error| error.to_string())
        }
    }

    fn release<'a>(name: &'a str, sha256: Option<&'a str>) -> Release<'a> {
        Release { registry: Registry::Npm, name, version: "1.0.0", sha256 }
    }

    #[test]
    fn an_archive_is_fetched_once_and_loses_its_first_folder() {
        let archive = packed(&[
            ("package/package.json", 0o644, "{}"),
            ("package/bin/run", 0o755, "#!"),
            ("package/../../evil", 0o644, "no"),
            ("/etc/evil", 0o644, "no"),
            ("package/.git/config", 0o644, "no"),
        ]);
        let client = Fake(archive.clone(), 0.into());
        let cache = tempfile::tempdir().unwrap();
        let sha = hex(&Sha256::digest(&archive));
        for _ in 0..2 {
            let files = release("@own/a", Some(&sha)).files(cache.path(), Some(&client)).unwrap();
            let found: Vec<(&str, u32)> =
                files.iter().map(|(path, (mode, _))| (path.as_str(), *mode)).collect();
            assert_eq!(
                found,
                [("bin/run", 0o100_755), ("etc/evil", 0o100_644), ("package.json", 0o100_644)][..]
                    .iter()
                    .filter(|(path, _)| *path != "etc/evil")
                    .copied()
                    .collect::<Vec<_>>()
            );
        }
        assert_eq!(client.1.into_inner(), 1);
    }

    #[test]
    fn another_hash_and_odd_names_are_refused() {
        let client = Fake(packed(&[("package/a", 0o644, "a")]), 0.into());
        let cache = tempfile::tempdir().unwrap();
        let wrong = release("a", Some("00")).files(cache.path(), Some(&client)).unwrap_err().to_string();
        assert!(wrong.contains("the task says 00"), "{wrong}");
        for name in ["a'; rm -rf /", "-x", "../../a", ""] {
            let error = release(name, None).files(cache.path(), Some(&client)).unwrap_err().to_string();
            assert!(error.contains("is no name or version"), "{name}: {error}");
        }
        let absent = release("b", None).files(cache.path(), None).unwrap_err().to_string();
        assert!(absent.contains("was not fetched before"), "{absent}");
    }
}
