//! Parses a command line, and says what is wrong with one that makes no sense.
//!
//! In: the words, the program's name first. Out: [`Parsed`] or [`UsageError`]. Side effects: none.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory, Parser};

use super::Args;

/// What a command line turned out to be.
#[derive(Debug)]
pub enum Parsed {
    /// Something to do.
    Run(Box<Args>),
    /// A text that was asked for, for stdout: help or version.
    Show(String),
}

/// A command line that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UsageError {
    message: String,
    hints: Vec<String>,
}

impl UsageError {
    /// What the reader can type instead.
    pub fn hints(&self) -> Vec<String> {
        self.hints.clone()
    }
}

/// Parses `argv`, whose first word is the program's name.
///
/// `version`: the line that `--version` prints, see [`super::version_text`]. `is_coloured`: whether help may carry
/// ANSI escapes. A command line that does not name a command means `run`.
///
/// # Errors
/// [`UsageError`] for unknown flags, missing or malformed values and flags that exclude each other.
pub fn parse(
    argv: impl IntoIterator<Item = OsString>,
    version: &str,
    is_coloured: bool,
) -> Result<Parsed, UsageError> {
    let words = with_command(argv.into_iter().collect());
    match Args::try_parse_from(&words) {
        Ok(args) => Ok(Parsed::Run(Box::new(args))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayVersion => Ok(Parsed::Show(format!("{version}\n"))),
            ErrorKind::DisplayHelp => Ok(Parsed::Show(styled(&error, is_coloured))),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Err(UsageError {
                message: "nothing to run".to_owned(),
                hints: vec!["prizm script.ts".to_owned(), "prizm --help".to_owned()],
            }),
            _ => Err(usage_error(
                &error.render().to_string(),
                &command_of(&words),
            )),
        },
    }
}

/// The command that `word` was probably meant to be, for a script of that name that does not exist.
pub fn similar_command(word: &str) -> Option<String> {
    Args::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .map(|name| (strsim::jaro_winkler(word, &name), name))
        .filter(|(likeness, name)| *likeness > 0.8 && word != name)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Puts the command first: `script.ts -x` becomes `run script.ts -x`, `-q cache path` becomes `cache -q path`.
fn with_command(mut words: Vec<OsString>) -> Vec<OsString> {
    let args = Args::command();
    drop_unstable_flags(&mut words, &args);
    if words.len() < 2 {
        return words;
    }
    let program = words.remove(0);
    let command = match first_operand(&words, &args) {
        Some(index) if is_command(&words[index], &args) => words.remove(index),
        None if asks_about_prizm(&words) => return [vec![program], words].concat(),
        _ => OsString::from("run"),
    };
    [vec![program, command], words].concat()
}

/// Node's `fork` and `execFile(process.execPath)` start this program with Deno's `--unstable-…` flags before the
/// script. Nothing here hides behind such flags, so they mean nothing.
fn drop_unstable_flags(words: &mut Vec<OsString>, args: &clap::Command) {
    let operand = |words: &[OsString], from: usize| {
        first_operand(&words[from..], args).map_or(words.len(), |index| from + index)
    };
    let mut end = operand(words, 1);
    if words.get(end).is_some_and(|word| word == "run") {
        end = operand(words, end + 1);
    }
    let mut index = 0;
    words.retain(|word| {
        index += 1;
        index > end || !word.to_string_lossy().starts_with("--unstable-")
    });
}

/// The index of the first word that is neither a flag nor a flag's value.
fn first_operand(words: &[OsString], args: &clap::Command) -> Option<usize> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        match word.to_str() {
            Some(flag) if flag.starts_with('-') && flag != "-" => {
                if flag == "--" {
                    return None;
                }
                index += if takes_next_word(flag, args) { 2 } else { 1 };
            }
            _ => return Some(index),
        }
    }
    None
}

/// Whether the value of `flag` is the word after it, as in `--config prizm.json`.
fn takes_next_word(flag: &str, args: &clap::Command) -> bool {
    let takes_value = |arg: &clap::Arg| {
        matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
            && !arg.is_require_equals_set()
    };
    args.get_subcommands()
        .filter(|command| command.get_name() == "run")
        .flat_map(clap::Command::get_arguments)
        .chain(args.get_arguments())
        .filter(|arg| takes_value(arg))
        .any(|arg| match flag.strip_prefix("--") {
            Some(long) => arg.get_long() == Some(long),
            None => flag.len() == 2 && flag.chars().nth(1) == arg.get_short(),
        })
}

fn is_command(word: &OsString, args: &clap::Command) -> bool {
    word == "help"
        || args
            .get_subcommands()
            .any(|command| word == command.get_name())
}

fn asks_about_prizm(words: &[OsString]) -> bool {
    words.iter().any(|word| {
        ["-h", "--help", "-V", "--version"]
            .iter()
            .any(|flag| word == flag)
    })
}

fn styled(error: &clap::Error, is_coloured: bool) -> String {
    let text = error.render();
    let text = if is_coloured {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    format!("{}\n", text.trim_end())
}

/// Turns clap's report into a message and hints. `command`: whose help has more.
///
/// clap writes `error: …`, further lines that belong to it, `  tip: …` lines, `Usage: …` and a pointer to help.
fn usage_error(report: &str, command: &str) -> UsageError {
    let mut message = Vec::new();
    let mut hints = Vec::new();
    let lines = report
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty());
    for line in lines.take_while(|line| !line.starts_with("Usage: ")) {
        match line.trim_start().strip_prefix("tip: ") {
            // The words after the script are never mistaken for flags.
            Some(tip) if tip.starts_with("to pass ") => {}
            Some(tip) => hints.push(tip.to_owned()),
            None if line.starts_with("For more information") => {}
            None => message.push(line.strip_prefix("error: ").unwrap_or(line)),
        }
    }
    hints.push(format!("see `{command} --help`"));
    UsageError {
        message: message.join("\n"),
        hints,
    }
}

/// `prizm cache add` for the words `prizm`, `cache`, `-q`, `add`, `npm:zod`.
fn command_of(words: &[OsString]) -> String {
    let mut args = &Args::command();
    let mut names = vec!["prizm"];
    for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(found) = args.find_subcommand(word) {
            names.push(found.get_name());
            args = found;
        }
    }
    names.join(" ")
}
