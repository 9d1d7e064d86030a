//! Runs every example, and the tour of the README as it stands there; the media must open in other programs.
//!
//! Those that take packages from npm need the real registry: PRIZM_LIVE_TESTS=1, else they are listed as ignored.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use prizm_test_support::context::{Furnishing, TestContext};
use prizm_test_support::git::repository::RepositorySpec;
use prizm_test_support::process::Output;

const CHECKOUT: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> ExitCode {
    let is_live = std::env::var_os("PRIZM_LIVE_TESTS").is_some_and(|value| value == "1");
    let live = |name: &str, test: fn() -> Result<(), Failed>| {
        Trial::test(name, test).with_ignored_flag(!is_live)
    };
    let trials = vec![
        Trial::test("hello", hello),
        Trial::test("static_provider", static_provider),
        Trial::test("git_provider", git_provider),
        Trial::test("untrusted_provider", untrusted_provider),
        live("npm_import", npm_import),
        live("node_style", node_style),
        live("quickstart", quickstart),
        live("readme_tour", readme_tour),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn hello() -> Result<(), Failed> {
    let room = room(false)?;
    expect(
        &run(&room, &["run", "examples/hello.ts"])?,
        &["Hello, world!"],
    )
}

fn static_provider() -> Result<(), Failed> {
    let room = room(false)?;
    let output = run(&room, &["run", "examples/static-provider.ts"])?;
    expect(
        &output,
        &[
            "best for text-to-text: Shouting",
            "the same instance: true",
            "refused: ProviderNotFoundError",
        ],
    )
}

fn git_provider() -> Result<(), Failed> {
    let room = room(false)?;
    let output = run(
        &room,
        &[
            "run",
            "-A",
            "examples/git-provider/main.ts",
            "github:acme/echo@v1.0.0",
        ],
    )?;
    expect(&output, &["github", "acme", "offers"])
}

/// A refusal, a grant, and an update that asks for more.
fn untrusted_provider() -> Result<(), Failed> {
    let room = room(false)?;
    let folder = room.project().join("examples/untrusted-provider");
    let repository = room.root().join("greeter");
    let made = Command::new(folder.join("make-repository.sh"))
        .arg(&repository)
        .output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
    }
    let identifier = format!("git+file://{}", repository.display());
    let main = "examples/untrusted-provider/main.ts";
    let (first, next) = (
        format!("{identifier}@v1.0.0"),
        format!("{identifier}@v1.1.0"),
    );
    let grant = format!("prizm policy grant {identifier}@v1 --env=GREETED");

    expect_refusal(&run(&room, &["run", "-A", main, &first])?, &[&grant])?;
    let arguments: Vec<&str> = grant.split(' ').skip(1).collect();
    expect(&run(&room, &arguments)?, &["granted"])?;
    expect(
        &run(&room, &["run", "-A", main, &first])?,
        &[
            "Hello, undefined!",
            "readPasswords: refused (NotCapable)",
            "phoneHome: refused (NotCapable)",
            "runProgram: refused",
        ],
    )?;
    let more = [
        "asks for more than was granted",
        "talk to statistics.example.com:443",
    ];
    expect_refusal(&run(&room, &["run", "-A", main, &next])?, &more)
}

fn expect_refusal(output: &Output, parts: &[&str]) -> Result<(), Failed> {
    match parts.iter().find(|part| !output.stderr.contains(**part)) {
        None if output.code == 1 => Ok(()),
        _ => Err(format!("exit {}, {parts:?}\n{}", output.code, output.stderr).into()),
    }
}

fn npm_import() -> Result<(), Failed> {
    let room = room(true)?;
    expect(
        &run(&room, &["run", "examples/npm-import.ts"])?,
        &[
            "model: \"voice\"",
            "seconds: Number must be less than or equal to 60",
        ],
    )
}

fn node_style() -> Result<(), Failed> {
    let room = room(true)?;
    expect(
        &run(&room, &["run", "-A", "examples/node-style/main.ts"])?,
        &[
            "made by a child process",
            "platform known: true",
            "file: main.ts",
        ],
    )
}

fn quickstart() -> Result<(), Failed> {
    let room = room(true)?;
    let output = run(
        &room,
        &["run", "examples/quickstart/main.ts", "A test at sea"],
    )?;
    expect(&output, &["voice.wav", "postcard.png", "1080 x 760"])?;
    let out = room.project().join("examples/quickstart/out");
    expect_media(
        &out.join("voice.wav"),
        &["codec_name=pcm_s16le", "sample_rate=44100", "channels=1"],
    )?;
    expect_media(
        &out.join("postcard.png"),
        &["codec_name=png", "width=1080", "height=760"],
    )
}

/// The second `ts` block of the README, run with the command in the sentence below it.
fn readme_tour() -> Result<(), Failed> {
    let readme = std::fs::read_to_string(Path::new(CHECKOUT).join("README.md"))?;
    let tour = readme
        .split("## Tour")
        .nth(1)
        .ok_or("the README has no tour")?;
    let code = tour
        .split("```ts\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let command = tour
        .split("it runs with `prizm ")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    let (code, command) = (code.ok_or("no code")?, command.ok_or("no command")?);
    let room = room(true)?;
    room.write("tour.ts", code)?;
    let arguments: Vec<String> = words(command);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    expect(&run(&room, &arguments)?, &["audio/wav", "registered"])?;
    expect_media(&room.project().join("voice.wav"), &["codec_name=pcm_s16le"])?;
    let frozen = [&["run", "--frozen", "--offline"], &arguments[1..]].concat();
    expect(&run(&room, &frozen)?, &["audio/wav"])
}

/// Splits at spaces outside double quotes.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    parts
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().map(str::to_string).collect(),
            _ => vec![part.to_string()],
        })
        .collect()
}

