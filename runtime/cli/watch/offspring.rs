//! The processes that a run has started and leaves behind.
//!
//! In: a process. Out: those that it started, directly or not. Side effects: ends them.
//!
//! Only those of its own process group: a script that wants a process to outlive it starts it detached, in a group of
//! its own. On systems without `/proc`, nothing is found.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

/// How often, and how many times, a process is looked at before it is killed.
const PAUSE: Duration = Duration::from_millis(25);
const LOOKS: usize = 20;

/// One process; its start tells it from a later one with the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    id: u32,
    started: u64,
}

/// What `/proc/<id>/stat` says.
struct Stat {
    process: Process,
    parent: u32,
    group: u32,
}

/// The processes below `root`, in its process group.
pub(super) fn of(root: u32) -> Vec<Process> {
    let Some(group) = stat(root).map(|stat| stat.group) else {
        return Vec::new();
    };
    let all = all();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        let children = all.iter().filter(|stat| stat.parent == parent);
        for child in children {
            parents.push(child.process.id);
            found.extend((child.group == group).then_some(child.process));
        }
    }
    found
}

/// Ends those of `processes` that are still there: first as `SIGTERM` does, then for good.
pub(super) async fn end(mut processes: Vec<Process>) {
    for signal in ["-TERM", "-KILL"] {
        processes.retain(is_alive);
        if processes.is_empty() {
            return;
        }
        send(signal, &processes).await;
        for _ in 0..LOOKS {
            if !processes.iter().any(is_alive) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// By the shell, which has `kill` built in everywhere.
async fn send(signal: &str, processes: &[Process]) {
    let ids = processes.iter().map(|process| process.id.to_string());
    let mut command = Command::new("sh");
    command
        .args(["-c", "kill \"$@\" 2>/dev/null", "sh", signal])
        .args(ids);
    if let Err(error) = command.status().await {
        log::warn!("processes of the last run could not be ended: {error}");
    }
}

fn is_alive(process: &Process) -> bool {
    stat(process.id).is_some_and(|stat| stat.process == *process)
}

fn all() -> Vec<Stat> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| stat(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}

/// `None` for what does not run (any more).
fn stat(id: u32) -> Option<Stat> {
    let text =
        std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat")).ok()?;
    // The name, in brackets, may hold anything.
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let [state, parent, group, ..] = fields.as_slice() else {
        return None;
    };
    if matches!(*state, "Z" | "X") {
        return None;
    }
    Some(Stat {
        process: Process {
            id,
            started: fields.get(19)?.parse().ok()?,
        },
        parent: parent.parse().ok()?,
        group: group.parse().ok()?,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_started_is_found_and_ended() {
        let mut child = Command::new("sh")
            .args(["-c", "sleep 60 & sleep 60"])
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let id = child.id().unwrap();
        while of(id).len() < 2 {
            tokio::time::sleep(PAUSE).await;
        }
        assert!(
            of(std::process::id())
                .iter()
                .any(|process| process.id == id)
        );
        let offspring = of(id);
        child.kill().await.unwrap();
        end(offspring.clone()).await;
        assert!(!offspring.iter().any(is_alive));
    }
}
