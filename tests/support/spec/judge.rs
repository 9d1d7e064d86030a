//! Compares what a step did with what was declared.
//!
//! Beside the declared expectations, every step must hold these: no panic, no colours, no secret on the terminal, no
//! temporary file left behind, nothing written to home, and nothing to the project but what is declared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::Digest;

use super::declaration::{Expected, Step};
use super::folder::{self, Room};
use crate::Failure;
use crate::context::TestContext;
use crate::process::Output;
use crate::wildcard;

/// The files that matter, with their digests.
pub struct Snapshot {
    project: BTreeMap<PathBuf, String>,
    home: BTreeMap<PathBuf, String>,
    cache: BTreeMap<PathBuf, String>,
    written: BTreeMap<PathBuf, std::time::SystemTime>,
}

impl Snapshot {
    pub fn of(context: &TestContext) -> Snapshot {
        Snapshot {
            project: digests(&context.project()),
            home: digests(&context.home()),
            cache: digests(&context.cache()),
            written: folder::list(&context.project())
                .into_iter()
                .filter_map(|path| {
                    let about = std::fs::metadata(context.project().join(&path)).ok()?;
                    Some((path, about.modified().ok()?))
                })
                .collect(),
        }
    }
}

fn digests(root: &Path) -> BTreeMap<PathBuf, String> {
    folder::list(root)
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(root.join(&path)).unwrap_or_default();
            let digest = sha2::Sha256::digest(&bytes);
            let hex = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            (path, hex)
        })
        .collect()
}

/// Judges exit code and text of one run.
///
/// # Errors
/// The first difference, with both texts.
pub fn output(case: &Path, step: &Step, output: &Output, room: &Room) -> Result<(), Failure> {
    let report = || {
        format!(
            "--- exit code {}\n--- stdout\n{}\n--- stderr\n{}\n---",
            output.code, output.stdout, output.stderr
        )
    };
    if output.code != step.exit {
        return Err(format!("expected exit code {}\n{}", step.exit, report()));
    }
    for sign in ["panicked at", "RUST_BACKTRACE", "\u{1b}["] {
        if output.stderr.contains(sign) || (sign != "\u{1b}[" && output.stdout.contains(sign)) {
            return Err(format!(
                "`{}` in the output\n{}",
                sign.escape_debug(),
                report()
            ));
        }
    }
    for secret in &step.secrets {
        if output.stdout.contains(secret) || output.stderr.contains(secret) {
            return Err(format!(
                "the secret `{secret}` is in the output\n{}",
                report()
            ));
        }
    }
    let nothing = Expected::Text(String::new());
    let stdout = step.stdout.as_ref().unwrap_or(&nothing);
    text(case, "stdout", stdout, &output.stdout, room)
        .map_err(|failure| format!("{failure}\n{}", report()))?;
    match &step.stderr {
        Some(stderr) => text(
            case,
            "stderr",
            stderr,
            message(&output.stderr, stderr),
            room,
        )
        .map_err(|failure| format!("{failure}\n{}", report())),
        None => quiet(&output.stderr).map_err(|failure| format!("{failure}\n{}", report())),
    }
}

/// Where an error is expected, what is said before it must not matter: slow work reports its progress there.
fn message<'a>(stderr: &'a str, expected: &Expected) -> &'a str {
    let expects_error = match expected {
        Expected::Text(text) => text.starts_with("error:"),
        Expected::Lines(lines) => lines.first().is_some_and(|line| line.starts_with("error:")),
    };
    match stderr.find("\nerror:") {
        Some(at) if expects_error && !stderr.starts_with("error:") => &stderr[at + 1..],
        _ => stderr,
    }
}

/// Without a declared stderr, progress may be there and trouble may not.
fn quiet(stderr: &str) -> Result<(), Failure> {
    let trouble = stderr.lines().find(|line| {
        let line = line.trim_start().to_ascii_lowercase();
        ["error", "warning", "caused by:", "hint:"]
            .iter()
            .any(|start| line.starts_with(start))
    });
    match trouble {
        Some(line) => Err(format!("unexpected on stderr: {line}")),
        None => Ok(()),
    }
}

