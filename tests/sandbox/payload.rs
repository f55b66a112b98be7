//! Attacks that a shell cannot do: run from this test binary, inside the sandbox or outside of it.
#![allow(unsafe_code, reason = "attacks are raw system calls")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use nix::errno::Errno;
use nix::libc;

use super::*;

/// Runs the attack of that name in a session and gives its word: `done`, or what refused it.
pub(super) fn attack(
    sandbox: &dyn Sandbox,
    change: impl Fn(&mut SessionSpec),
    name: &str,
) -> (String, Ended) {
    let tree = tree(&[]);
    let mut spec = spec(tree.path());
    let program = std::env::current_exe().unwrap();
    spec.read_only.push(program.clone());
    change(&mut spec);
    let mut step = step(&format!("'{}' --exact sandbox::payload::payload --nocapture", program.display()));
    step.environment.insert("KERF_ATTACK".into(), name.into());
    let output = sandbox.open(&spec).unwrap().run(&step).unwrap();
    let text = text(&output);
    let word = text.lines().find_map(|line| line.split_once("attack: ")).map(|(_, word)| word.to_owned());
    (word.unwrap_or(text), output.ended)
}

/// Not a test of its own: what runs inside.
#[test]
fn payload() {
    if let Ok(name) = std::env::var("KERF_ATTACK") {
        println!("\nattack: {}", run(&name));
    }
}

fn word(result: libc::c_long) -> String {
    if result < 0 {
        Errno::last().to_string().split(':').next().unwrap_or_default().to_owned()
    } else {
        "done".into()
    }
}

fn io_word<T>(result: std::io::Result<T>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => format!("{:?}", Errno::from_raw(error.raw_os_error().unwrap_or(0))),
    }
}

fn call(number: libc::c_long, arguments: [libc::c_long; 5]) -> String {
    let [first, second, third, fourth, fifth] = arguments;
    // SAFETY: the calls either fail or concern this process alone, which ends at once.
    word(unsafe { libc::syscall(number, first, second, third, fourth, fifth) })
}

fn run(name: &str) -> String {
    let number = |flag: libc::c_int| libc::c_long::from(flag);
    match name {
        // Of itself, so that it would work for anybody.
        "ptrace" => call(libc::SYS_ptrace, [0, 0, 0, 0, 0]),
        "setuid" => {
            fs::write("file", "").unwrap();
            io_word(fs::set_permissions("file", fs::Permissions::from_mode(0o4755)))
        }
        "setgid-create" => {
            io_word(fs::OpenOptions::new().write(true).create_new(true).mode(0o2755).open("file2"))
        }
        "setuid-mknod" => call(
            libc::SYS_mknodat,
            [number(libc::AT_FDCWD), c"m".as_ptr() as _, (libc::S_IFREG | 0o4755).into(), 0, 0],
        ),
        "device" => {
            let mode = libc::S_IFCHR | 0o666;
            call(libc::SYS_mknodat, [number(libc::AT_FDCWD), c"d".as_ptr() as _, mode.into(), 0x103, 0])
        }
        "unshare" => call(libc::SYS_unshare, [number(libc::CLONE_NEWUSER), 0, 0, 0, 0]),
        "clone" => {
            // SAFETY: like fork; the child leaves at once.
            let child =
                unsafe { libc::syscall(libc::SYS_clone, libc::CLONE_NEWUSER | libc::SIGCHLD, 0, 0, 0, 0) };
            if child == 0 {
                // SAFETY: runs nobody's clean-up.
                unsafe { libc::_exit(0) }
            }
            word(child)
        }
        "clone3" => call(libc::SYS_clone3, [0, 0, 0, 0, 0]),
        "mount" => {
            call(libc::SYS_mount, [c"x".as_ptr() as _, c"/tmp".as_ptr() as _, c"tmpfs".as_ptr() as _, 0, 0])
        }
        "io_uring" => call(libc::SYS_io_uring_setup, [0, 0, 0, 0, 0]),
        "bpf" => call(libc::SYS_bpf, [0, 0, 0, 0, 0]),
        "keyctl" => call(libc::SYS_keyctl, [0, -3, 0, 0, 0]),
        "x32" => call(0x4000_0000 + libc::SYS_ptrace, [0, 0, 0, 0, 0]),
        "vsock" => call(libc::SYS_socket, [40, number(libc::SOCK_STREAM), 0, 0, 0]),
        "alg" => call(libc::SYS_socket, [38, number(libc::SOCK_SEQPACKET), 0, 0, 0]),
        "packet" => call(libc::SYS_socket, [17, number(libc::SOCK_RAW), 0, 0, 0]),
        "loopback" => {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let sender =
                std::thread::spawn(move || TcpStream::connect(address).unwrap().write_all(b"hello").unwrap());
            let mut text = String::new();
            listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
            sender.join().unwrap();
            text
        }
        "connect" => {
            let address = std::env::var("KERF_ADDRESS").unwrap();
            io_word(TcpStream::connect_timeout(&address.parse().unwrap(), Duration::from_secs(5)))
        }
        "kill-init" => {
            // SAFETY: plain numbers.
            let killed = unsafe { libc::kill(1, libc::SIGKILL) };
            let word = word(killed.into());
            std::thread::sleep(Duration::from_millis(200));
            format!("survived after {word}")
        }
        "forks" => forks(),
        "fill" => fill(),
        "files" => {
            let made = (0..2_000_000).find_map(|n| fs::File::create(format!("f{n}")).err());
            made.map_or_else(|| "done".to_owned(), |error| io_word::<()>(Err(error)))
        }
        "memory" => {
            let mut held = Vec::new();
            for _ in 0..1200 {
                held.push(vec![1_u8; 1 << 20]);
            }
            format!("done {}", held.len())
        }
        other => panic!("no attack {other}"),
    }
}

/// At most 300 children that wait for a minute.
fn forks() -> String {
    for made in 0..300 {
        // SAFETY: the child only sleeps and leaves.
        match unsafe { nix::unistd::fork() } {
            Ok(nix::unistd::ForkResult::Child) => {
                std::thread::sleep(Duration::from_secs(60));
                // SAFETY: ends at once, without running anybody's clean-up.
                unsafe { libc::_exit(0) }
            }
            Ok(nix::unistd::ForkResult::Parent { .. }) => {}
            Err(error) => return format!("{made} {error:?}"),
        }
    }
    "300".to_owned()
}

/// At most 200 MiB, over several files.
fn fill() -> String {
    for n in 0..10 {
        let mut file = fs::File::create(format!("big{n}")).unwrap();
        for made in 0..20 {
            if let Err(error) = file.write_all(&vec![1; 1 << 20]) {
                return format!(
                    "{:?} after {}",
                    Errno::from_raw(error.raw_os_error().unwrap_or(0)),
                    n * 20 + made
                );
            }
        }
    }
    "done".to_owned()
}
