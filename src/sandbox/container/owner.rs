//! Whose a container is: a label that tells whether the kerf that made it still lives.
//!
//! In: what `/proc` says of this process. Out: `BOOT/PIDNS/PID/START`. The same number may be another process after a
//! restart or in another container, so the machine's start, the process namespace and the process's own start count too.
//!
//! Invariant: in doubt a container stays. One of another machine, or of another process namespace, is not ours to judge.

use std::fs;

/// Name of the label that every container of kerf has.
pub(super) const LABEL: &str = "kerf.owner";

/// A process of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub boot: String,
    pub namespace: String,
    pub process: u32,
    pub started: u64,
}

/// What is to be done with a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Stays,
    Goes,
}

impl Owner {
    /// This process.
    pub fn this() -> Self {
        let process = std::process::id();
        Self { boot: boot(), namespace: namespace(), process, started: started(process).unwrap_or_default() }
    }

    /// As the label has it.
    pub fn label(&self) -> String {
        format!("{}/{}/{}/{}", self.boot, self.namespace, self.process, self.started)
    }

    fn read(label: &str) -> Option<Self> {
        let mut parts = label.split('/');
        let owner = Self {
            boot: parts.next()?.to_owned(),
            namespace: parts.next()?.to_owned(),
            process: parts.next()?.parse().ok()?,
            started: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(owner)
    }
}

/// Whether a container with this label goes. `me` is who asks, `started` when a process of this machine began, `local`
/// whether the engine is this machine's own, `running` whether the container is.
pub(super) fn fate(
    label: &str,
    me: &Owner,
    started: impl Fn(u32) -> Option<u64>,
    local: bool,
    running: bool,
) -> Fate {
    let Some(owner) = Owner::read(label) else { return Fate::Stays };
    // A system without /proc tells nothing of processes.
    if me.boot.is_empty() {
        return Fate::Stays;
    }
    if owner.boot != me.boot {
        // Of this machine before it was started anew, unless something runs.
        return if local && !running { Fate::Goes } else { Fate::Stays };
    }
    if owner.namespace != me.namespace || started(owner.process) == Some(owner.started) {
        return Fate::Stays;
    }
    Fate::Goes
}

fn boot() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

fn namespace() -> String {
    let link = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    link.to_string_lossy().trim_start_matches("pid:").trim_matches(['[', ']']).to_owned()
}

/// When a process began, in ticks since the machine's start; none where there is none.
pub(super) fn started(process: u32) -> Option<u64> {
    ticks(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The 22nd field, counted behind the program's name, which may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    stat[stat.rfind(')')? + 1..].split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_can_want_goes() {
        let me = Owner { boot: "b".into(), namespace: "1".into(), process: 10, started: 100 };
        let living = |process| (process == 10).then_some(100).or((process == 11).then_some(500));
        for (label, local, running, fate_of_it) in [
            ("b/1/10/100", true, true, Fate::Stays),   // mine
            ("b/1/11/500", true, true, Fate::Stays),   // another kerf that lives
            ("b/1/11/499", true, true, Fate::Goes),    // its number was given anew
            ("b/1/12/100", true, true, Fate::Goes),    // dead
            ("b/2/12/100", true, false, Fate::Stays),  // of another container
            ("old/1/10/100", true, false, Fate::Goes), // before the machine was started anew
            ("old/1/10/100", true, true, Fate::Stays),
            ("old/1/10/100", false, false, Fate::Stays), // of another machine
            ("", true, false, Fate::Stays),
            ("b/1/12/100/x", true, false, Fate::Stays),
            ("b/1/-1/100", true, false, Fate::Stays),
        ] {
            assert_eq!(fate(label, &me, living, local, running), fate_of_it, "{label}");
        }
        let blind = Owner { boot: String::new(), namespace: String::new(), ..me };
        assert_eq!(fate("//12/100", &blind, living, true, true), Fate::Stays);
    }

    #[test]
    fn a_program_may_be_called_anything() {
        let rest = (1..=30).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(ticks(&format!("7 (a) b (c) S {rest}")), Some(19));
        assert_eq!(ticks("7 (x"), None);
        assert_eq!(ticks(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_alive() {
        let me = Owner::this();
        assert_eq!(Owner::read(&me.label()), Some(me.clone()));
        assert_eq!(fate(&me.label(), &me, started, true, true), Fate::Stays);
        let gone = Owner { process: u32::MAX, ..me.clone() };
        assert_eq!(fate(&gone.label(), &me, started, true, true), Fate::Goes);
    }
}
