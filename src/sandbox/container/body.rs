//! What a container is, as a value: the body of the engine's request that makes it.
//!
//! In: the image, limits, what the engine can do. Out: JSON in the form of the engine's interface.
//!
//! Invariant: whatever the image or the task says, there is no network, no capability, no mount, no device and no
//! privilege in it; none of these comes from outside this file.

use serde_json::{Value, json};

use super::owner::LABEL;
use super::script::FOLDER;
use crate::sandbox::Limits;

/// What a container is made by.
#[derive(Debug, Clone)]
pub(super) struct Shape<'a> {
    /// Id of the image.
    pub image: &'a str,
    /// Whose it is.
    pub owner: &'a str,
    /// Limits.
    pub limits: &'a Limits,
    /// What the engine can limit.
    pub can: Can,
    /// Most open files of a process: an engine cannot give more than it has itself.
    pub open_files: u64,
    /// Most processes of the payload's user on the whole machine, where there is a limit: engines' own default is more
    /// than some may give. What binds is the limit of the container.
    pub user_processes: Option<u64>,
}

/// Which limits an engine can put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Can {
    pub memory: bool,
    pub swap: bool,
    pub processes: bool,
    /// The size of the layer that a container writes to.
    pub disk: bool,
}

/// The body.
pub(super) fn body(shape: &Shape) -> Value {
    let Limits { disk_mb, processes, memory_mb, .. } = *shape.limits;
    let bytes = |mb: u64| i64::try_from(mb.saturating_mul(1 << 20)).unwrap_or(i64::MAX);
    let ulimit = |name: &str, value: u64| json!({"Name": name, "Soft": value, "Hard": value});
    let mut host = json!({
        "NetworkMode": "none",
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "Privileged": false,
        "IpcMode": "private",
        "LogConfig": {"Type": "none"},
        "AutoRemove": false,
        "RestartPolicy": {"Name": "no"},
        "ShmSize": 64 << 20,
        "Ulimits": [
            ulimit("core", 0),
            ulimit("fsize", bytes(disk_mb).unsigned_abs()),
            ulimit("nofile", shape.open_files),
        ],
    });
    if let (Some(most), Some(list)) = (shape.user_processes, host["Ulimits"].as_array_mut()) {
        list.push(ulimit("nproc", most));
    }
    if shape.can.memory {
        host["Memory"] = json!(bytes(memory_mb));
        if shape.can.swap {
            host["MemorySwap"] = json!(bytes(memory_mb));
        }
    }
    if shape.can.processes {
        host["PidsLimit"] = json!(i64::try_from(processes).unwrap_or(i64::MAX));
    }
    if shape.can.disk {
        host["StorageOpt"] = json!({"size": format!("{disk_mb}M")});
    }
    json!({
        "Image": shape.image,
        "Entrypoint": ["/bin/sh", format!("/{FOLDER}/step")],
        "WorkingDir": "/",
        "Hostname": "kerf",
        "NetworkDisabled": true,
        "Tty": false,
        "OpenStdin": false,
        "AttachStdout": true,
        "AttachStderr": true,
        "Healthcheck": {"Test": ["NONE"]},
        "Labels": {LABEL: shape.owner},
        "HostConfig": host,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_has_nothing_of_the_host() {
        let limits = Limits { disk_mb: 64, processes: 256, memory_mb: 512, output_bytes: 1 };
        let can = Can { memory: true, swap: true, processes: true, disk: true };
        let shape = Shape {
            image: "sha256:1",
            owner: "b/1/2/3",
            limits: &limits,
            can,
            open_files: 1024,
            user_processes: Some(9),
        };
        let fields = |value: &Value| {
            let fields = value.as_object().unwrap().iter();
            fields.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(fields(&body(&shape)["HostConfig"]), @r#"
        NetworkMode "none"
        CapDrop ["ALL"]
        SecurityOpt ["no-new-privileges"]
        Privileged false
        IpcMode "private"
        LogConfig {"Type":"none"}
        AutoRemove false
        RestartPolicy {"Name":"no"}
        ShmSize 67108864
        Ulimits [{"Name":"core","Soft":0,"Hard":0},{"Name":"fsize","Soft":67108864,"Hard":67108864},{"Name":"nofile","Soft":1024,"Hard":1024},{"Name":"nproc","Soft":9,"Hard":9}]
        Memory 536870912
        MemorySwap 536870912
        PidsLimit 256
        StorageOpt {"size":"64M"}
        "#);
        let mut outer = body(&shape);
        outer.as_object_mut().unwrap().remove("HostConfig");
        insta::assert_snapshot!(fields(&outer), @r#"
        Image "sha256:1"
        Entrypoint ["/bin/sh","/.kerf/step"]
        WorkingDir "/"
        Hostname "kerf"
        NetworkDisabled true
        Tty false
        OpenStdin false
        AttachStdout true
        AttachStderr true
        Healthcheck {"Test":["NONE"]}
        Labels {"kerf.owner":"b/1/2/3"}
        "#);
        let none = Can { memory: false, swap: true, processes: false, disk: false };
        let host = body(&Shape { can: none, ..shape })["HostConfig"].clone();
        for limit in ["Memory", "MemorySwap", "PidsLimit", "StorageOpt"] {
            assert!(host.get(limit).is_none(), "{limit}: an engine that cannot would refuse the container");
        }
        for way_out in ["Binds", "Mounts", "Devices", "CapAdd", "VolumesFrom", "PidMode", "UsernsMode"] {
            assert!(host.get(way_out).is_none(), "{way_out}");
        }
    }
}