/// A room whose project is a copy of `examples`, with a provider on its git server.
fn room(live: bool) -> Result<TestContext, Failed> {
    let echo = RepositorySpec {
        dir: Some("echo".into()),
        tags: vec!["v1.0.0".into()],
        ..RepositorySpec::default()
    };
    let binary = std::env::var_os("PRIZM_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_prizm").into(), PathBuf::from);
    let room = TestContext::furnished(
        &binary,
        Furnishing {
            repositories: [("acme/echo".to_owned(), echo)].into(),
            folders: Path::new(CHECKOUT).join("tests/specs/_repos"),
            live,
            ..Furnishing::default()
        },
    )?;
    copy(
        &Path::new(CHECKOUT).join("examples"),
        &room.project().join("examples"),
    )?;
    Ok(room)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        // What an earlier run by hand may have left.
        if ["out", "node_modules", "prizm.lock"]
            .iter()
            .any(|left| name == *left)
        {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to.join(name))?,
            false => drop(std::fs::copy(entry.path(), to.join(name))?),
        }
    }
    Ok(())
}

fn run(room: &TestContext, arguments: &[&str]) -> Result<Output, Failed> {
    Ok(room.prizm(arguments)?)
}

fn expect(output: &Output, parts: &[&str]) -> Result<(), Failed> {
    if output.code != 0 {
        return Err(format!("exit {}\n{}\n{}", output.code, output.stdout, output.stderr).into());
    }
    for part in parts {
        if !output.stdout.contains(part) {
            return Err(format!("no `{part}` in:\n{}\n{}", output.stdout, output.stderr).into());
        }
    }
    Ok(())
}

/// ffprobe, an ordinary program that knows nothing of us, reads the whole file.
fn expect_media(path: &Path, parts: &[&str]) -> Result<(), Failed> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_streams"])
        .arg(path)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || !complaints.is_empty() {
        return Err(format!("{}: {complaints}", path.display()).into());
    }
    match parts.iter().find(|part| !text.contains(**part)) {
        Some(part) => Err(format!("{}: no `{part}` in:\n{text}", path.display()).into()),
        None => Ok(()),
    }
}
