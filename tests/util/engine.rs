//! A container engine, where this machine has one, and an image made of its own programs: no registry is asked.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use kerf::sandbox::{CONTAINERS_COMPILED_IN, EngineInfo, Places, look_for_engine};

/// Programs of the image.
const PROGRAMS: &[&str] = &[
    "sh", "bash", "cat", "chmod", "cp", "dd", "echo", "env", "find", "grep", "id", "kill", "ln", "ls",
    "mkdir", "mv", "ps", "rm", "rmdir", "sed", "seq", "setsid", "sleep", "sort", "stat", "tail", "touch",
    "tr", "uname", "wc",
];

/// An engine that answers.
pub struct Engine {
    /// Where it is looked for.
    pub places: Places,
    /// What it says of itself.
    pub info: EngineInfo,
}

impl Engine {
    /// The engine that `DOCKER_HOST` or the usual sockets lead to. Where there is none says loudly what is not tested.
    pub fn find(what: &str) -> Option<Self> {
        let variables = std::env::vars().collect();
        let places = Places::of(&variables);
        let info = match look_for_engine(&places) {
            Ok(info) if info.address.starts_with("unix://") => info,
            Ok(info) => {
                return not_tested(what, &format!("the engine at {} is not this machine's", info.address));
            }
            Err(_) if !CONTAINERS_COMPILED_IN => {
                return not_tested(what, "built without --features container");
            }
            Err(error) => return not_tested(what, &format!("no engine: {error}")),
        };
        Some(Self { places, info })
    }

    /// The name of an image with these files besides the programs; made where the engine does not have it yet.
    pub fn image(&self, files: &[(&str, &str)], changes: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "testbed"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        fs::write(root.join("etc/passwd"), "root:x:0:0::/root:/bin/sh\nann:x:1234:1235::/tmp:/bin/sh\n")
            .unwrap();
        let mut libraries = BTreeSet::new();
        for program in PROGRAMS {
            let Some(from) = found(program) else { continue };
            fs::copy(&from, root.join("bin").join(program)).unwrap();
            let output = Command::new("ldd").arg(&from).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            libraries.extend(text.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned));
        }
        for library in libraries {
            let to = root.join(&library[1..]);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&library, to).unwrap();
        }
        for (path, text) in files {
            let to = root.join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, text).unwrap();
        }
        let output = Command::new("tar")
            .args([
                "--sort=name",
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                "--mtime=@1600000000",
                "-c",
                "-C",
            ])
            .arg(root)
            .arg(".")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut hasher = blake3::Hasher::new();
        hasher.update(&output.stdout);
        hasher.update(changes.join("\n").as_bytes());
        let name = format!("localhost/kerf-test:{}", &hasher.finalize().to_hex()[..12]);
        if !self.ask("GET", &format!("/images/{name}/json"), &[]).0.contains(" 200 ") {
            let changes: Vec<String> =
                changes.iter().map(|change| format!("&changes={}", change.replace(' ', "%20"))).collect();
            let changes = changes.concat();
            let (head, body) =
                self.ask("POST", &format!("/images/create?fromSrc=-{changes}"), &output.stdout);
            assert!(head.contains(" 200 ") && !body.contains("\"error\""), "{head}\n{body}");
            // Not every engine takes the name along.
            let id: String = body[body.find("sha256:").unwrap()..].chars().take(7 + 64).collect();
            let (repo, tag) = name.rsplit_once(':').unwrap();
            let (head, body) = self.ask("POST", &format!("/images/{id}/tag?repo={repo}&tag={tag}"), &[]);
            assert!(head.contains(" 201 "), "{head}\n{body}");
        }
        name
    }

    /// How many containers kerf has made of an image, running or not.
    pub fn containers(&self, image: &str) -> usize {
        self.count(image, "")
    }

    /// How many of them run.
    pub fn running(&self, image: &str) -> usize {
        self.count(image, "%2C%22status%22%3A%5B%22running%22%5D")
    }

    fn count(&self, image: &str, more: &str) -> usize {
        let image = image.replace('/', "%2F").replace(':', "%3A");
        let filters = format!(
            "%7B%22label%22%3A%5B%22kerf.owner%22%5D%2C%22ancestor%22%3A%5B%22{image}%22%5D{more}%7D"
        );
        let (head, body) = self.ask("GET", &format!("/containers/json?all=true&filters={filters}"), &[]);
        assert!(head.contains(" 200 "), "{head}\n{body}");
        body.matches("\"Id\":\"").count()
    }

    /// One request, as plain as it goes: what is tested must not be what tests.
    pub fn ask(&self, method: &str, path: &str, body: &[u8]) -> (String, String) {
        let socket = self.info.address.strip_prefix("unix://").unwrap();
        let mut stream = UnixStream::connect(socket).unwrap();
        let length = body.len();
        let kind = if path.starts_with("/images") { "application/x-tar" } else { "application/json" };
        let head = format!(
            "{method} /v1.40{path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        (head.to_owned(), body.to_owned())
    }
}

fn not_tested(what: &str, why: &str) -> Option<Engine> {
    // Not `eprintln!`, which is captured.
    std::io::stderr().write_all(format!("\nNOT TESTED: {what}: {why}\n").as_bytes()).unwrap();
    None
}

fn found(program: &str) -> Option<PathBuf> {
    ["/bin", "/usr/bin"].iter().map(|folder| Path::new(folder).join(program)).find(|path| path.exists())
}
