//! The binary works after being moved away from its checkout: nothing of the source tree is read at run time.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use prizm_test_support::context::{Furnishing, TestContext};
use prizm_test_support::git::repository::RepositorySpec;
use prizm_test_support::process::{Output, Running};
use prizm_test_support::shim;

const CHECKOUT: &str = env!("CARGO_MANIFEST_DIR");

fn binary() -> PathBuf {
    std::env::var_os("PRIZM_BIN").map_or_else(|| env!("CARGO_BIN_EXE_prizm").into(), PathBuf::from)
}

/// A room with the provider of the specs on its git server, and the moved binary in it.
fn room() -> (TestContext, PathBuf) {
    let folders = Path::new(CHECKOUT).join("tests/specs/_repos");
    let echo = RepositorySpec {
        dir: Some("echo".into()),
        tags: vec!["v1.0.0".into()],
        ..RepositorySpec::default()
    };
    let context = TestContext::furnished(
        &binary(),
        Furnishing {
            repositories: [("acme/echo".to_owned(), echo)].into(),
            folders,
            ..Furnishing::default()
        },
    )
    .expect("a room");
    let moved = context.root().join("moved/bin/prizm");
    std::fs::create_dir_all(moved.parent().expect("it has one")).expect("writable");
    // A link in place of a copy, where the disk allows: a debug binary is big.
    std::fs::hard_link(binary(), &moved)
        .or_else(|_| std::fs::copy(binary(), &moved).map(drop))
        .expect("the binary can be copied");
    (context, moved)
}

fn run(mut command: Command) -> Output {
    command
        .env("LD_PRELOAD", shim::library().expect("the shim compiles"))
        .env("PRIZM_TEST_HIDDEN", CHECKOUT);
    let running = Running::start(command, Duration::from_secs(60)).expect("it starts");
    running.finish().expect("it ends")
}

fn moved(arguments: &[&str], script: &str) -> Output {
    let (context, binary) = room();
    context.write("main.ts", script).expect("writable");
    context
        .write(
            "worker.ts",
            "self.onmessage = () => self.postMessage(typeof Buffer);",
        )
        .expect("writable");
    let mut command = context.command_of(&binary);
    command.args(arguments);
    run(command)
}

#[test]
fn the_checkout_is_really_hidden() {
    let mut command = Command::new("cat");
    command.arg(Path::new(CHECKOUT).join("Cargo.toml"));
    assert_ne!(run(command).code, 0);
}

#[test]
fn scripts_with_node_modules_and_workers_run() {
    let output = moved(
        &["run", "-A", "main.ts"],
        r#"
import { createHash } from 'node:crypto';
import { request } from 'http';
import * as zlib from 'zlib';
import { Worker as Thread } from 'worker_threads';
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const answer = await new Promise((done) => {
  worker.onmessage = (event) => done(event.data);
  worker.postMessage(0);
});
worker.terminate();
console.log(createHash('md5').update('').digest('hex'), typeof request, typeof zlib.gzip, typeof Thread, answer);
"#,
    );
    assert_eq!(output.code, 0, "{output:?}");
    let expected = "d41d8cd98f00b204e9800998ecf8427e function function function function\n";
    assert_eq!(output.stdout, expected, "{output:?}");
}

#[test]
fn providers_load() {
    let output = moved(
        &["run", "main.ts"],
        r#"
import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/echo@v1.0.0');
const model = await provider.getModel('echo-1');
console.log(await model.transform('hello'));
"#,
    );
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(output.stdout, "echo: hello\n", "{output:?}");
}

#[test]
fn types_are_printed() {
    let output = moved(&["types"], "");
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("getProvider"), "{output:?}");
}

#[test]
fn errors_show_no_path_of_the_build() {
    let output = moved(&["run", "-A", "main.ts"], "throw new Error('boom');");
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stderr.contains("main.ts:1:7"), "{output:?}");
    assert!(!output.stderr.contains(CHECKOUT), "{output:?}");
}
