//! What lies below the message of a failed import: causes, and hints.
//!
//! In: the loader's errors, on their way into V8. Out: the same, and what they had below, by their message. Side effects:
//! a short list for the script, and one for each guest, which must not learn of others' imports.
//!
//! Of an error that ends an `import()` V8's side is told one text, and whoever catches it wants that to be the message.

use std::collections::VecDeque;
use std::error::Error;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use deno_core::{ModuleLoadResponse, ModuleSource};
use deno_error::{JsErrorBox, JsErrorClass};
use futures::FutureExt;
use prizm_ops::registry::HostError;

use super::State;
use super::request::host_error;

/// More failures than a program looks at before the next ones come.
const MOST: usize = 64;

/// Those of the script.
static SCRIPT: Failures = Failures(Mutex::new(VecDeque::new()));

/// What lay below the last imports that failed in one isolate, by their messages.
#[derive(Debug, Default)]
pub struct Failures(Mutex<VecDeque<(String, Below)>>);

/// What an error had below its message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Below {
    /// Outermost first.
    pub causes: Vec<String>,
    pub hints: Vec<String>,
}

impl Failures {
    /// Those of the script, and of whatever is nobody's guest.
    pub fn of_script() -> &'static Failures {
        &SCRIPT
    }

    /// What the last import that failed with `message` had below it.
    pub fn below(&self, message: &str) -> Option<Below> {
        let kept = self.kept();
        let found = kept.iter().rev().find(|(known, _)| known == message);
        found.map(|(_, below)| below.clone())
    }

    /// Keeps what is below `message`.
    pub fn keep(&self, message: &str, below: Below) {
        if below == Below::default() {
            return;
        }
        let mut kept = self.kept();
        kept.retain(|(known, _)| known != message);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back((message.to_owned(), below));
    }

    /// The error without anything below it, which is kept.
    pub(super) fn told(&self, error: JsErrorBox) -> JsErrorBox {
        let own = error.get_inner_ref().and_then(|it| {
            let it: &(dyn Error + 'static) = it;
            it.downcast_ref::<HostError>()
        });
        if let Some(own) = own {
            self.keep_host(own);
            return error;
        }
        if error.source().is_none() {
            return error;
        }
        let class = match &*error.get_class() {
            "SyntaxError" => "SyntaxError",
            "NotFound" => "NotFound",
            "NotCapable" => "NotCapable",
            _ => "TypeError",
        };
        let wrapped = host_error(class, &error);
        self.keep_host(&wrapped);
        JsErrorBox::from_err(wrapped)
    }

    fn keep_host(&self, error: &HostError) {
        self.keep(
            &error.to_string(),
            Below {
                causes: error.causes().to_vec(),
                hints: error.hints(),
            },
        );
    }

    /// Entries are whole or absent, also after a panic elsewhere.
    fn kept(&self) -> MutexGuard<'_, VecDeque<(String, Below)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the last import of the script that failed with `message` had below it.
pub fn below(message: &str) -> Option<Below> {
    SCRIPT.below(message)
}

/// [`Failures::told`] for the answer to a request to `loader`.
pub(super) fn told_of(loader: &Rc<State>, response: ModuleLoadResponse) -> ModuleLoadResponse {
    type Loaded = Result<ModuleSource, JsErrorBox>;
    match response {
        ModuleLoadResponse::Sync(loaded) => {
            ModuleLoadResponse::Sync(loaded.map_err(|error| loader.failures().told(error)))
        }
        ModuleLoadResponse::Async(loading) => {
            let loader = loader.clone();
            let told = move |loaded: Loaded| loaded.map_err(|error| loader.failures().told(error));
            ModuleLoadResponse::Async(loading.map(told).boxed_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn the_message_stands_alone_and_the_rest_is_found_by_it() {
        let error = Outer(std::io::Error::other("inner"));
        let error = JsErrorBox::from_err(host_error("TypeError", &error));
        let failures = Failures::default();
        let error = failures.told(error);
        assert_eq!(error.to_string(), "outer");
        assert!(error.source().is_none_or(|it| it.to_string() == "outer"));
        assert_eq!(failures.below("outer").unwrap().causes, ["inner"]);
        assert_eq!(failures.below("inner"), None);
    }

    #[test]
    fn each_isolate_has_its_own() {
        let (one, other) = (Failures::default(), Failures::default());
        let hints = vec!["own".to_owned()];
        one.keep(
            "it failed",
            Below {
                hints,
                ..Below::default()
            },
        );
        assert!(one.below("it failed").is_some());
        assert_eq!(other.below("it failed"), None);
        assert_eq!(below("it failed"), None);
    }

    #[test]
    fn old_failures_are_forgotten() {
        let hint = |text: &str| Below {
            hints: vec![text.to_owned()],
            ..Below::default()
        };
        let failures = Failures::default();
        failures.keep("first of many", hint("one"));
        for number in 0..MOST {
            failures.keep(&format!("failure {number}"), hint("next"));
        }
        assert_eq!(failures.below("first of many"), None);
        failures.keep("failure 1", hint("again"));
        assert_eq!(failures.below("failure 1"), Some(hint("again")));
    }
}
