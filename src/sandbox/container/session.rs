//! One container, from its making to its removal.
//!
//! In: steps and files. Out: what steps printed, how they ended. Each step is a start of the same container: its files
//! stay from step to step, its processes do not.
//!
//! Invariant: while kerf puts files in or looks at them nothing of the payload runs.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bollard::body_full;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, DownloadFromContainerOptionsBuilder, InspectContainerOptionsBuilder,
    KillContainerOptionsBuilder, StartContainerOptions, UploadToContainerOptionsBuilder,
    WaitContainerOptionsBuilder,
};
use futures_util::StreamExt;
use tokio::time::{sleep, timeout};

use super::archive::{self, Stampers};
use super::engine::{Link, described, failed, remove, unpacked};
use super::script;
use crate::patch::{Blob, TreeChanges};
use crate::sandbox::output::Capped;
use crate::sandbox::{Ended, SandboxError, Session, SessionSpec, Stamp, Step, StepOutput};

/// How long the engine may take for the start and the end of a step, beyond the step's own time.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long output may come after the end.
const REST: Duration = Duration::from_secs(5);
/// How often the size of the layer is looked at, where the engine does not limit it; less often where that takes long.
const LOOK: Duration = Duration::from_secs(2);
/// As a shell says that it cannot start a program.
const NOT_STARTED: i32 = 127;
/// The largest folder that is read into memory as a whole.
const LARGEST_TREE: usize = 2 << 30;
/// The largest file of which a stamp reads the content.
const LARGEST: usize = 16 << 20;

/// What a session needs to know of its image.
pub(super) struct Inside {
    /// Folder of the repository.
    pub workdir: String,
    /// The ids of its user.
    pub user: u64,
    pub group: u64,
    /// The engine does not limit the size of the layer.
    pub watched: bool,
}

/// A session in a container.
pub(super) struct ContainerSession {
    link: Link,
    id: String,
    workdir: String,
    by: (u64, u64),
    spec: SessionSpec,
    /// Whether kerf looks after the size of the layer, since the engine does not.
    watched: bool,
    /// A payload has run: what the engine cannot do from now on may be its doing.
    ran: bool,
    /// The engine was there and said no.
    refused: Cell<bool>,
}

/// How a start of the container ended.
enum Course {
    /// The engine says so.
    Code(i64),
    Late,
    Full,
}

impl ContainerSession {
    pub fn new(link: Link, id: String, image: &Inside, spec: &SessionSpec) -> Self {
        let (workdir, by) = (image.workdir.clone(), (image.user, image.group));
        let refused = Cell::new(false);
        Self { link, id, workdir, by, spec: spec.clone(), watched: image.watched, ran: false, refused }
    }

