//! How errors end a run: what is printed on stderr, and the exit code.
//!
//! In: any error of the stages below, or one thrown by JavaScript. Out: text and exit code. Side effects: none
//! but those of [`install_panic_hook`].
//!
//! ```text
//! error: Could not find `npm:left-pda@^1`
//!   caused by: registry answered 404
//!
//! hint: did you mean `npm:left-pad`?
//! ```

use std::backtrace::{Backtrace, BacktraceStatus};
use std::error::Error;
use std::fmt::Write as _;
use std::panic::PanicHookInfo;

use deno_core::error::{CoreError, CoreErrorKind, JsError};
use deno_core::url::Url;
use deno_error::JsErrorBox;
use deno_runtime::deno_permissions::PermissionsFromOptionsError;
use prizm_ops::registry::HostError;

use super::args::UsageError;
use super::output::{self, Paint};
use crate::hints;
use crate::options::OptionsError;
use crate::origins;

#[cfg(test)]
mod tests;
mod thrown;

/// Who is to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The input or its surroundings are at fault.
    User,
    /// The command line makes no sense.
    Usage,
    /// Prizm is at fault.
    Bug,
}

impl Kind {
    /// The exit code of a run that ends so.
    pub fn exit_code(self) -> i32 {
        match self {
            Self::User => 1,
            Self::Usage => 2,
            Self::Bug => 255,
        }
    }
}

/// An error that ends the run.
#[derive(Debug)]
pub struct CliError {
    kind: Kind,
    cause: Box<dyn Error + Send + Sync>,
    hints: Vec<String>,
    /// What a run without network lacks, all of it.
    missing: Vec<String>,
}

impl CliError {
    /// An error that has no cause of its own.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            cause: message.into().into(),
            hints: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// An error of any stage, also an `anyhow` one. Its kind and hints are those found along its sources.
    pub fn of(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        Self {
            kind: kind_of(cause.as_ref()),
            hints: hints_of(cause.as_ref()),
            missing: Vec::new(),
            cause,
        }
    }

