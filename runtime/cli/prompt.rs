//! Asking the user for permissions, on the terminal: those of the script, and those of a provider.
//!
//! In: what is asked for. Out: the answer. Side effects: writes to stderr, reads from stdin; both must be terminals.
//!
//! | key | script | provider |
//! |---|---|---|
//! | `y` | allow this | allow all that is listed, in this run |
//! | `A` | allow all of this permission | the same from now on, in this major version |
//! | `n`, Escape, anything longer, the end of input | deny | deny |

use std::fmt::Write as _;

use deno_runtime::deno_permissions::prompter::{
    GetFormattedStackFn, PermissionPrompter, PromptResponse,
};

use super::output::{Paint, pause_progress, resume_progress};
use crate::permissions::words::{lines, visible};
use crate::permissions::{Answer, Ask, Question};
use terminal::{Key, Refusal, Terminal};

mod terminal;

/// A longer question is not read by anyone; code that makes one wants to hide something in it.
const MAX_LENGTH: usize = 10 * 1024;

/// Asks for the permissions of providers.
#[derive(Debug, Clone, Copy)]
pub struct AskOnTerminal {
    paint: Paint,
}

impl AskOnTerminal {
    pub fn new(paint: Paint) -> AskOnTerminal {
        AskOnTerminal { paint }
    }

    /// The question but for its last line.
    fn text(&self, question: &Question) -> String {
        let asks = match question.is_update {
            true => "asks for more than was granted",
            false => "asks for permissions",
        };
        let title = format!("{} {asks}:", visible(&question.owner.to_string()));
        let mut text = format!("┏ ⚠️  {}\n", self.paint.bold(&title));
        let lines = lines(&question.asked, question.home.as_deref());
        for line in &lines {
            let row = match line.is_dangerous {
                true => self.paint.error(&format!("! {}", line.text)),
                false => format!("- {}", line.text),
            };
            writeln!(text, "┃  {row}").expect("writing to a String cannot fail");
        }
        if lines.iter().any(|line| line.is_dangerous) {
            let note = "`!` marks what can do harm beyond the provider's own folders and hosts.";
            writeln!(text, "┠─ {note}").expect("writing to a String cannot fail");
        }
        let exactly = self.paint.dim(&visible(&question.identity));
        writeln!(text, "┠─ {exactly}").expect("writing to a String cannot fail");
        text
    }
}

impl Ask for AskOnTerminal {
    fn ask(&self, question: &Question) -> Answer {
        let text = self.text(question);
        if text.len() > MAX_LENGTH {
            return Answer::CannotAsk;
        }
        let keys: &[(Key, &str)] = match question.can_remember {
            true => &[
                (Key::Yes, "y = allow once"),
                (Key::All, "A = always, in this major version"),
                (Key::No, "n = no"),
            ],
            false => &[(Key::Yes, "y = allow once"), (Key::No, "n = no")],
        };
        pause_progress();
        let answer = Terminal::open().map(|mut terminal| {
            let key = terminal.ask(&text, keys, self.paint);
            let done = match key {
                Key::No => format!("❌ Denied {} its permissions.\n", question.owner),
                _ => format!("✅ Granted {} its permissions.\n", question.owner),
            };
            terminal.say(&visible_lines(&done));
            key
        });
        resume_progress();
        match answer {
            Ok(Key::Yes) => Answer::Once,
            Ok(Key::All) => Answer::Always,
            Ok(Key::No) => Answer::No,
            Err(_) => Answer::CannotAsk,
        }
    }
}

/// Asks for what the script does and may not, in place of the runtime's own prompt.
#[derive(Debug, Clone, Copy)]
pub struct ScriptPrompter {
    paint: Paint,
}

impl ScriptPrompter {
    pub fn new(paint: Paint) -> ScriptPrompter {
        ScriptPrompter { paint }
    }

