//! Errors thrown by JavaScript, as a person should see them.
//!
//! In: a `JsError`. Out: message, source line, stack and causes as Deno prints them, without what says nothing to the
//! reader: frames inside the built-in module, causes that repeat the message above them, frames already shown, and
//! Deno's advice on its own flags. Side effects: none but resetting Deno's notes for such advice.

use std::sync::atomic::Ordering;

use deno_core::error::{JsError, JsStackFrame};
use deno_core::url::Url;
use deno_runtime::{colors, fmt_errors};

use super::push_new;
use crate::loader::failures;

/// The property of a thrown error that carries hints, one a line. Errors made in Rust hand it over as one of
/// their additional properties.
pub const HINTS_PROPERTY: &str = "prizmHints";

/// For `fetch` and its like, whose errors come from elsewhere.
const TRUST_HINT: &str =
    "to trust another certificate authority: `--cert=ca.pem`, or `SSL_CERT_FILE=ca.pem`";

/// Longer source lines than this are no help: they were written by a tool.
const LONGEST_SOURCE_LINE: usize = 200;

/// Where the built-in module's own code lies.
const OWN_CODE: &str = "ext:prizm/";

/// The whole report but for the word `error:` before it and the hints after it.
pub fn report(error: &JsError, cwd: Option<&Url>) -> String {
    fmt_errors::PROTO_SET_ATTEMPTED.store(false, Ordering::Relaxed);
    fmt_errors::PROTO_GET_ATTEMPTED.store(false, Ordering::Relaxed);
    let mut error = error.clone();
    clean(&mut error);
    drop_advice(&mut error);
    fmt_errors::format_js_error(&error, cwd)
}

/// What the reader can type, of `error` and its causes, outermost first.
pub fn hints(error: &JsError) -> Vec<String> {
    let mut hints = Vec::new();
    for error in below(error) {
        for (_, text) in error
            .additional_properties
            .iter()
            .filter(|(key, _)| key == HINTS_PROPERTY)
        {
            text.lines()
                .for_each(|hint| push_new(&mut hints, hint.to_owned()));
        }
        let below = error.message.as_deref().and_then(failures::below);
        below
            .into_iter()
            .flat_map(|below| below.hints)
            .for_each(|hint| push_new(&mut hints, hint));
        if error.exception_message.contains("invalid peer certificate") {
            push_new(&mut hints, TRUST_HINT.to_owned());
        }
    }
    hints
}

/// `error`, what it brings together, and what caused it.
fn below(error: &JsError) -> Vec<&JsError> {
    let mut all = vec![error];
    all.extend(error.aggregated.iter().flatten().flat_map(below));
    all.extend(error.cause.iter().flat_map(|cause| below(cause)));
    all
}

fn clean(error: &mut JsError) {
    unfold(error);
    drop_own_frames(error);
    error.aggregated.iter_mut().flatten().for_each(clean);
    if let Some(mut cause) = error.cause.take() {
        clean(&mut cause);
        drop_shown_frames(&mut cause, &error.frames);
        let is_repeated = repeats(&cause, error);
        show_source_line(&mut cause);
        error.cause = match is_repeated {
            true => cause.cause,
            false => Some(cause),
        };
    }
}

/// Deno chooses its advice by `message`; what is shown is `exception_message`.
fn drop_advice(error: &mut JsError) {
    let mut next = Some(error);
    while let Some(error) = next {
        error.message = None;
        next = error.cause.as_deref_mut();
    }
}

/// Gives a failed `import()` the causes that its message was parted from.
fn unfold(error: &mut JsError) {
    if error.cause.is_some() {
        return;
    }
    let below = error.message.as_deref().and_then(failures::below);
    for message in below.into_iter().flat_map(|below| below.causes).rev() {
        let cause = error.cause.take();
        error.cause = Some(Box::new(plain(message, cause)));
    }
}

fn plain(message: String, cause: Option<Box<JsError>>) -> JsError {
    JsError {
        name: None,
        exception_message: format!("Error: {message}"),
        message: Some(message),
        stack: None,
        cause,
        frames: Vec::new(),
        source_line: None,
        source_line_frame_index: None,
        aggregated: None,
        additional_properties: Vec::new(),
        stack_is_custom: false,
    }
}

fn drop_own_frames(error: &mut JsError) {
    let is_own = |frame: &JsStackFrame| {
        frame
            .file_name
            .as_ref()
            .is_some_and(|name| name.starts_with(OWN_CODE))
    };
    if let Some(index) = &mut error.source_line_frame_index {
        *index -= error.frames[..*index]
            .iter()
            .filter(|frame| is_own(frame))
            .count();
    }
    error.frames.retain(|frame| !is_own(frame));
}

/// Both ran on the same stack, so below some frame all is the same.
fn drop_shown_frames(cause: &mut JsError, shown: &[JsStackFrame]) {
    let pairs = cause.frames.iter().rev().zip(shown.iter().rev());
    let common = pairs
        .take_while(|(one, other)| is_same_place(one, other))
        .count();
    let left = cause.frames.len() - common;
    cause.frames.truncate(left);
    if cause
        .source_line_frame_index
        .is_some_and(|index| index >= left)
    {
        cause.source_line_frame_index = None;
        cause.source_line = None;
    }
}

fn is_same_place(one: &JsStackFrame, other: &JsStackFrame) -> bool {
    let place = |frame: &JsStackFrame| {
        (
            frame.file_name.clone(),
            frame.line_number,
            frame.column_number,
        )
    };
    place(one) == place(other)
}

/// Does `cause` say no more than the message above it?
fn repeats(cause: &JsError, outer: &JsError) -> bool {
    let message = cause.message.as_deref().unwrap_or_default();
    let shown = outer.exception_message.trim_end();
    !message.is_empty()
        && shown.ends_with(message.trim_end())
        && cause.frames.is_empty()
        && cause.aggregated.is_none()
        && !cause.stack_is_custom
}

/// Puts the line that threw below the message; Deno does so for the outermost error alone.
fn show_source_line(cause: &mut JsError) {
    let frame = cause
        .source_line_frame_index
        .and_then(|index| cause.frames.get(index));
    let column = frame.and_then(|frame| usize::try_from(frame.column_number?).ok());
    let (Some(line), Some(column)) = (cause.source_line.as_deref().map(str::trim_end), column)
    else {
        return;
    };
    if line.is_empty() || line.len() > LONGEST_SOURCE_LINE {
        return;
    }
    let mut units = 0;
    let before = line.chars().take_while(|char| {
        units += char.len_utf16();
        units < column
    });
    let before: String = before
        .map(|char| if char == '\t' { '\t' } else { ' ' })
        .collect();
    let caret = colors::red("^");
    cause.exception_message = format!("{}\n{line}\n{before}{caret}", cause.exception_message);
}
