//! Logins for git over HTTP, tried one after the other only when a server asks.
//!
//! In: the URL, `GITHUB_TOKEN`/`GH_TOKEN` (github.com alone), git's credential helpers. Out: values of
//! the `Authorization` header. Side effects: runs `git credential`, or the helpers themselves where git
//! is not installed. Helpers are never allowed to ask at the terminal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use reqwest::header::HeaderValue;
use url::Url;

use super::config::GitConfig;
use crate::sources::github;

/// A user name and a password or token.
struct Login {
    username: String,
    password: String,
}

impl Login {
    fn header(&self) -> Option<HeaderValue> {
        let pair = format!("{}:{}", self.username, self.password);
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The logins that are left to try for one fetch.
pub(super) struct Logins {
    config: GitConfig,
    is_token_tried: bool,
    is_helper_tried: bool,
    /// What the helpers gave, to tell them whether it was good.
    from_helper: Option<(Url, Login)>,
}

impl Logins {
    pub(super) fn new(config: GitConfig) -> Logins {
        Logins {
            config,
            is_token_tried: false,
            is_helper_tried: false,
            from_helper: None,
        }
    }

    /// The next login to try after `url` answered `status`.
    ///
    /// github.com answers 404 and 403 for what a login would reveal; helpers are asked after a 401 alone.
    pub(super) fn next(&mut self, url: &Url, status: u16) -> Option<HeaderValue> {
        if !self.is_token_tried && github::is_github(url) && matches!(status, 401 | 403 | 404) {
            self.is_token_tried = true;
            if let Some(password) = github::token() {
                let username = "x-access-token".to_owned();
                return Login { username, password }.header();
            }
        }
        if self.is_helper_tried || status != 401 {
            return None;
        }
        self.is_helper_tried = true;
        let login = ask_helpers(&self.config, url)?;
        let header = login.header();
        self.from_helper = Some((url.clone(), login));
        header
    }

    /// Tells the helpers that their login was accepted or refused, so that they keep or forget it.
    pub(super) fn report(&mut self, is_accepted: bool) {
        let Some((url, login)) = self.from_helper.take() else {
            return;
        };
        let action = if is_accepted { "approve" } else { "reject" };
        let question = describe(&url, Some(&login));
        // Without git there is nobody to tell; the helper that answered keeps what it has.
        let _ = run(git_credential(action), &question);
    }
}

fn ask_helpers(config: &GitConfig, url: &Url) -> Option<Login> {
    let question = describe(url, None);
    match run(git_credential("fill"), &question) {
        Some(answer) => parse_answer(&answer),
        None => config
            .credential_helpers(url)
            .into_iter()
            .map(helper_command)
            .filter_map(|command| run(command, &question))
            .find_map(|answer| parse_answer(&answer)),
    }
}

fn git_credential(action: &str) -> Command {
    let mut command = Command::new("git");
    command.args(["credential", action]);
    // The current folder may be somebody else's repository, whose settings must not run programs.
    command.current_dir(outside());
    for name in ["GIT_DIR", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "")
        .env("GCM_INTERACTIVE", "never");
    command
}

fn outside() -> &'static Path {
    Path::new(if cfg!(windows) { "C:\\" } else { "/" })
}

/// A helper as gitcredentials(7) names it: `!shell command`, an absolute path, or a bare name.
fn helper_command(helper: &str) -> Command {
    let line = match helper.strip_prefix('!') {
        Some(line) => line.to_owned(),
        None if Path::new(helper).is_absolute() => helper.to_owned(),
        None => format!("git-credential-{helper}"),
    };
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{line} get")]);
    command.current_dir(outside());
    command
}

/// Runs a command with `input`; its output if it succeeds. A program that is not there is `None` as well.
fn run(mut command: Command, input: &str) -> Option<String> {
    let started = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            log::debug!("no credential helper: {error}");
            return None;
        }
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not read its input may still answer.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

/// What git-credential(1) reads.
fn describe(url: &Url, login: Option<&Login>) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_start_matches('/');
    let mut text = format!(
        "protocol={}\nhost={host}{port}\npath={path}\n",
        url.scheme()
    );
    if let Some(login) = login {
        text.push_str(&format!(
            "username={}\npassword={}\n",
            login.username, login.password
        ));
    }
    text.push('\n');
    text
}

fn parse_answer(answer: &str) -> Option<Login> {
    let field = |name: &str| {
        answer
            .lines()
            .filter_map(|line| line.split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.to_owned())
    };
    Some(Login {
        username: field("username")?,
        password: field("password").filter(|password| !password.is_empty())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers() {
        let url = Url::parse("https://h.test:8443/o/r.git").unwrap();
        assert_eq!(
            describe(&url, None),
            "protocol=https\nhost=h.test:8443\npath=o/r.git\n\n"
        );
        let login = parse_answer("protocol=https\nusername=me\npassword=a=b\n").unwrap();
        assert_eq!(
            (login.username.as_str(), login.password.as_str()),
            ("me", "a=b")
        );
        assert_eq!(login.header().unwrap(), "Basic bWU6YT1i");
        assert!(parse_answer("username=me\n").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn helpers_run_without_git() {
        let helper = "!f() { cat >/dev/null; echo username=u; echo password=p-$1; }; f";
        let answer = run(helper_command(helper), "host=x\n\n").unwrap();
        assert_eq!(parse_answer(&answer).unwrap().password, "p-get");
    }
}
