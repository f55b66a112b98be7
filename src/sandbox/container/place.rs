//! Where an engine may listen.
//!
//! In: this process's environment. Out: addresses in the order in which they are tried: what `DOCKER_HOST` or podman's
//! `CONTAINER_HOST` says, and nothing else then; else the usual sockets, those of the user's own engine first.

use std::collections::BTreeMap;

/// Addresses, `unix:///PATH` or `tcp://HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places(pub(super) Vec<String>);

impl Places {
    /// By the variables of an environment.
    pub fn of(variables: &BTreeMap<String, String>) -> Self {
        let set = |name: &str| variables.get(name).filter(|value| !value.is_empty());
        if let Some(told) = set("DOCKER_HOST").or_else(|| set("CONTAINER_HOST")) {
            return Self(vec![told.clone()]);
        }
        let mut places = Vec::new();
        if let Some(own) = set("XDG_RUNTIME_DIR") {
            let own = own.trim_end_matches('/');
            places.push(format!("unix://{own}/docker.sock"));
            places.push(format!("unix://{own}/podman/podman.sock"));
        }
        let usual = ["unix:///var/run/docker.sock", "unix:///run/podman/podman.sock"];
        places.extend(usual.map(str::to_owned));
        Self(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_says_counts_alone() {
        let of = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Places::of(&pairs.collect()).0
        };
        assert_eq!(of(&[]), ["unix:///var/run/docker.sock", "unix:///run/podman/podman.sock"]);
        assert_eq!(of(&[("DOCKER_HOST", "tcp://e:1"), ("CONTAINER_HOST", "unix:///p")]), ["tcp://e:1"]);
        assert_eq!(of(&[("DOCKER_HOST", ""), ("CONTAINER_HOST", "unix:///p")]), ["unix:///p"]);
        assert_eq!(
            of(&[("XDG_RUNTIME_DIR", "/run/user/7/")])[..2],
            ["unix:///run/user/7/docker.sock", "unix:///run/user/7/podman/podman.sock"]
        );
    }
}
