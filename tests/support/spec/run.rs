//! Runs the steps of one case.
//!
//! In: a declaration. Out: the first thing that was not as declared. `PRIZM_KEEP_SPECS=1` leaves the folders of
//! failed cases on the disk and says where.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::declaration::{Act, CacheTrouble, Network, Spec, Step};
use super::folder::{self, Room};
use super::judge::{self, Snapshot};
use crate::Failure;
use crate::process::{Output, Running};

const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the case in a room of its own.
///
/// # Errors
/// What was not as declared.
pub fn run(case: &Path, spec: Spec, binary: &Path) -> Result<(), Failure> {
    let mut room = folder::lay_out(case, &spec, binary)?;
    let before = Snapshot::of(&room.context);
    let result = steps(case, &spec, &mut room)
        .and_then(|()| judge::litter(&room.context, &before, &declared(&spec)));
    match result {
        Err(failure) if std::env::var_os("PRIZM_KEEP_SPECS").is_some() => {
            let kept = room.context.keep();
            Err(format!("{failure}\nkept: {}", kept.display()))
        }
        result => result,
    }
}

/// What the case leaves in the project on purpose: what it says, and what the harness writes for it.
fn declared(spec: &Spec) -> Vec<String> {
    let mut names = spec.creates.clone();
    for step in &spec.steps {
        names.extend(step.write.keys().cloned());
        for act in &step.interact {
            if let Act::Write(files) | Act::WriteUntil { files, .. } = act {
                names.extend(files.keys().cloned());
            }
        }
    }
    names
}

fn steps(case: &Path, spec: &Spec, room: &mut Room) -> Result<(), Failure> {
    for (index, step) in spec.steps.iter().enumerate() {
        run_step(case, step, room).map_err(|failure| match spec.steps.len() {
            1 => failure,
            _ => format!("step {}: {failure}", index + 1),
        })?;
    }
    Ok(())
}

fn run_step(case: &Path, step: &Step, room: &mut Room) -> Result<(), Failure> {
    prepare(case, step, room)?;
    let before = Snapshot::of(&room.context);
    let outputs = if step.parallel.is_empty() {
        vec![(step, launch(step, room)?)]
    } else {
        let started: Vec<_> = step
            .parallel
            .iter()
            .map(|part| Ok((part, start(part, room)?)))
            .collect::<Result<_, Failure>>()?;
        started
            .into_iter()
            .map(|(part, running)| Ok((part, running.finish()?)))
            .collect::<Result<Vec<_>, Failure>>()?
    };
    thaw(step, room)?;
    for (step, output) in &outputs {
        judge::output(case, step, output, room)?;
    }
    judge::servers(
        step,
        &room.context,
        matches!(step.network, Some(Network::None)),
    )?;
    judge::disk(step, room, &before)
}

fn prepare(case: &Path, step: &Step, room: &mut Room) -> Result<(), Failure> {
    for path in &step.remove {
        let path = place(room, path)?;
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        removed.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    for (path, text) in &step.write {
        write(room, path, text)?;
    }
    for end in &step.damage {
        damage(&room.context.cache(), end)?;
    }
    for (name, commit) in &step.commit {
        let name = name.strip_prefix("github:").unwrap_or(name);
        room.context
            .repository(name)
            .add(commit, "main", &|dir: &str| Ok(case.join(dir)), &[])?;
    }
    if step.down {
        room.context.shut_down();
    }
    room.context.proxy.clear_log();
    for server in room.context.servers() {
        server.clear_log();
        let mut faults = step.faults.clone();
        for fault in &mut faults {
            if let crate::fault::FaultAction::Redirect(to) = &mut fault.action {
                *to = room.fill(to)?;
            }
        }
        server.set_faults(faults);
    }
    Ok(())
}

/// A path of a declaration: relative to the project unless it starts with a placeholder.
fn place(room: &Room, path: &str) -> Result<PathBuf, Failure> {
    Ok(room.context.project().join(room.fill(path)?))
}

fn write(room: &Room, path: &str, text: &str) -> Result<(), Failure> {
    let path = place(room, path)?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
    }
    std::fs::write(&path, room.fill(text)?).map_err(|error| format!("{}: {error}", path.display()))
}

/// Changes one byte of the first file whose path ends so, keeping its length; of every one for `*.bin` and `http-v1/*`.
fn damage(root: &Path, end: &str) -> Result<(), Failure> {
    let is_meant = |path: &str| match (end.strip_prefix('*'), end.strip_suffix('*')) {
        (Some(end), _) => path.ends_with(end),
        (_, Some(start)) => path.starts_with(start),
        _ => path.ends_with(end),
    };
    let mut found: Vec<PathBuf> = folder::list(root)
        .into_iter()
        .filter(|path| is_meant(&path.to_string_lossy()))
        .collect();
    if !end.contains('*') {
        found.truncate(1);
    }
    if found.is_empty() {
        return Err(format!("nothing in the cache is called `{end}`"));
    }
    found.iter().try_for_each(|path| flip(&root.join(path)))
}