    fn text(
        &self,
        message: &str,
        name: &str,
        api_name: Option<&str>,
        stack: Option<GetFormattedStackFn>,
    ) -> String {
        let title = format!("The script requests {}.", visible(message));
        let mut text = format!("┏ ⚠️  {}\n", self.paint.bold(&title));
        let mut row = |row: String| {
            writeln!(text, "{row}").expect("writing to a String cannot fail");
        };
        if let Some(api_name) = api_name {
            row(format!("┠─ Requested by `{}`.", visible(api_name)));
        }
        for frame in stack.iter().flat_map(|stack| stack()) {
            row(format!("┃  {}", self.paint.dim(&visible(frame.trim()))));
        }
        row(format!(
            "┠─ Run again with --allow-{} to bypass this prompt.",
            visible(name)
        ));
        text
    }
}

impl PermissionPrompter for ScriptPrompter {
    fn prompt(
        &mut self,
        message: &str,
        name: &str,
        api_name: Option<&str>,
        is_unary: bool,
        get_stack: Option<GetFormattedStackFn>,
    ) -> PromptResponse {
        let mut terminal = match Terminal::open() {
            Ok(terminal) => terminal,
            Err(Refusal::NoTerminal) => return PromptResponse::Deny,
            Err(Refusal::RawMode) => {
                self.refuse(
                    name,
                    "the terminal hands over single keys, as a library asked for",
                );
                return PromptResponse::Deny;
            }
        };
        let text = self.text(message, name, api_name, get_stack);
        if text.len() > MAX_LENGTH {
            drop(terminal);
            self.refuse(
                name,
                "the request is too long to be read, and may hide something",
            );
            return PromptResponse::Deny;
        }
        let all = format!("A = allow all {} permissions", visible(name));
        let keys = [
            (Key::Yes, "y = yes, allow"),
            (Key::No, "n = no, deny"),
            (Key::All, all.as_str()),
        ];
        let keys = if is_unary { &keys[..] } else { &keys[..2] };
        let key = terminal.ask(&text, keys, self.paint);
        terminal.say(&visible_lines(&match key {
            Key::Yes => format!("✅ Granted {message}.\n"),
            Key::No => format!("❌ Denied {message}.\n"),
            Key::All => format!("✅ Granted all {name} access.\n"),
        }));
        match key {
            Key::Yes => PromptResponse::Allow,
            Key::No => PromptResponse::Deny,
            Key::All => PromptResponse::AllowAll,
        }
    }
}

impl ScriptPrompter {
    fn refuse(&self, name: &str, reason: &str) {
        let name = visible(name);
        super::output::warn(
            self.paint,
            &format!("{name} access was denied without asking: {reason}; --allow-{name} allows it"),
        );
    }
}

/// A line of ours around a text of someone else's: only the line break at its end is one.
fn visible_lines(text: &str) -> String {
    let (text, end) = match text.strip_suffix('\n') {
        Some(text) => (text, "\n"),
        None => (text, ""),
    };
    visible(text) + end
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::permissions::{Owner, PermissionSet};

    #[test]
    fn a_question_lists_everything_and_hides_nothing() {
        let block = json!({ "net": ["api.x.com:443"], "run": ["ffmpeg"] });
        let question = Question {
            owner: Owner::new("github:o/r\u{1b}[2J", Some(1)),
            identity: "github:o/r@\u{202e}abc".to_string(),
            asked: PermissionSet::from_json(&block).unwrap(),
            is_update: false,
            can_remember: true,
            home: None,
        };
        let text = AskOnTerminal::new(Paint::plain()).text(&question);
        let expected = "\
┏ ⚠️  github:o/r\\u{1b}[2J@v1 asks for permissions:
┃  - talk to api.x.com:443
┃  ! run the program ffmpeg; it is bound by no permission
┠─ `!` marks what can do harm beyond the provider's own folders and hosts.
┠─ github:o/r@\\u{202e}abc
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_script_cannot_write_the_question() {
        let prompter = ScriptPrompter::new(Paint::plain());
        let text = prompter.text(
            "read access to \"a\nb\u{1b}[1A\"",
            "read",
            Some("x\r"),
            None,
        );
        let expected = "\
┏ ⚠️  The script requests read access to \"a\\u{a}b\\u{1b}[1A\".
┠─ Requested by `x\\u{d}`.
┠─ Run again with --allow-read to bypass this prompt.
";
        assert_eq!(text, expected);
    }
}
