//! Tests of the command line's grammar.

use std::ffi::OsString;

use clap::CommandFactory;

use super::*;
use crate::cli::flags::LogLevel;

fn words(text: &str) -> Vec<OsString> {
    std::iter::once("prizm")
        .chain(text.split_whitespace())
        .map(OsString::from)
        .collect()
}

fn parsed(text: &str) -> Args {
    match parse(words(text), "prizm 1", false) {
        Ok(Parsed::Run(args)) => *args,
        other => panic!("{text}: {other:?}"),
    }
}

fn run(text: &str) -> RunArgs {
    match parsed(text).command {
        Command::Run(run) => *run,
        other => panic!("{text}: {other:?}"),
    }
}

fn shown(text: &str) -> String {
    match parse(words(text), "prizm 1", false) {
        Ok(Parsed::Show(text)) => text,
        other => panic!("{text}: {other:?}"),
    }
}

fn refused(text: &str) -> UsageError {
    match parse(words(text), "prizm 1", false) {
        Err(error) => error,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_definitions_are_consistent() {
    Args::command().debug_assert();
}

#[test]
fn a_command_line_without_command_runs() {
    let table = [
        ("main.ts", "main.ts", vec![]),
        ("run main.ts", "main.ts", vec![]),
        (
            "main.ts -A --help -- x",
            "main.ts",
            vec!["-A", "--help", "--", "x"],
        ),
        ("-A main.ts run", "main.ts", vec!["run"]),
        ("-A run main.ts", "main.ts", vec![]),
        ("--config prizm.json main.ts", "main.ts", vec![]),
        ("-c cache main.ts", "main.ts", vec![]),
        ("-L debug main.ts", "main.ts", vec![]),
        ("--allow-read main.ts a", "main.ts", vec!["a"]),
        ("-R=. -N main.ts", "main.ts", vec![]),
        ("- a", "-", vec!["a"]),
        ("-- main.ts -x", "main.ts", vec!["-x"]),
        ("./cache", "./cache", vec![]),
        ("github:o/r@v1 -q", "github:o/r@v1", vec!["-q"]),
        ("--inspect-brk main.ts", "main.ts", vec![]),
        ("--watch --no-clear-screen main.ts", "main.ts", vec![]),
    ];
    for (text, script, args) in table {
        let run = run(text);
        assert_eq!(run.script(), script, "{text}");
        assert_eq!(run.script_args(), args, "{text}");
    }
}

#[test]
fn optional_values_need_an_equals_sign() {
    let run = run(
        "--allow-read --allow-net=a,b --allow-net=c --env-file --env-file=x --lock --frozen=false m.ts",
    );
    assert_eq!(run.permissions.allow_read, Some(vec![]));
    assert_eq!(
        run.permissions.allow_net,
        Some(vec!["a,b".to_owned(), "c".to_owned()])
    );
    assert_eq!(run.env_file, [".env", "x"]);
    assert_eq!(run.sources.lock, Some(None));
    assert_eq!(run.sources.frozen, Some(false));
}

#[test]
fn commands_are_found_behind_flags_for_all() {
    let args = parsed("-q cache -L trace prune --days 7");
    assert!(args.output.quiet);
    assert_eq!(args.output.log_level, Some(LogLevel::Trace));
    let Command::Cache(cache) = args.command else {
        panic!("not cache");
    };
    assert!(matches!(cache.command, CacheCommand::Prune { days: 7 }));
    assert!(matches!(parsed("types").command, Command::Types));
}

#[test]
fn help_and_version_are_texts_for_stdout() {
    assert_eq!(shown("--version"), "prizm 1\n");
    assert_eq!(shown("-V"), "prizm 1\n");
    for text in ["--help", "help"] {
        assert!(
            shown(text).contains("prizm [OPTIONS] <SCRIPT> [ARGS]..."),
            "{text}"
        );
    }
    for text in ["run --help", "help run", "-A --help main.ts"] {
        let help = shown(text);
        assert!(
            help.contains("PRIZM_HOME") || text.starts_with("-A"),
            "{text}: {help}"
        );
    }
    assert!(shown("cache add --help").contains("<SPECIFIER>"));
    assert_eq!(
        version_text("15.0", "x86_64-unknown-linux-gnu"),
        format!(
            "prizm {} (v8 15.0, x86_64-unknown-linux-gnu)",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn usage_errors_say_what_was_meant() {
    let error = refused("--alow-all main.ts");
    assert_eq!(error.to_string(), "unexpected argument '--alow-all' found");
    assert_eq!(error.hints()[0], "a similar argument exists: '--allow-all'");
    assert_eq!(error.hints()[1], "see `prizm run --help`");
    let error = refused("cache lst");
    assert_eq!(
        error.hints(),
        [
            "a similar subcommand exists: 'list'",
            "see `prizm cache --help`"
        ]
    );
    assert_eq!(refused("").to_string(), "nothing to run");
    assert!(
        refused("-A -R main.ts")
            .to_string()
            .contains("cannot be used with")
    );
    assert!(
        refused("--reload --offline main.ts")
            .to_string()
            .contains("cannot be used with")
    );
    assert!(
        refused("--location=file:///x main.ts")
            .to_string()
            .contains("http or https")
    );
    assert_eq!(
        refused("cache clean foo").hints(),
        ["see `prizm cache clean --help`"]
    );
}

#[test]
fn similar_commands_are_found() {
    assert_eq!(similar_command("chache").as_deref(), Some("cache"));
    assert_eq!(similar_command("type").as_deref(), Some("types"));
    assert_eq!(similar_command("main.ts"), None);
}

#[test]
fn the_list_of_v8_flags_needs_no_script() {
    assert_eq!(run("--v8-flags=--help").script(), "");
    assert!(refused("--seed=1").to_string().contains("<SCRIPT>"));
}
