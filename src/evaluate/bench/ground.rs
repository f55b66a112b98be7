//! What a task stands on before anything of it is run: task, tools or image, base, patches, linters, snapshot.

use std::sync::Arc;
use std::time::Duration;

use super::Unready;
use crate::evaluate::lints::Linters;
use crate::evaluate::plan::Options;
use crate::evaluate::record::Reason;
use crate::evaluate::run::World;
use crate::evaluate::trees::{self, Material, MaterialError};
use crate::harness::npm_script;
use crate::patch::Tree;
use crate::repo::{BaseTree, RepoError};
use crate::sandbox::{Access, Image, Sandbox, SessionSpec};
use crate::schedule::thread_variables;
use crate::snapshot::{self, Snapshot, Toolchain};
use crate::task::Task;

/// What a task stands on before anything of it is run: all of it can be brought while there is a network.
pub(super) struct Ground {
    pub task: Task,
    pub sandbox: Arc<dyn Sandbox>,
    pub toolchain: Toolchain,
    pub base: BaseTree,
    pub material: Material,
    pub linters: Linters,
    pub snapshot: Snapshot,
}

impl Ground {
    pub fn lay(world: &World, task: &Task, options: &Options) -> Result<Self, Unready> {
        let setup = |detail: &dyn std::fmt::Display| Unready::Invalid(Reason::Setup, detail.to_string());
        let mut task = task.clone();
        if let Some(seconds) = options.timeout_s {
            task.test.timeout = Duration::from_secs(seconds);
        }
        let image = in_image(world, &mut task)?;
        let toolchain = match &image {
            Some(image) => tools_of(&**image).with_variables(&task.environment.variables),
            None => world.toolchain(&task).map_err(|detail| Unready::Invalid(Reason::Toolchain, detail))?,
        };
        let base = base(world, &task, image.as_deref())?;
        discover_command(&mut task, &base);
        let material = trees::material(&task, &base, &world.mirrors).map_err(|error| match error {
            MaterialError::Apply { what: "gold", .. } => {
                Unready::Invalid(Reason::GoldFailed, error.to_string())
            }
            other => setup(&other),
        })?;
        // The linters of an image are its own affair: kerf runs none in it.
        let linters = match image {
            Some(_) => Linters::none(),
            None => Linters::find(&task, &base, options),
        };
        let snapshot = world.snapshots.get(&snapshot::Request {
            tree: &base,
            environment: &task.environment,
            warm: &linters.warm_commands(),
            toolchain: &toolchain,
        })?;
        let sandbox = image.unwrap_or_else(|| Arc::clone(&world.sandbox));
        Ok(Self { task, sandbox, toolchain, base, material, linters, snapshot })
    }
}

/// The base: from the task's repository, or where that cannot be reached as the task's image holds it.
fn base(world: &World, task: &Task, image: Option<&dyn Sandbox>) -> Result<BaseTree, Unready> {
    let setup = |error: RepoError| Unready::Invalid(Reason::Setup, error.to_string());
    match (world.mirrors.tree(&task.source, task.commit.as_deref()), image) {
        (Err(RepoError::Unavailable { .. }), Some(image)) => {
            let files = image.files()?;
            world.mirrors.of_files(&task.source, &files).map_err(setup)
        }
        (found, _) => found.map_err(setup),
    }
}

/// The sandbox of a task's image, where it is run in one; the task is then set up already, and tested as its data set
/// says where nobody says better.
fn in_image(world: &World, task: &mut Task) -> Result<Option<Arc<dyn Sandbox>>, Unready> {
    let Some((name, workdir)) = task.image() else { return Ok(None) };
    let repository = task.source.repository();
    let image = Image {
        name: name.to_owned(),
        workdir: workdir.map(str::to_owned),
        repository: repository.rsplit('/').next().unwrap_or_default().to_owned(),
    };
    let Some(found) = world.sandbox.in_image(&image) else {
        // An image that a data set names is one way to set the task up; one that the task itself names is the only one.
        return match &task.environment.image {
            None => Ok(None),
            Some(name) => Err(Unready::Invalid(
                Reason::Sandbox,
                format!("the task is set up in the image {name}: run it with --sandbox container"),
            )),
        };
    };
    let sandbox = found?;
    (task.environment.setup, task.environment.build) = (Vec::new(), Vec::new());
    if let (false, Some(command)) = (task.says_command(), task.published.script_command()) {
        task.test.command = command;
        task.test.scripted = true;
        task.test.format = task.published.log_format().unwrap_or_else(|| "auto".to_owned());
    }
    Ok(Some(sandbox))
}

/// An image in place of tools: what it is decides the key of the task's snapshot, and so of its runs.
fn tools_of(image: &dyn Sandbox) -> Toolchain {
    let versions = image.origin().into_iter().filter(|(name, _)| name == "image_digest" || name == "workdir");
    Toolchain {
        versions: versions.map(|(name, value)| format!("{name} {value}")).collect(),
        ..Toolchain::default()
    }
}

/// What was brought for a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// Key of its snapshot.
    pub snapshot: String,
    /// Seconds that the snapshot's making took.
    pub seconds: f64,
    /// The image that it runs in, with its digest.
    pub image: Option<String>,
}

/// Brings all that runs of a task need into the world's cache: repository, releases, packages, the base set up and built.
///
/// # Errors
/// Why its trials would be invalid, in words.
pub fn fetch(world: &World, task: &Task, options: &Options) -> Result<Fetched, String> {
    let ground = Ground::lay(world, task, options).map_err(|error| error.to_string())?;
    let origin = ground.sandbox.origin();
    let image = origin.get("image").zip(origin.get("image_digest"));
    Ok(Fetched {
        snapshot: ground.snapshot.key,
        seconds: ground.snapshot.meta.seconds,
        image: image.map(|(name, digest)| format!("{name} {digest}")),
    })
}

/// Where nobody said how a JavaScript package is tested, its own `test` script does; its runner is asked for a report
/// that names every test.
fn discover_command(task: &mut Task, base: &BaseTree) {
    let filled = task.filled.iter().any(|one| one.field == "test.command");
    if !filled || task.test.command != "npm test" {
        return;
    }
    let package = base.blob("package.json").and_then(|blob| String::from_utf8(blob.bytes).ok());
    if let Some((command, format)) = package.as_deref().and_then(npm_script::reported) {
        task.test.command = command;
        format.name().clone_into(&mut task.test.format);
    }
}

/// How sessions are opened on a snapshot.
pub(in crate::evaluate) fn session_spec(
    snapshot: &Snapshot,
    toolchain: &Toolchain,
    world: &World,
) -> SessionSpec {
    let mut environment = thread_variables(world.threads);
    environment.extend(toolchain.environment.clone());
    environment.extend(toolchain.offline_environment.clone());
    SessionSpec {
        lower: snapshot.tree.clone(),
        access: Access::Overlay,
        read_only: toolchain.read_only.iter().chain(&toolchain.caches).cloned().collect(),
        writable: Vec::new(),
        network: false,
        environment,
        newer_than: snapshot.meta.built,
        limits: world.limits.clone(),
    }
}
