//! What a payload puts on itself between `fork` and `exec`, and what PID 1 puts on itself once the view stands.
//!
//! In: limits and what is writable. Out: a process without capabilities, without a way to gain privileges, behind
//! resource limits, Landlock and seccomp. The order matters: seccomp comes last, as it refuses what the rest needs.
//!
//! Invariant: nothing here can be undone by the process it was done to, nor by its children.

use std::path::PathBuf;

use landlock::{
    ABI, Access as _, AccessFs, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset, RulesetAttr as _,
    RulesetCreated, RulesetCreatedAttr as _, RulesetStatus, Scope,
};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use seccompiler::BpfProgram;

use super::probe::{Protection, advice};
use super::{Limits, sys};

/// Descriptors a process may have: test suites open many, and the usual soft limit of 1024 fails some.
const DESCRIPTORS: u64 = 65_536;
/// The newest Landlock rules made use of; older kernels apply what they know.
const NEWEST: ABI = ABI::V6;

/// Everything a payload needs to fence itself in, made ready once.
pub(super) struct Fence {
    programs: Vec<BpfProgram>,
    ruleset: Option<RulesetCreated>,
    limits: Limits,
}

impl Fence {
    /// Compiles the filters and opens the Landlock rules. `Err` where seccomp cannot be had.
    pub(super) fn new(limits: &Limits, writable: &[PathBuf]) -> Result<Self, String> {
        Ok(Self { programs: super::seccomp::programs()?, ruleset: ruleset(writable), limits: limits.clone() })
    }

    /// Whether Landlock is part of it.
    pub(super) fn landlock(&self) -> Protection {
        let missing = || Protection::off("landlock", "the kernel has no Landlock", advice("landlock"));
        if self.ruleset.is_some() { Protection::on("landlock") } else { missing() }
    }

    /// Applied by the payload to itself, after PID 1 dropped its capabilities.
    pub(super) fn enter(&self) -> Result<(), String> {
        let limits = &self.limits;
        limit(Resource::RLIMIT_CORE, 0)?;
        limit(Resource::RLIMIT_NPROC, limits.processes.saturating_add(1))?; // PID 1 counts
        // One file may not pass the size of the whole layer; the layer itself is limited by its tmpfs.
        limit(Resource::RLIMIT_FSIZE, limits.disk_mb.saturating_add(1).saturating_mul(1 << 20))?;
        limit(Resource::RLIMIT_NOFILE, DESCRIPTORS)?;
        prctl::set_no_new_privs().map_err(|error| format!("no_new_privs: {error}"))?;
        if let Some(ruleset) = &self.ruleset {
            let ruleset = ruleset.try_clone().map_err(|error| format!("landlock: {error}"))?;
            let status = ruleset.restrict_self().map_err(|error| format!("landlock: {error}"))?;
            if status.ruleset == RulesetStatus::NotEnforced {
                return Err("landlock: not enforced".to_owned());
            }
        }
        for program in &self.programs {
            seccompiler::apply_filter(program).map_err(|error| format!("seccomp: {error}"))?;
        }
        Ok(())
    }
}

/// Lowers a limit, soft and hard; never above what this process may have itself.
fn limit(resource: Resource, value: u64) -> Result<(), String> {
    let fail = |error| format!("limit {resource:?}: {error}");
    let (_, hard) = getrlimit(resource).map_err(fail)?;
    let value = value.min(hard);
    setrlimit(resource, value, value).map_err(fail)
}

/// Reading and executing everywhere, writing only where the view is writable; `None` where the kernel has no Landlock.
fn ruleset(writable: &[PathBuf]) -> Option<RulesetCreated> {
    let build = || -> Result<RulesetCreated, landlock::RulesetError> {
        let mut rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()?;
        let places = std::iter::once(("/".into(), AccessFs::from_read(NEWEST)))
            .chain(writable.iter().map(|path| (path.clone(), AccessFs::from_all(NEWEST))));
        for (path, access) in places {
            if let Ok(place) = PathFd::new(&path) {
                let folder = path.is_dir();
                let access = if folder { access } else { access & AccessFs::from_file(NEWEST) };
                rules = rules.add_rule(PathBeneath::new(place, access))?;
            }
        }
        Ok(rules)
    };
    // A ruleset without a descriptor is one that the kernel does not know.
    let rules = build().ok()?;
    let known: Option<std::os::fd::OwnedFd> = rules.try_clone().ok()?.into();
    known.map(|_| rules)
}

/// PID 1 after set-up: no capabilities, no new ones, and nobody looks into it.
pub(super) fn enter_init() -> Result<(), String> {
    sys::leave_keyring();
    sys::drop_capabilities().map_err(|error| format!("drop capabilities: {error}"))?;
    prctl::set_no_new_privs().map_err(|error| format!("no_new_privs: {error}"))?;
    prctl::set_dumpable(false).map_err(|error| format!("become undumpable: {error}"))
}