    /// Like [`failed`], and remembers whether it was the engine that refused.
    fn failed(&self, doing: &'static str) -> impl Fn(Error) -> SandboxError + '_ {
        move |error| {
            self.refused.set(matches!(error, Error::DockerResponseServerError { .. }));
            failed(doing)(error)
        }
    }

    fn by(&self) -> Stampers {
        Stampers { user: self.by.0, group: self.by.1, time: fresh(self.spec.newer_than) }
    }

    fn upload(&self, path: &str, archive: Vec<u8>) -> Result<(), SandboxError> {
        let options = UploadToContainerOptionsBuilder::default().path(path).build();
        let work = self.link.docker.upload_to_container(&self.id, Some(options), body_full(archive.into()));
        self.link.block(work).map_err(self.failed("put files into the container"))
    }

    fn start(&self, step: &Step) -> Result<StepOutput, SandboxError> {
        let mut variables: BTreeMap<String, String> = self.spec.environment.clone();
        variables.extend(step.environment.clone());
        let file = |mode, bytes| Blob { mode, bytes };
        let text = script::step(&step.command, &self.workdir, &variables, step.merged);
        let files = [
            (format!("{}/step", script::FOLDER), file(0o100_755, text.into_bytes())),
            (format!("{}/stdin", script::FOLDER), file(0o100_644, step.stdin.clone().unwrap_or_default())),
        ];
        let archive = archive::of_files(files.iter().map(|(path, blob)| (path.as_str(), blob)), self.by())
            .map_err(|error| unpacked("write a step", &error))?;
        self.upload("/", archive)?;
        self.link.block(self.follow(step))
    }

    /// Starts the container, reads what it prints, waits for its end.
    async fn follow(&self, step: &Step) -> Result<StepOutput, SandboxError> {
        let (docker, id) = (&self.link.docker, self.id.as_str());
        let options = AttachContainerOptionsBuilder::default().stream(true).stdout(true).stderr(true).build();
        let attach = timeout(PATIENCE, docker.attach_container(id, Some(options))).await;
        let mut attached =
            attach.map_err(|_| late("attach"))?.map_err(self.failed("attach to the container"))?;
        let started = Instant::now();
        let start = timeout(PATIENCE, docker.start_container(id, None::<StartContainerOptions>)).await;
        start.map_err(|_| late("start"))?.map_err(self.failed("start the container"))?;

        let limit = self.spec.limits.output_bytes;
        let (mut out, mut err) = (Capped::new(limit), Capped::new(limit));
        let mut keep = |chunk: LogOutput| match chunk {
            LogOutput::StdErr { message } => err.push(&message),
            LogOutput::StdOut { message } | LogOutput::Console { message } | LogOutput::StdIn { message } => {
                out.push(&message);
            }
        };
        let course = {
            let end = self.end();
            let late = sleep(step.timeout);
            let full = async { if self.watched { self.full().await } else { std::future::pending().await } };
            tokio::pin!(end, late, full);
            let mut open = true;
            loop {
                tokio::select! {
                    biased;
                    chunk = attached.output.next(), if open => match chunk {
                        Some(Ok(chunk)) => keep(chunk),
                        Some(Err(_)) | None => open = false,
                    },
                    code = &mut end => break Course::Code(code?),
                    () = &mut late => break Course::Late,
                    () = &mut full => break Course::Full,
                }
                // A payload that never stops printing does not stop the clock.
                if started.elapsed() > step.timeout {
                    break Course::Late;
                }
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        if !matches!(course, Course::Code(_)) {
            // Read on meanwhile: an engine may come to the end only once somebody has taken what was printed before.
            let kill = self.kill();
            tokio::pin!(kill);
            let mut open = true;
            loop {
                tokio::select! {
                    chunk = attached.output.next(), if open => match chunk {
                        Some(Ok(chunk)) => keep(chunk),
                        Some(Err(_)) | None => open = false,
                    },
                    ended = &mut kill => break ended?,
                }
            }
        }
        let _ = timeout(REST, async {
            while let Some(Ok(chunk)) = attached.output.next().await {
                keep(chunk);
            }
        })
        .await;
        let ended = match course {
            Course::Late => Ended::TimedOut,
            Course::Full => Ended::OutOfMemory,
            Course::Code(code) if self.out_of_memory().await => {
                // The engine tells of any process that the limit ended; what went on regardless was not ended by it.
                if code == 0 { Ended::Exited(0) } else { Ended::OutOfMemory }
            }
            Course::Code(code) => script::ended(code),
        };
        let ((stdout, cut), (stderr, more)) = (out.finish(), err.finish());
        Ok(StepOutput { ended, stdout, stderr, cut_bytes: cut + more, seconds })
    }

    /// Waits for the container's end and gives its code.
    async fn end(&self) -> Result<i64, SandboxError> {
        let options = WaitContainerOptionsBuilder::default().condition("not-running").build();
        let mut news = std::pin::pin!(self.link.docker.wait_container(&self.id, Some(options)));
        match news.next().await {
            Some(Ok(end)) => Ok(end.status_code),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => Ok(code),
            Some(Err(error)) => Err(failed("wait for the container")(error)),
            None => Err(failed("wait for the container")(Error::RequestTimeoutError)),
        }
    }

    /// Comes back when the layer of the container is larger than it may be. What it cannot look at it lets pass.
    async fn full(&self) {
        let limit = i64::try_from(self.spec.limits.disk_mb.saturating_mul(1 << 20)).unwrap_or(i64::MAX);
        let options = InspectContainerOptionsBuilder::default().size(true).build();
        let mut pause = LOOK;
        loop {
            sleep(pause).await;
            let began = Instant::now();
            let found = self.link.docker.inspect_container(&self.id, Some(options.clone())).await;
            if found.ok().and_then(|found| found.size_rw).is_some_and(|size| size > limit) {
                return;
            }
            pause = LOOK.max(began.elapsed() * 10);
        }
    }

    async fn out_of_memory(&self) -> bool {
        let found = self.link.docker.inspect_container(&self.id, None).await;
        found.ok().and_then(|found| found.state?.oom_killed).unwrap_or_default()
    }

    /// Ends everything in the container and waits until it is so. Asked of its state: one engine loses the news of an end
    /// that it brought about itself.
    async fn kill(&self) -> Result<(), SandboxError> {
        let options = KillContainerOptionsBuilder::default().signal("SIGKILL").build();
        // It may have ended just now.
        let killed = self.link.docker.kill_container(&self.id, Some(options)).await;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let found = self.link.docker.inspect_container(&self.id, None).await;
            if found.ok().and_then(|found| found.state?.running) == Some(false) {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        let detail = killed.err().map_or_else(|| "it goes on".to_owned(), |error| described(&error));
        Err(SandboxError::Failed { doing: "end the container".to_owned(), detail })
    }

    /// Paths below the repository's folder that are otherwise than in the image: what the engine finds in the layer.
    fn changed(&self) -> Result<BTreeSet<String>, SandboxError> {
        let doing = "ask what changed in the container";
        let changes = self.link.block(self.link.docker.container_changes(&self.id)).map_err(failed(doing))?;
        let root = format!("{}/", self.workdir.trim_end_matches('/'));
        let below = |path: &str| path.strip_prefix(&root).map(str::to_owned);
        Ok(changes.iter().flatten().filter_map(|change| below(&change.path)).collect())
    }

    /// The repository's folder as an archive.
    pub fn download(&self) -> Result<Vec<u8>, SandboxError> {
        let options = DownloadFromContainerOptionsBuilder::default().path(&self.workdir).build();
        self.link.block(async {
            let mut body = std::pin::pin!(self.link.docker.download_from_container(&self.id, Some(options)));
            let mut archive = Vec::new();
            while let Some(chunk) = body.next().await {
                archive.extend_from_slice(&chunk.map_err(failed("read the image's tree"))?);
                if archive.len() > LARGEST_TREE {
                    let detail = format!("{} holds more than {} MiB", self.workdir, LARGEST_TREE >> 20);
                    return Err(SandboxError::Failed { doing: "read the image's tree".to_owned(), detail });
                }
            }
            Ok(archive)
        })
    }

    /// The stamp of a file that is in the container's layer; none where it is gone.
    fn stamp(&self, path: &str) -> Option<Stamp> {
        let full = format!("{}/{path}", self.workdir.trim_end_matches('/'));
        let options = DownloadFromContainerOptionsBuilder::default().path(&full).build();
        let archive = self.link.block(async {
            let mut body = std::pin::pin!(self.link.docker.download_from_container(&self.id, Some(options)));
            let mut archive = Vec::new();
            while let Some(chunk) = body.next().await {
                archive.extend_from_slice(&chunk.ok()?);
                // No test file is so large: it counts as touched by its size alone.
                if archive.len() > LARGEST {
                    break;
                }
            }
            Some(archive)
        })?;
        Some(Stamp::of_content(
            archive::sum(&archive).unwrap_or_default(),
            archive.len() as u64,
            archive::time(&archive),
        ))
    }
}

impl Session for ContainerSession {
    fn put(&mut self, changes: &TreeChanges) -> Result<(), SandboxError> {
        let gone: Vec<&str> =
            changes.iter().filter(|(_, blob)| blob.is_none()).map(|(path, _)| path.as_str()).collect();
        // Folders that an engine makes belong to root: the payload could not write into them.
        let folders: BTreeSet<&str> = changes
            .iter()
            .filter(|(_, blob)| self.by.0 != 0 && blob.is_some())
            .filter_map(|(path, _)| Some(path.rsplit_once('/')?.0))
            .collect();
        if !gone.is_empty() || !folders.is_empty() {
            let command = script::prepare(&gone, &folders.into_iter().collect::<Vec<_>>());
            let step =
                Step { command, timeout: PATIENCE, merged: true, stdin: None, environment: BTreeMap::new() };
            let output = self.start(&step)?;
            if output.ended != Ended::Exited(0) {
                return Err(SandboxError::Failed {
                    doing: "make room for the patch in the container".to_owned(),
                    detail: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
                });
            }
        }
        if changes.values().all(Option::is_none) {
            return Ok(());
        }
        let archive =
            archive::of_changes(changes, self.by()).map_err(|error| unpacked("pack the patch", &error))?;
        self.upload(&self.workdir, archive)
    }

    fn stamps(&mut self, paths: &[String]) -> Result<Vec<Option<Stamp>>, SandboxError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let changed = match self.changed() {
            Ok(changed) => changed,
            // A layer that nobody can look through any more: everything counts as touched.
            Err(_) if self.ran => return Ok(vec![None; paths.len()]),
            Err(error) => return Err(error),
        };
        let as_in_the_image = Stamp::of_content(0, 0, 0);
        let one = |path: &String| {
            if changed.contains(path) { self.stamp(path) } else { Some(as_in_the_image) }
        };
        Ok(paths.iter().map(one).collect())
    }

    fn run(&mut self, step: &Step) -> Result<StepOutput, SandboxError> {
        self.refused.set(false);
        let output = self.start(step);
        match output {
            // Whoever took the shell away, or stands in the way of kerf's files, gains no invalid trial by it.
            Err(error) if self.ran && self.refused.get() => Ok(StepOutput {
                ended: Ended::Exited(NOT_STARTED),
                stdout: format!("[kerf: not run: {error}]\n").into_bytes(),
                stderr: Vec::new(),
                cut_bytes: 0,
                seconds: 0.0,
            }),
            output => {
                self.ran = true;
                output
            }
        }
    }
}

impl Drop for ContainerSession {
    fn drop(&mut self) {
        let _ = remove(&self.link, &self.id);
    }
}

fn late(doing: &str) -> SandboxError {
    SandboxError::Failed {
        doing: format!("{doing} the container"),
        detail: format!("the engine did not answer in {} s", PATIENCE.as_secs()),
    }
}

/// The present time, or where the clock was set back since, a second after what must be older.
#[allow(clippy::disallowed_methods, reason = "times of files are a matter of the clock")]
fn fresh(newer_than: u64) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    now.as_secs().max(newer_than + 1)
}
