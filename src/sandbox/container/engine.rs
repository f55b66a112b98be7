//! Talking to an engine: finding it, asking what it can do, having an image.
//!
//! In: addresses, an image. Out: a sandbox of that image. The engine's interface is asynchronous, kerf's sessions are
//! not: every [`Link`] has a runtime of its own on the calling thread, and nothing of it is seen outside.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{ContainerCreateBody, ImageInspect, SystemInfo};
use bollard::query_parameters::{
    ContainerArchiveInfoOptionsBuilder, CreateContainerOptions, CreateImageOptionsBuilder,
    ListContainersOptionsBuilder, RemoveContainerOptionsBuilder,
};
use bollard::{API_DEFAULT_VERSION, Docker};
use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};

use super::archive;
use super::body::{Can, Shape, body};
use super::name::{ImageName, Version};
use super::owner::{self, Fate, Owner};
use super::session::{ContainerSession, Inside};
use super::{EngineInfo, Image, Places};
use crate::sandbox::{Access, Limits, Sandbox, SandboxError, Session, SessionSpec, Step};

/// How long the engine may take for one answer.
const ANSWER: Duration = Duration::from_secs(120);
/// How long it may take to say that it is there.
const GREETING: Duration = Duration::from_secs(15);
/// How long a pull may stand still.
const PULL: Duration = Duration::from_secs(600);
/// Most open files of a process, where kerf itself may have so many.
const OPEN_FILES: u64 = 65_536;
/// Most processes of a user, likewise: podman's service has 32768 itself.
const USER_PROCESSES: u64 = 16_384;
/// Folders in which images of known data sets keep the repository.
const USUAL: &[&str] = &["/testbed", "/home/{repository}", "/app", "/workspace", "/repo"];

/// Folders that are no part of a repository, where its git does not say what is.
const UNKEPT: &[&str] = &[".git", "__pycache__", "node_modules", "target"];

/// A connection with a runtime of its own.
pub(super) struct Link {
    pub docker: Docker,
    runtime: Runtime,
}

impl Link {
    fn open(address: &str) -> Result<Self, String> {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let seconds = ANSWER.as_secs();
        let docker = if address.starts_with("unix://") {
            Docker::connect_with_unix(address, seconds, API_DEFAULT_VERSION)
        } else if address.starts_with("tcp://") || address.starts_with("http://") {
            Docker::connect_with_http(address, seconds, API_DEFAULT_VERSION)
        } else {
            return Err("is no address that kerf can use: unix:///PATH or tcp://HOST:PORT".to_owned());
        };
        let docker = docker.map_err(|error| error.to_string())?;
        let docker = runtime
            .block_on(async { tokio::time::timeout(GREETING, docker.negotiate_version()).await })
            .map_err(|_| "does not answer".to_owned())?
            .map_err(|error| described(&error))?;
        Ok(Self { docker, runtime })
    }

