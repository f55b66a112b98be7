//! Systems other than Linux: everything compiles, running is refused.

use std::path::PathBuf;

use super::probe::{self, Protection};
use super::{Sandbox, SandboxError, Session, SessionSpec};

/// What is refused, and what to do.
const WHAT: &str = "namespaces";
const ADVICE: &str = "running patches needs Linux; diff, review without tests, grade and reports work here";

fn refused() -> SandboxError {
    SandboxError::Refused { what: WHAT.to_owned(), advice: ADVICE.to_owned() }
}

/// Refused here.
#[derive(Debug)]
pub struct NamespacesSandbox(());

impl NamespacesSandbox {
    /// Refused when a session is opened.
    pub fn new(_launcher_exe: PathBuf) -> Self {
        Self(())
    }

    /// Refused when a session is opened.
    pub fn of_this_program() -> Self {
        Self(())
    }
}

impl Sandbox for NamespacesSandbox {
    fn name(&self) -> &'static str {
        "namespaces"
    }

    fn protections(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, _spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError> {
        Err(refused())
    }
}

/// Says that the user trusts every patch of the run.
#[derive(Debug, Clone, Copy)]
pub struct TrustPatches(());

impl TrustPatches {
    /// Only where the user asked for it by name.
    pub fn as_the_user_said() -> Self {
        Self(())
    }
}

/// Refused here.
#[derive(Debug)]
pub struct PlainSandbox(());

impl PlainSandbox {
    /// Refused when a session is opened.
    pub fn new(_trusted: TrustPatches) -> Self {
        Self(())
    }
}

impl Sandbox for PlainSandbox {
    fn name(&self) -> &'static str {
        "none"
    }

    fn protections(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, _spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError> {
        Err(refused())
    }
}

/// Nothing is active here.
pub fn probe() -> Vec<Protection> {
    probe::refused("mountns", WHAT, ADVICE)
}