fn text(
    case: &Path,
    name: &str,
    expected: &Expected,
    actual: &str,
    room: &Room,
) -> Result<(), Failure> {
    let (expected, file) = load(case, expected)?;
    let filled = fill(&expected, room)?;
    if wildcard::matches(&filled, actual) {
        return Ok(());
    }
    if let Some(file) = file
        && std::env::var_os("PRIZM_UPDATE_SPECS").is_some_and(|value| value == "1")
    {
        return std::fs::write(file, generalised(actual, room)).map_err(|error| error.to_string());
    }
    let first = first_difference(&filled, actual);
    Err(format!(
        "{name} differs\n--- expected\n{filled}\n--- actual\n{actual}\n--- first line that does not fit\n{first}"
    ))
}

fn load(case: &Path, expected: &Expected) -> Result<(String, Option<PathBuf>), Failure> {
    match expected {
        Expected::Lines(lines) => Ok((lines.join("\n"), None)),
        Expected::Text(name) if name.ends_with(".out") => {
            let file = case.join(name);
            // A file that is not there yet can only be written by an update.
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            Ok((text, Some(file)))
        }
        Expected::Text(text) => Ok((text.clone(), None)),
    }
}

fn fill(text: &str, room: &Room) -> Result<String, Failure> {
    let context = &room.context;
    let text = text
        .replace("[DIR]", &context.project().display().to_string())
        .replace("[CACHE]", &context.cache().display().to_string())
        .replace("[HOME]", &context.home().display().to_string());
    room.fill(&text)
}

/// Turns what one run printed into what every run prints.
fn generalised(actual: &str, room: &Room) -> String {
    let context = &room.context;
    let text = actual
        .replace(&context.project().display().to_string(), "[DIR]")
        .replace(&context.cache().display().to_string(), "[CACHE]")
        .replace(&context.home().display().to_string(), "[HOME]");
    let text = regex::Regex::new("127\\.0\\.0\\.1:[0-9]+")
        .expect("a valid pattern")
        .replace_all(&text, "127.0.0.1:[PORT]")
        .into_owned();
    regex::Regex::new("\\b[0-9a-f]{40,64}\\b")
        .expect("a valid pattern")
        .replace_all(&text, "[HASH]")
        .into_owned()
}

fn first_difference(expected: &str, actual: &str) -> String {
    let lines: Vec<&str> = actual.lines().collect();
    (1..=lines.len())
        .find(|count| {
            let start = lines[..*count].join("\n");
            !(1..=expected.lines().count()).any(|wanted| {
                let wanted: Vec<&str> = expected.lines().take(wanted).collect();
                wildcard::matches(&wanted.join("\n"), &start)
            })
        })
        .map_or("(the output ends too early)".to_owned(), |count| {
            lines[count - 1].to_owned()
        })
}

/// Judges what the servers were asked.
///
/// # Errors
/// A request too many or too few, or requests that should have overlapped did not.
pub fn servers(step: &Step, context: &TestContext, must_be_silent: bool) -> Result<(), Failure> {
    let requests = context.requests();
    let all = requests.join("\n");
    if must_be_silent && !requests.is_empty() {
        return Err(format!("expected no network; requests:\n{all}"));
    }
    for part in &step.requests {
        if !wildcard::contains(part, &all) {
            return Err(format!("no request `{part}`; requests:\n{all}"));
        }
    }
    for part in &step.no_requests {
        if wildcard::contains(part, &all) {
            return Err(format!("there was a request `{part}`; requests:\n{all}"));
        }
    }
    match context.barriers.failed().first() {
        Some(name) => Err(format!(
            "requests did not overlap at `{name}`; requests:\n{all}"
        )),
        None => Ok(()),
    }
}

