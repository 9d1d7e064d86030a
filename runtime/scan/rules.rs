//! What is looked for, and how serious it is.
//!
//! In: names and levels of a policy. Out: [`Levels`]. Side effects: none.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::ScanError;

/// What happens where something is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    Off,
    /// A line on stderr.
    Warn,
    /// It is not loaded.
    Fatal,
}

/// One thing that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Text from the network that is run as code or in a shell.
    RemoteEval,
    /// Code that hides what it does.
    Obfuscated,
    /// Characters that are not seen, or that turn text around.
    HiddenCharacters,
    /// Scripts that a package manager would run.
    InstallScripts,
    /// Code for a processor: programs, libraries, addons.
    Native,
    /// Code without readable source.
    Minified,
    /// Tokens and keys.
    Secrets,
    /// What is too big or too deep to be looked through.
    Unreadable,
    /// What a hook found.
    Hook,
}

impl Rule {
    pub const ALL: [Rule; 9] = [
        Rule::RemoteEval,
        Rule::Obfuscated,
        Rule::HiddenCharacters,
        Rule::InstallScripts,
        Rule::Native,
        Rule::Minified,
        Rule::Secrets,
        Rule::Unreadable,
        Rule::Hook,
    ];

    /// As in a policy: `remote-eval`.
    pub fn name(self) -> &'static str {
        match self {
            Rule::RemoteEval => "remote-eval",
            Rule::Obfuscated => "obfuscated",
            Rule::HiddenCharacters => "hidden-characters",
            Rule::InstallScripts => "install-scripts",
            Rule::Native => "native",
            Rule::Minified => "minified",
            Rule::Secrets => "secrets",
            Rule::Unreadable => "unreadable",
            Rule::Hook => "hook",
        }
    }

    /// Where a policy says nothing: fatal is what has no honest use.
    fn usual(self) -> Level {
        match self {
            Rule::RemoteEval | Rule::Obfuscated | Rule::HiddenCharacters | Rule::Hook => {
                Level::Fatal
            }
            Rule::InstallScripts
            | Rule::Native
            | Rule::Minified
            | Rule::Secrets
            | Rule::Unreadable => Level::Warn,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Rule {
    type Err = ScanError;

    /// # Errors
    /// [`ScanError::UnknownRule`], with the rule that was probably meant.
    fn from_str(text: &str) -> Result<Rule, ScanError> {
        let named = Rule::ALL.into_iter().find(|rule| rule.name() == text);
        named.ok_or_else(|| {
            let similar = Rule::ALL
                .map(|rule| (strsim::jaro_winkler(text, rule.name()), rule.name()))
                .into_iter()
                .filter(|(likeness, _)| *likeness > 0.75)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            ScanError::UnknownRule {
                name: text.to_string(),
                similar: similar.map(|(_, name)| name),
            }
        })
    }
}

/// The level of each rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels(BTreeMap<Rule, Level>);

impl Default for Levels {
    fn default() -> Levels {
        Levels(Rule::ALL.map(|rule| (rule, rule.usual())).into())
    }
}

impl Levels {
    /// Those of a policy, by name; `*` stands for the rules that are not named.
    ///
    /// # Errors
    /// [`ScanError::UnknownRule`].
    pub fn from_names<'a>(
        named: impl IntoIterator<Item = (&'a str, Level)>,
    ) -> Result<Levels, ScanError> {
        let mut levels = Levels::default();
        let (others, named): (Vec<_>, Vec<_>) =
            named.into_iter().partition(|(name, _)| *name == "*");
        for (_, level) in others {
            levels.0.values_mut().for_each(|known| *known = level);
        }
        for (name, level) in named {
            levels.0.insert(name.parse()?, level);
        }
        Ok(levels)
    }

    pub fn of(&self, rule: Rule) -> Level {
        self.0.get(&rule).copied().unwrap_or_else(|| rule.usual())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_a_policy() {
        let levels = Levels::from_names([("native", Level::Fatal), ("*", Level::Off)]).unwrap();
        assert_eq!(levels.of(Rule::Native), Level::Fatal);
        assert_eq!(levels.of(Rule::RemoteEval), Level::Off);
        let levels = Levels::from_names([("secrets", Level::Off)]).unwrap();
        assert_eq!(levels.of(Rule::Secrets), Level::Off);
        assert_eq!(levels.of(Rule::RemoteEval), Level::Fatal);
    }

    #[test]
    fn near_matches() {
        let error = Levels::from_names([("remote-evil", Level::Warn)]).unwrap_err();
        assert_eq!(error.to_string(), "The scan has no rule `remote-evil`");
        assert_eq!(error.hints()[0], "did you mean `remote-eval`?");
        for rule in Rule::ALL {
            assert_eq!(rule.name().parse::<Rule>().unwrap(), rule);
            assert_eq!(serde_json::json!(rule), rule.name());
        }
    }
}