    /// Adds something the reader can type.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        push_new(&mut self.hints, hint.into());
        self
    }

    /// Says how to fetch all of `missing` at once, in place of what it takes to fetch one of them.
    #[must_use]
    pub fn with_missing(mut self, missing: &[String]) -> Self {
        const COMMAND: &str = "prizm cache add ";
        if !missing.is_empty() && self.hints.iter().any(|hint| hint.starts_with(COMMAND)) {
            self.hints.retain(|hint| !hint.starts_with(COMMAND));
            self.missing = missing.to_vec();
            push_new(&mut self.hints, format!("{COMMAND}{}", missing.join(" ")));
        }
        self
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The whole report, with a line break at its end.
    ///
    /// `cwd`: files below it are shown relative to it in stack traces.
    pub fn render(&self, paint: Paint, cwd: Option<&Url>) -> String {
        let mut text = match chain(self.cause.as_ref()).find_map(as_js_error) {
            Some(js) => format!("{} {}\n", paint.error("error:"), thrown::report(js, cwd)),
            None => self.report(paint),
        };
        for item in &self.missing {
            writeln!(text, "  {} {item}", paint.dim("missing:"))
                .expect("writing to a String cannot fail");
        }
        if !self.hints.is_empty() {
            text.push('\n');
        }
        for hint in &self.hints {
            let hint = hint.replace('\n', "\n      ");
            writeln!(text, "{} {hint}", paint.hint("hint:"))
                .expect("writing to a String cannot fail");
        }
        origins::readable(&text)
    }

    fn report(&self, paint: Paint) -> String {
        let mut shown = self.cause.to_string();
        let mut text = format!("{} {shown}\n", paint.error("error:"));
        for message in chain(self.cause.as_ref()).flat_map(messages).skip(1) {
            // Some errors repeat their source in their own message.
            if message.is_empty() || shown.contains(&message) {
                continue;
            }
            let indented = message.replace('\n', "\n    ");
            writeln!(text, "  {} {indented}", paint.dim("caused by:"))
                .expect("writing to a String cannot fail");
            shown = message;
        }
        text
    }

    /// Prints the report on stderr and gives the exit code.
    pub fn print(&self, paint: Paint, cwd: Option<&Url>) -> i32 {
        output::stderr(&self.render(paint, cwd));
        self.kind.exit_code()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CliError {
    fn from(error: E) -> Self {
        Self::of(error)
    }
}

/// The hints along the sources of `error`, outermost first, each once.
pub fn hints_of(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut hints = Vec::new();
    for error in chain(error) {
        for hint in own_hints(error) {
            push_new(&mut hints, hint);
        }
    }
    hints
}

/// The hints of `error` itself.
fn own_hints(error: &(dyn Error + 'static)) -> Vec<String> {
    if let Some(error) = error.downcast_ref::<UsageError>() {
        return error.hints();
    }
    let hints = hints::own(error);
    hints.unwrap_or_else(|| as_js_error(error).map_or(Vec::new(), thrown::hints))
}

fn kind_of(error: &(dyn Error + 'static)) -> Kind {
    let is_usage = |error: &(dyn Error + 'static)| {
        error.is::<UsageError>()
            || error.is::<PermissionsFromOptionsError>()
            || error
                .downcast_ref::<OptionsError>()
                .is_some_and(OptionsError::is_usage)
    };
    if chain(error).any(is_usage) {
        Kind::Usage
    } else {
        Kind::User
    }
}

/// `error` and its sources. Wrappers that hide what they wrap are opened.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(unwrapped(error)), |&error| {
        error.source().map(unwrapped)
    })
}

/// That of `error`, and of what one for JavaScript brings along.
fn messages(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut messages = vec![error.to_string()];
    if let Some(error) = error.downcast_ref::<HostError>() {
        messages.extend(error.causes().iter().cloned());
    }
    messages
}

fn unwrapped<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    if let Some(core) = error.downcast_ref::<CoreError>() {
        return match core.as_kind() {
            CoreErrorKind::Js(js) => js.as_ref(),
            CoreErrorKind::JsBox(inner) => unwrapped(inner),
            _ => error,
        };
    }
    match error
        .downcast_ref::<JsErrorBox>()
        .and_then(JsErrorBox::get_inner_ref)
    {
        Some(inner) => unwrapped(inner),
        None => error,
    }
}

fn as_js_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a JsError> {
    let boxed = || error.downcast_ref::<Box<JsError>>().map(AsRef::as_ref);
    error.downcast_ref::<JsError>().or_else(boxed)
}

fn push_new(hints: &mut Vec<String>, hint: String) {
    if !hint.is_empty() && !hints.contains(&hint) {
        hints.push(hint);
    }
}

/// Makes a panic on any thread end the process with a report and exit code 255.
///
/// `version`: the line of `--version`, to be reported along.
pub fn install_panic_hook(version: String, paint: Paint) {
    std::panic::set_hook(Box::new(move |info| {
        output::stderr(&panic_report(info, &version, paint));
        #[expect(
            clippy::exit,
            reason = "after a panic nothing above can be trusted to end the process"
        )]
        std::process::exit(Kind::Bug.exit_code());
    }));
}

fn panic_report(info: &PanicHookInfo<'_>, version: &str, paint: Paint) -> String {
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map_or(String::new(), ToString::to_string);
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => format!("{backtrace}"),
        _ => "  (`RUST_BACKTRACE=1` adds a stack trace)\n".to_owned(),
    };
    let (error, hint) = (paint.error("error:"), paint.hint("hint:"));
    format!(
        "{error} internal bug: {message}\n  at {place}, thread {thread}\n  in {version}\n{backtrace}\n\
         {hint} this is a bug in Prizm, please report these lines to the project's issue tracker\n"
    )
}