/// Judges the disk after one step.
///
/// # Errors
/// The first file that is not as declared.
pub fn disk(step: &Step, room: &Room, before: &Snapshot) -> Result<(), Failure> {
    let place = |path: &str| Ok::<_, Failure>(room.context.project().join(room.fill(path)?));
    for path in &step.tree.present {
        if !place(path)?.exists() {
            return Err(format!("`{path}` is not there"));
        }
    }
    for path in &step.tree.absent {
        if place(path)?.symlink_metadata().is_ok() {
            return Err(format!("`{path}` is there"));
        }
    }
    for (path, part) in &step.tree.contains {
        let content = read(&place(path)?)?;
        if !wildcard::contains(&fill(part, room)?, &content) {
            return Err(format!("`{path}` does not contain `{part}`:\n{content}"));
        }
    }
    for (path, part) in &step.tree.lacks {
        let content = read(&place(path)?)?;
        if wildcard::contains(&fill(part, room)?, &content) {
            return Err(format!("`{path}` contains `{part}`:\n{content}"));
        }
    }
    let after = Snapshot::of(&room.context);
    for path in &step.tree.untouched {
        let path = Path::new(path);
        if before.written.get(path) != after.written.get(path) {
            return Err(format!("`{}` was written", path.display()));
        }
    }
    if step.unchanged {
        unchanged(before, &after)?;
    }
    temporary_files(&room.context)
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// The lock is the same, and no source or package came into the cache. What a registry says of a package may.
fn unchanged(before: &Snapshot, after: &Snapshot) -> Result<(), Failure> {
    let lock = Path::new("prizm.lock");
    if before.project.get(lock) != after.project.get(lock) {
        return Err("prizm.lock was changed".into());
    }
    let content = |files: &BTreeMap<PathBuf, String>| -> BTreeSet<(PathBuf, String)> {
        files
            .iter()
            .filter(|(path, _)| {
                let is_content = ["git-v1", "src-v1", "npm-v1", "http-v1"]
                    .iter()
                    .any(|bucket| path.starts_with(bucket));
                let is_packument = path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with("registry.json"));
                is_content && !is_packument
            })
            .map(|(path, digest)| (path.clone(), digest.clone()))
            .collect()
    };
    let (before, after) = (content(&before.cache), content(&after.cache));
    match before.symmetric_difference(&after).next() {
        Some((path, _)) => Err(format!("the cache changed: `{}`", path.display())),
        None => Ok(()),
    }
}

fn temporary_files(context: &TestContext) -> Result<(), Failure> {
    for folder in [context.cache().join("tmp"), context.temp()] {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        if let Some(entry) = entries.into_iter().next() {
            return Err(format!("left behind: {}", entry.path().display()));
        }
    }
    // As the npm crates call what they rename afterwards.
    let is_temporary = |path: &&PathBuf| path.extension().is_some_and(|it| it == "tmp");
    match folder::list(&context.cache()).iter().find(is_temporary) {
        Some(path) => Err(format!("left behind in the cache: {}", path.display())),
        None => Ok(()),
    }
}

/// Judges what the whole case left in the project and in home.
///
/// # Errors
/// A file that nobody declared.
pub fn litter(
    context: &TestContext,
    before: &Snapshot,
    declared: &[String],
) -> Result<(), Failure> {
    let after = Snapshot::of(context);
    let is_declared = |path: &Path| {
        path == Path::new("prizm.lock")
            || declared
                .iter()
                .any(|name| path == Path::new(name) || path.starts_with(name))
    };
    for path in after.project.keys() {
        if !before.project.contains_key(path) && !is_declared(path) {
            return Err(format!("written to the project: {}", path.display()));
        }
    }
    match after
        .home
        .keys()
        .find(|path| !before.home.contains_key(*path))
    {
        Some(path) => Err(format!("written to home: {}", path.display())),
        None => Ok(()),
    }
}
