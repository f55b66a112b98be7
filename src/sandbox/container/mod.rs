//! Tasks that name a container image: the same sessions, in a container of a Docker-compatible engine.
//!
//! In: an [`ImageName`] and the addresses at which an engine may listen. Out: a [`Sandbox`] whose sessions start from the
//! image's own tree instead of a snapshot. One container a session, started anew for each step: its first process is
//! the step, so its end takes every other process along, and exit code and log come from the engine.
//!
//! What says what a container is (`body`), what is put in (`archive`), what it runs (`script`), whose it is (`owner`) and
//! how images are called (`name`) are plain values; only `engine` and `session` talk, and only with the cargo feature
//! `container`. Without it every image is refused with that reason.
//!
//! Invariants: the network is never there; nothing of the host is mounted; a container goes with its session, and one
//! whose kerf was killed goes when the next kerf looks.

#[cfg(not(feature = "container"))]
mod absent;
#[cfg(any(feature = "container", test))]
mod archive;
#[cfg(any(feature = "container", test))]
mod body;
#[cfg(feature = "container")]
mod engine;
mod name;
#[cfg(any(feature = "container", test))]
mod owner;
mod place;
#[cfg(any(feature = "container", test))]
mod script;
#[cfg(feature = "container")]
mod session;

use std::sync::{Arc, Once};

pub use name::{ImageName, NameError};
pub use place::Places;

use super::{Sandbox, SandboxError, Session, SessionSpec};

#[cfg(not(feature = "container"))]
use absent as engine;

/// The image of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// As the task has it.
    pub name: String,
    /// Folder of the repository in it; none: the image's working folder, or the usual places.
    pub workdir: Option<String>,
    /// Name of the repository, without its owner: some images keep it in a folder of that name.
    pub repository: String,
}

/// What an engine says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineInfo {
    /// Where it listens.
    pub address: String,
    /// Its name and version.
    pub version: String,
    /// How it keeps layers.
    pub storage: String,
    /// Which limits and fences it can put on, by the names of protections.
    pub fences: Vec<String>,
}

/// Tasks with an image in containers, all others in another sandbox.
pub struct ContainerSandbox {
    places: Places,
    pull: bool,
    trees: Arc<dyn Sandbox>,
    cleaned: Once,
}

impl ContainerSandbox {
    /// `trees` is for tasks without an image and for linters. Images that are missing are pulled only with leave.
    pub fn new(places: Places, pull: bool, trees: Arc<dyn Sandbox>) -> Self {
        Self { places, pull, trees, cleaned: Once::new() }
    }
}

impl Sandbox for ContainerSandbox {
    fn name(&self) -> &'static str {
        "container"
    }

    fn protections(&self) -> Vec<String> {
        self.trees.protections()
    }

    fn open(&self, spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError> {
        self.trees.open(spec)
    }

    fn in_image(&self, image: &Image) -> Option<Result<Arc<dyn Sandbox>, SandboxError>> {
        // What a killed kerf left behind costs room, no results.
        self.cleaned.call_once(|| drop(engine::remove_leftovers(&self.places)));
        Some(engine::sandbox(&self.places, image, self.pull))
    }
}

/// What the engine at one of these places says of itself.
pub fn look(places: &Places) -> Result<EngineInfo, SandboxError> {
    engine::look(places)
}

/// Removes containers whose kerf is gone, and says how many they were.
pub fn remove_leftovers(places: &Places) -> Result<usize, SandboxError> {
    engine::remove_leftovers(places)
}

/// Whether this kerf can talk to engines at all.
pub const COMPILED_IN: bool = cfg!(feature = "container");
