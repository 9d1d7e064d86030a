//! Tests of the error report.

use std::io;

use super::thrown::HINTS_PROPERTY;
use super::*;
use crate::loader::failures;
use deno_core::error::JsStackFrame;

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Wrapped {
    message: String,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

fn wrapped(message: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Wrapped {
    Wrapped {
        message: message.to_owned(),
        source: source.into(),
    }
}

fn config_error() -> OptionsError {
    let path = std::path::Path::new("/p/prizm.json");
    crate::config::ProjectConfig::parse(path, "{ \"lock\": 1 }")
        .unwrap_err()
        .into()
}

#[test]
fn causes_and_hints_follow_the_message() {
    let inner = wrapped("registry answered 404", "not\nfound");
    let error = CliError::from(wrapped("Could not find `npm:left-pda@^1`", inner))
        .with_hint("did you mean `npm:left-pad`?");
    assert_eq!(
        error.render(Paint::plain(), None),
        "error: Could not find `npm:left-pda@^1`\n  caused by: registry answered 404\n  caused by: not\n    found\n\nhint: did you mean `npm:left-pad`?\n"
    );
    assert_eq!(error.kind().exit_code(), 1);
}

#[test]
fn causes_are_not_repeated() {
    let inner = wrapped("b: c", "c");
    let text = CliError::from(wrapped("a", inner)).render(Paint::plain(), None);
    assert_eq!(text, "error: a\n  caused by: b: c\n");
}

#[test]
fn hints_are_found_behind_wrappers() {
    let error = CliError::from(wrapped("outer", config_error()));
    assert_eq!(error.hints(), ["`--no-config` runs without a project file"]);
    assert_eq!(error.kind(), Kind::User);
    let boxed = JsErrorBox::from_err(io::Error::other("plain"));
    assert_eq!(
        CliError::of(boxed).render(Paint::plain(), None),
        "error: plain\n"
    );
}

#[test]
fn usage_errors_exit_with_two() {
    let error = OptionsError::EmptyItem {
        flag: "--allow-net".to_owned(),
    };
    assert_eq!(
        CliError::from(wrapped("outer", error)).kind().exit_code(),
        2
    );
    assert_eq!(CliError::new(Kind::Bug, "x").kind().exit_code(), 255);
}

#[test]
fn thrown_errors_carry_hints() {
    let cause = JsError {
        exception_message: "TypeError: invalid peer certificate: UnknownIssuer".to_owned(),
        ..js_error()
    };
    let error = JsError {
        exception_message: "Uncaught Error: boom".to_owned(),
        message: Some("require is not defined".to_owned()),
        additional_properties: vec![
            (HINTS_PROPERTY.to_owned(), "one\ntwo".to_owned()),
            ("code".to_owned(), "E".to_owned()),
        ],
        cause: Some(Box::new(cause)),
        ..js_error()
    };
    let error = CliError::from(CoreError(Box::new(CoreErrorKind::Js(Box::new(error)))));
    assert_eq!(error.hints()[..2], ["one", "two"]);
    assert!(error.hints()[2].contains("SSL_CERT_FILE"));
    let text = error.render(Paint::plain(), None);
    assert!(text.starts_with("error: Uncaught Error: boom"), "{text}");
    assert!(!text.contains("CommonJS"), "{text}");
}

fn frame(file: &str, line: i64) -> JsStackFrame {
    JsStackFrame::from_location(Some(file.to_owned()), Some(line), Some(3))
}

fn thrown(message: &str, frames: Vec<JsStackFrame>) -> JsError {
    JsError {
        exception_message: format!("Error: {message}"),
        message: Some(message.to_owned()),
        frames,
        ..js_error()
    }
}

fn shown(error: JsError) -> String {
    output::set_runtime_colours(Paint::plain());
    CliError::from(CoreError(Box::new(CoreErrorKind::Js(Box::new(error)))))
        .render(Paint::plain(), None)
}

#[test]
fn frames_and_causes_that_say_nothing_new_are_left_out() {
    let own = || frame("ext:prizm/registry.ts", 7);
    let script = || frame("file:///main.ts", 2);
    let root = thrown("root", Vec::new());
    let repeated = JsError {
        cause: Some(Box::new(root)),
        ..thrown("why", vec![own(), script()])
    };
    let error = JsError {
        cause: Some(Box::new(repeated)),
        source_line: Some("  await go()".to_owned()),
        source_line_frame_index: Some(1),
        ..thrown("failed: why", vec![own(), script()])
    };
    assert_eq!(
        shown(error),
        "error: Error: failed: why\n  await go()\n  ^\n    at <anonymous> (file:///main.ts:2:3)\nCaused by: Error: root\n"
    );
}

#[test]
fn a_cause_with_a_place_of_its_own_is_shown_with_its_line() {
    let cause = JsError {
        source_line: Some("\t\tthrow new Error('why');".to_owned()),
        source_line_frame_index: Some(0),
        ..thrown(
            "why",
            vec![frame("file:///provider.ts", 5), frame("file:///main.ts", 2)],
        )
    };
    let error = JsError {
        cause: Some(Box::new(cause)),
        ..thrown("failed: why", vec![frame("file:///main.ts", 2)])
    };
    assert_eq!(
        shown(error),
        "error: Error: failed: why\n    at <anonymous> (file:///main.ts:2:3)\nCaused by: Error: why\n\t\tthrow new Error('why');\n\t\t^\n    at <anonymous> (file:///provider.ts:5:3)\n"
    );
}

#[test]
fn causes_and_hints_of_a_failed_import_are_found_by_its_message() {
    let below = failures::Below {
        causes: vec!["first".to_owned(), "second".to_owned()],
        hints: vec!["try this".to_owned()],
    };
    failures::Failures::of_script().keep("no such thing", below);
    assert_eq!(
        shown(thrown("no such thing", Vec::new())),
        "error: Error: no such thing\nCaused by: Error: first\nCaused by: Error: second\n\nhint: try this\n"
    );
}

fn js_error() -> JsError {
    JsError {
        name: None,
        message: None,
        stack: None,
        cause: None,
        exception_message: String::new(),
        frames: Vec::new(),
        source_line: None,
        source_line_frame_index: None,
        aggregated: None,
        additional_properties: Vec::new(),
        stack_is_custom: false,
    }
}