    /// Runs a conversation to its end.
    pub fn block<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

/// An error with all that lies below it: the outermost of a refused socket says little.
pub(super) fn described(error: &Error) -> String {
    if let Error::DockerResponseServerError { message, .. } = error {
        return message.trim().to_owned();
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(below) = source {
        let below_text = below.to_string();
        if !text.contains(&below_text) {
            text = format!("{text}: {below_text}");
        }
        source = below.source();
    }
    text
}

pub(super) fn failed(doing: &str) -> impl Fn(Error) -> SandboxError {
    let doing = doing.to_owned();
    move |error| SandboxError::Failed { doing: doing.clone(), detail: described(&error) }
}

fn connect(places: &Places) -> Result<(Link, String), SandboxError> {
    let mut tried = Vec::new();
    for address in &places.0 {
        match Link::open(address) {
            Ok(link) => return Ok((link, address.clone())),
            Err(why) => tried.push(format!("{address} {why}")),
        }
    }
    Err(SandboxError::NoImage {
        what: "container engine".to_owned(),
        detail: format!("none answers ({})", tried.join("; ")),
        advice: "start Docker, or podman with `podman system service`, or set DOCKER_HOST".to_owned(),
    })
}

pub(super) fn look(places: &Places) -> Result<EngineInfo, SandboxError> {
    let (link, address) = connect(places)?;
    describe(&link, &address).map(|(info, _)| info)
}

fn describe(link: &Link, address: &str) -> Result<(EngineInfo, Can), SandboxError> {
    let told = failed("ask the engine about itself");
    let info = link.block(link.docker.info()).map_err(&told)?;
    let version = link.block(link.docker.version()).map_err(&told)?;
    let part = version.components.unwrap_or_default().into_iter().next();
    let name = match part.map(|part| part.name) {
        // Docker calls itself so.
        Some(name) if name != "Engine" => name,
        _ => "Docker Engine".to_owned(),
    };
    let can = Can {
        memory: info.memory_limit.unwrap_or_default(),
        swap: info.swap_limit.unwrap_or_default(),
        processes: info.pids_limit.unwrap_or_default(),
        disk: true,
    };
    let described = EngineInfo {
        address: address.to_owned(),
        version: format!("{name} {}", version.version.unwrap_or_default()),
        storage: info.driver.clone().unwrap_or_default(),
        fences: fences(&info, can),
    };
    Ok((described, can))
}

/// The protections that every container of this engine has, sorted.
fn fences(info: &SystemInfo, can: Can) -> Vec<String> {
    let mut fences = vec!["capabilities", "mountns", "netns", "nonewprivs", "pidns", "proc"];
    let options = info.security_options.iter().flatten();
    for option in options {
        for (word, name) in [
            ("name=seccomp", "seccomp"),
            ("name=apparmor", "apparmor"),
            ("name=selinux", "selinux"),
            ("name=userns", "userns"),
            ("name=rootless", "userns"),
        ] {
            // `name=seccomp,profile=unconfined` is none.
            if option.starts_with(word) && !option.contains("unconfined") {
                fences.push(name);
            }
        }
    }
    fences.extend(can.memory.then_some("cgroup-memory"));
    fences.extend(can.processes.then_some("cgroup-pids"));
    fences.sort_unstable();
    fences.dedup();
    fences.into_iter().map(str::to_owned).collect()
}

pub(super) fn remove_leftovers(places: &Places) -> Result<usize, SandboxError> {
    let (link, address) = connect(places)?;
    let me = Owner::this();
    #[allow(clippy::disallowed_types, reason = "the client wants one; it holds one entry")]
    let filters = std::collections::HashMap::from([("label".to_owned(), vec![owner::LABEL.to_owned()])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let list = link.block(link.docker.list_containers(Some(options))).map_err(failed("list containers"))?;
    let mut gone = 0;
    for container in list {
        let label = container.labels.as_ref().and_then(|labels| labels.get(owner::LABEL));
        let (Some(id), Some(label)) = (&container.id, label) else { continue };
        let running = container.state.is_some_and(|state| state.to_string() == "running");
        let local = address.starts_with("unix://");
        if owner::fate(label, &me, owner::started, local, running) == Fate::Goes && remove(&link, id).is_ok()
        {
            gone += 1;
        }
    }
    Ok(gone)
}

/// Ends a container and takes it away with its volumes.
pub(super) fn remove(link: &Link, id: &str) -> Result<(), Error> {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    link.block(link.docker.remove_container(id, Some(options)))
}

pub(super) fn sandbox(places: &Places, image: &Image, pull: bool) -> Result<Arc<dyn Sandbox>, SandboxError> {
    let no_image = |detail: String, advice: String| SandboxError::NoImage {
        what: format!("image {}", image.name),
        detail,
        advice,
    };
    let name = ImageName::parse(&image.name).map_err(|error| {
        no_image(
            format!("is no name of an image ({error})"),
            "give the task, or its profile, its full name".to_owned(),
        )
    })?;
    let (link, address) = connect(places)?;
    let (info, mut can) = describe(&link, &address)?;
    let found = match link.block(link.docker.inspect_image(&name.to_string())) {
        Ok(found) => found,
        Err(Error::DockerResponseServerError { status_code: 404, .. }) if pull => {
            pull_image(&link, &name).map_err(|why| {
                no_image(format!("cannot be pulled: {why}"), "pull or load it by hand".to_owned())
            })?;
            link.block(link.docker.inspect_image(&name.to_string())).map_err(failed("inspect the image"))?
        }
        Err(Error::DockerResponseServerError { status_code: 404, .. }) => {
            let advice = format!("allow it with --pull, or have it beforehand: `docker pull {name}`");
            return Err(no_image(
                format!("{} does not have it, and kerf has no leave to pull it", info.version),
                advice,
            ));
        }
        Err(error) => return Err(failed("inspect the image")(error)),
    };
    let id = found.id.clone().unwrap_or_else(|| name.to_string());
    let (probe, disk) = probe(&link, &id, can)?;
    can.disk = disk;
    let workdir = workdir(&link, &probe, image, &found);
    let _ = remove(&link, &probe);
    let workdir = workdir.ok_or_else(|| {
        no_image(
            match &image.workdir {
                Some(told) => format!("has no folder {told}"),
                None => "holds no repository in any of the usual folders".to_owned(),
            },
            "give the task, or its profile, the `workdir` that the image has".to_owned(),
        )
    })?;
    let mut sandbox = ImageSandbox {
        address,
        info,
        can,
        name: name.to_string(),
        digest: digest(&found, &id),
        id,
        inside: Inside { workdir, user: 0, group: 0, watched: !can.disk },
    };
    let user = found.config.as_ref().and_then(|config| config.user.clone()).unwrap_or_default();
    if !matches!(user.as_str(), "" | "0" | "root" | "0:0" | "root:root") {
        (sandbox.inside.user, sandbox.inside.group) = sandbox.ids()?;
    }
    Ok(Arc::new(sandbox))
}

/// The digest by which registries know it; of an image that was never in one, its id.
fn digest(image: &ImageInspect, id: &str) -> String {
    let known = image.repo_digests.iter().flatten().find_map(|name| Some(name.split_once('@')?.1.to_owned()));
    known.unwrap_or_else(|| id.to_owned())
}

fn pull_image(link: &Link, name: &ImageName) -> Result<(), String> {
    let (from, tag) = match &name.version {
        Version::Tag(tag) => (name.repository.clone(), tag.clone()),
        Version::Digest(digest) => (format!("{}@{digest}", name.repository), String::new()),
    };
    let mut options = CreateImageOptionsBuilder::default().from_image(&from);
    if !tag.is_empty() {
        options = options.tag(&tag);
    }
    let mut news = link.docker.create_image(Some(options.build()), None, None);
    link.block(async {
        loop {
            match tokio::time::timeout(PULL, news.next()).await {
                Err(_) => return Err(format!("nothing came for {} s", PULL.as_secs())),
                Ok(None) => return Ok(()),
                Ok(Some(Err(error))) => return Err(described(&error)),
                Ok(Some(Ok(line))) => {
                    if let Some(message) = line.error_detail.and_then(|detail| detail.message) {
                        return Err(message);
                    }
                }
            }
        }
    })
}

/// A container that is never started, to look at; and whether the engine limits the size of its layer.
fn probe(link: &Link, image: &str, can: Can) -> Result<(String, bool), SandboxError> {
    let limits = Limits::default();
    if let Ok(id) = create(link, image, &limits, can) {
        return Ok((id, true));
    }
    // Most storage drivers cannot, and each says so in words of its own.
    let id = create(link, image, &limits, Can { disk: false, ..can }).map_err(failed("make a container"))?;
    Ok((id, false))
}

pub(super) fn create(link: &Link, image: &str, limits: &Limits, can: Can) -> Result<String, Error> {
    let owner = Owner::this().label();
    let (open_files, user_processes) = own_limits();
    let shape = Shape { image, owner: &owner, limits, can, open_files, user_processes };
    let body: ContainerCreateBody = serde_json::from_value(body(&shape))?;
    let made = link.block(link.docker.create_container(None::<CreateContainerOptions>, body))?;
    Ok(made.id)
}

/// The most open files, and processes of a user, that may be passed on.
fn own_limits() -> (u64, Option<u64>) {
    #[cfg(unix)]
    {
        use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
        let hard = |what| getrlimit(what).map(|(_, hard)| hard).ok().filter(|hard| *hard != RLIM_INFINITY);
        let files = hard(Resource::RLIMIT_NOFILE).map_or(OPEN_FILES, |hard| hard.min(OPEN_FILES));
        (files, hard(Resource::RLIMIT_NPROC).map(|hard| hard.min(USER_PROCESSES)))
    }
    #[cfg(not(unix))]
    (OPEN_FILES, None)
}

/// The folder of the repository: as the task says, else the image's working folder, else where a usual folder is. None
/// where it is not there.
fn workdir(link: &Link, container: &str, image: &Image, found: &ImageInspect) -> Option<String> {
    let own = found.config.as_ref().and_then(|config| config.working_dir.clone());
    let own = own.filter(|own| !own.trim_end_matches('/').is_empty());
    let there = |path: &String| {
        let options = ContainerArchiveInfoOptionsBuilder::default().path(path).build();
        link.block(link.docker.get_container_archive_info(container, Some(options))).is_ok()
    };
    match image.workdir.clone().or(own) {
        Some(told) => Some(told).filter(there),
        None => USUAL.iter().map(|path| path.replace("{repository}", &image.repository)).find(there),
    }
}

/// A session that nothing of a patch is run in.
fn nothing() -> SessionSpec {
    SessionSpec {
        lower: std::path::PathBuf::new(),
        access: Access::Overlay,
        read_only: Vec::new(),
        writable: Vec::new(),
        network: false,
        environment: BTreeMap::new(),
        newer_than: 0,
        limits: Limits::default(),
    }
}

fn step(command: &str) -> Step {
    Step {
        command: command.to_owned(),
        timeout: ANSWER,
        merged: false,
        stdin: None,
        environment: BTreeMap::new(),
    }
}

/// One image of one engine.
pub(super) struct ImageSandbox {
    address: String,
    info: EngineInfo,
    can: Can,
    name: String,
    digest: String,
    id: String,
    inside: Inside,
}

impl ImageSandbox {
    fn session(&self, link: Link, spec: &SessionSpec) -> Result<ContainerSession, SandboxError> {
        let id = create(&link, &self.id, &spec.limits, self.can).map_err(failed("make a container"))?;
        Ok(ContainerSession::new(link, id, &self.inside, spec))
    }

    /// The ids of the image's user, whom only the image knows.
    fn ids(&self) -> Result<(u64, u64), SandboxError> {
        let output = self.open(&nothing())?.run(&step("id -u && id -g"))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.lines().map(|line| line.trim().parse());
        match (numbers.next(), numbers.next()) {
            (Some(Ok(user)), Some(Ok(group))) => Ok((user, group)),
            _ => Err(SandboxError::Failed {
                doing: "learn the ids of the image's user".to_owned(),
                detail: text.trim().to_owned(),
            }),
        }
    }
}

impl Sandbox for ImageSandbox {
    fn name(&self) -> &'static str {
        "container"
    }

    fn protections(&self) -> Vec<String> {
        let mut all = self.info.fences.clone();
        all.push(if self.can.disk { "upper-limit" } else { "upper-watch" }.to_owned());
        all.sort();
        all
    }

    fn open(&self, spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError> {
        let refused = |detail: &str| SandboxError::Failed {
            doing: "open a session in an image".to_owned(),
            detail: detail.to_owned(),
        };
        if spec.network {
            return Err(refused("there is no network in containers"));
        }
        let link = Link::open(&self.address).map_err(|why| refused(&format!("{} {why}", self.address)))?;
        Ok(Box::new(self.session(link, spec)?))
    }

    fn files(&self) -> Result<BTreeMap<String, (u32, Vec<u8>)>, SandboxError> {
        let link = Link::open(&self.address)
            .map_err(|detail| SandboxError::Failed { doing: "read the image's tree".to_owned(), detail })?;
        let mut session = self.session(link, &nothing())?;
        // What git keeps is the repository; what else lies there was made when the image was.
        let list = session.run(&Step { merged: false, ..step("git -c safe.directory='*' ls-files -z") })?;
        let kept: BTreeSet<String> = String::from_utf8_lossy(&list.stdout)
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect();
        let archive = session.download()?;
        let is_kept = |path: &str| {
            let made = path.split('/').any(|part| UNKEPT.contains(&part));
            if kept.is_empty() { !made } else { kept.contains(path) }
        };
        archive::files(&archive, is_kept).map_err(|error| unpacked("read the image's tree", &error))
    }

    fn origin(&self) -> BTreeMap<String, String> {
        let pairs = [
            ("sandbox", "container"),
            ("image", &self.name),
            ("image_digest", &self.digest),
            ("engine", &self.info.version),
            ("engine_storage", &self.info.storage),
            ("workdir", &self.inside.workdir),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }
}

/// For messages about files that could not be packed.
pub(super) fn unpacked(doing: &str, error: &io::Error) -> SandboxError {
    SandboxError::Failed { doing: doing.to_owned(), detail: error.to_string() }
}