fn flip(path: &Path) -> Result<(), Failure> {
    let mut bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let middle = bytes.len() / 2;
    *bytes
        .get_mut(middle)
        .ok_or("an empty file cannot be damaged")? ^= 1;
    // Installed files are read-only: replace the file rather than write into it.
    std::fs::remove_file(path).map_err(|error| error.to_string())?;
    std::fs::write(path, bytes).map_err(|error| error.to_string())
}

fn launch(step: &Step, room: &Room) -> Result<Output, Failure> {
    let mut running = start(step, room)?;
    for act in &step.interact {
        perform(act, &mut running, room)?;
    }
    running.finish()
}

fn start(step: &Step, room: &Room) -> Result<Running, Failure> {
    let mut command = room.context.command();
    match &step.args {
        Some(arguments) => {
            for argument in arguments {
                command.arg(room.fill(argument)?);
            }
        }
        None => {
            command.args(["run", "-A", "main.ts"]);
        }
    }
    for (name, value) in &step.env {
        match value {
            Some(value) => command.env(name, room.fill(value)?),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = &step.cwd {
        command.current_dir(place(room, folder)?);
    }
    if let Some(trouble) = step.cache {
        freeze(trouble, room, &mut command)?;
    }
    let patience = step.timeout_ms.map_or(PATIENCE, Duration::from_millis);
    let mut running = Running::start(command, patience)?;
    if !step.stdin.is_empty() {
        running.type_text(&room.fill(&step.stdin)?);
    }
    let types_later = step.interact.iter().any(|act| matches!(act, Act::Type(_)));
    if !types_later {
        running.close_stdin();
    }
    Ok(running)
}

fn perform(act: &Act, running: &mut Running, room: &Room) -> Result<(), Failure> {
    match act {
        Act::WaitStdout(part) => running.wait_stdout(&room.fill(part)?),
        Act::WaitStderr(part) => running.wait_stderr(&room.fill(part)?),
        Act::WaitRequest(part) => {
            let site = part.split(' ').next().unwrap_or_default();
            let server = match site {
                "git" => &room.context.git,
                "npm" => &room.context.npm,
                _ => &room.context.http,
            };
            if server.wait_for(part, running.patience()) {
                Ok(())
            } else {
                Err(format!("waited in vain for the request `{part}`"))
            }
        }
        Act::Write(files) => files
            .iter()
            .try_for_each(|(path, text)| write(room, path, text)),
        Act::WriteUntil { files, part } => {
            let part = room.fill(part)?;
            loop {
                for (path, text) in files {
                    write(room, path, text)?;
                }
                if running.says(&part, Duration::from_secs(1)) {
                    return Ok(());
                }
                if running.patience().is_zero() {
                    return running.wait_stdout(&part);
                }
            }
        }
        Act::Type(text) => {
            running.type_text(text);
            Ok(())
        }
        Act::Signal(name) => {
            running.signal(match name.as_str() {
                "INT" => libc::SIGINT,
                "TERM" => libc::SIGTERM,
                other => return Err(format!("unknown signal `{other}`")),
            });
            Ok(())
        }
    }
}

/// Makes the cache unwritable for the coming run.
fn freeze(trouble: CacheTrouble, room: &Room, command: &mut Command) -> Result<(), Failure> {
    let cache = room.context.cache();
    match trouble {
        CacheTrouble::ReadOnly => {
            std::fs::create_dir_all(&cache).map_err(|error| error.to_string())?;
            set_modes(&cache, 0o555, 0o444)?;
            // Permissions do not hold root back: the program runs as nobody then.
            // SAFETY: plain system call.
            if unsafe { libc::geteuid() } == 0 {
                use std::os::unix::process::CommandExt;
                set_modes(&room.context.project(), 0o777, 0o666)?;
                set_modes(&room.context.temp(), 0o777, 0o666)?;
                set_mode(room.context.root(), 0o755)?;
                set_modes(&room.context.home(), 0o755, 0o644)?;
                command.uid(65_534).gid(65_534);
            }
        }
        CacheTrouble::DiskFree(bytes) => {
            command
                .env("LD_PRELOAD", crate::shim::library()?)
                .env("PRIZM_TEST_DISK_ROOT", &cache)
                .env("PRIZM_TEST_DISK_FREE", bytes.to_string());
        }
    }
    Ok(())
}

/// Undoes [`freeze`], so that later steps and the clean-up can write.
fn thaw(step: &Step, room: &Room) -> Result<(), Failure> {
    match step.cache {
        Some(CacheTrouble::ReadOnly) => set_modes(&room.context.cache(), 0o755, 0o644),
        _ => Ok(()),
    }
}

fn set_modes(root: &Path, folders: u32, files: u32) -> Result<(), Failure> {
    for file in folder::list(root) {
        let path = root.join(file);
        if !path.is_symlink() {
            set_mode(&path, files)?;
        }
    }
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(entry.path());
            }
        }
        set_mode(&folder, folders)?;
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|error| format!("{}: {error}", path.display()))
}
