//! The environment and the folder that a guest finds: its own, not those of the process.
//!
//! In: what was granted of the process's environment, and the guest's repository. Out: ops in the place of the
//! runtime's. Side effects: none beyond the guest; what it sets or deletes, it alone sees.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use deno_core::{OpDecl, OpState, op2};
use deno_error::JsErrorBox;

use super::inbox::unpoisoned;

/// The program's answer to which variables of the process a guest may see.
pub trait Variables {
    /// One of them; `None` where it is not set, or was not granted.
    ///
    /// # Errors
    /// A name that is none, a value that is no text.
    fn get(&self, state: &mut OpState, name: &str) -> Result<Option<String>, JsErrorBox>;

    /// All that were granted.
    ///
    /// # Errors
    /// Where enumerating is refused.
    fn all(&self, state: &mut OpState) -> Result<HashMap<String, String>, JsErrorBox>;

    /// Those without which programs do not run.
    fn for_programs(&self) -> HashMap<String, String>;
}

/// What a guest and its web workers have set, or deleted (`None`).
pub type Changes = Arc<Mutex<BTreeMap<String, Option<String>>>>;

/// What one isolate of a guest finds around itself.
pub struct Surroundings {
    /// Whose isolate it is, for errors.
    pub identity: String,
    pub variables: Box<dyn Variables>,
    pub changes: Changes,
    /// The current folder.
    pub folder: PathBuf,
}

impl Surroundings {
    pub(super) fn of(state: &OpState) -> Rc<Surroundings> {
        state.borrow::<Rc<Surroundings>>().clone()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn get(&self, state: &mut OpState, name: &str) -> Result<Option<String>, JsErrorBox> {
        let changed = unpoisoned(self.changes.lock()).get(name).cloned();
        match changed {
            Some(value) => Ok(value),
            None => self.variables.get(state, name),
        }
    }

    fn all(&self, state: &mut OpState) -> Result<HashMap<String, String>, JsErrorBox> {
        Ok(self.changed(self.variables.all(state)?))
    }

    pub(super) fn needed_by_programs(&self) -> HashMap<String, String> {
        let mut needed = self.variables.for_programs();
        let changes = unpoisoned(self.changes.lock());
        needed.retain(|name, _| !matches!(changes.get(name), Some(None)));
        needed
    }

    /// What a program that the guest starts gets, if the guest does not say.
    pub(super) fn of_programs(
        &self,
        state: &mut OpState,
    ) -> Result<HashMap<String, String>, JsErrorBox> {
        let mut all = self.variables.for_programs();
        all.extend(self.variables.all(state)?);
        Ok(self.changed(all))
    }

    fn changed(&self, mut all: HashMap<String, String>) -> HashMap<String, String> {
        for (name, value) in unpoisoned(self.changes.lock()).iter() {
            match value {
                Some(value) => all.insert(name.clone(), value.clone()),
                None => all.remove(name),
            };
        }
        all
    }

    fn change(&self, name: &str, value: Option<&str>) -> Result<(), JsErrorBox> {
        let is_name = !name.is_empty() && !name.contains(['=', '\0']);
        if !is_name || value.is_some_and(|value| value.contains('\0')) {
            let reason = format!("{name:?} is no variable that could be set so");
            return Err(JsErrorBox::type_error(reason));
        }
        unpoisoned(self.changes.lock()).insert(name.to_string(), value.map(str::to_string));
        Ok(())
    }
}

/// Puts the guest's own environment and folder in the place of the process's.
pub(super) fn restrict(op: OpDecl) -> OpDecl {
    match op.name {
        "op_env" => op.with_implementation_from(&op_prizm_env()),
        "op_get_env" => op.with_implementation_from(&op_prizm_get_env()),
        "op_set_env" => op.with_implementation_from(&op_prizm_set_env()),
        "op_delete_env" => op.with_implementation_from(&op_prizm_delete_env()),
        "op_fs_cwd" => op.with_implementation_from(&op_prizm_cwd()),
        "op_exec_path" => op.with_implementation_from(&op_prizm_exec_path()),
        _ => op,
    }
}

#[op2(stack_trace)]
#[serde]
fn op_prizm_env(state: &mut OpState) -> Result<HashMap<String, String>, JsErrorBox> {
    Surroundings::of(state).all(state)
}

#[op2(stack_trace)]
#[string]
fn op_prizm_get_env(
    state: &mut OpState,
    #[string] name: &str,
) -> Result<Option<String>, JsErrorBox> {
    Surroundings::of(state).get(state, name)
}

#[op2(fast, stack_trace)]
fn op_prizm_set_env(
    state: &mut OpState,
    #[string] name: &str,
    #[string] value: &str,
) -> Result<(), JsErrorBox> {
    Surroundings::of(state).change(name, Some(value))
}

#[op2(fast, stack_trace)]
fn op_prizm_delete_env(state: &mut OpState, #[string] name: &str) -> Result<(), JsErrorBox> {
    Surroundings::of(state).change(name, None)
}

#[op2]
#[string]
fn op_prizm_cwd(state: &mut OpState) -> Result<String, JsErrorBox> {
    let surroundings = Surroundings::of(state);
    let folder = surroundings.folder().to_str().map(str::to_string);
    folder.ok_or_else(|| JsErrorBox::new("InvalidData", "The folder's name is no text"))
}

/// Where the program lies says who runs it. Its name starts it.
#[op2]
#[string]
fn op_prizm_exec_path() -> Result<String, JsErrorBox> {
    Ok("prizm".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Variables for Fixed {
        fn get(&self, _: &mut OpState, name: &str) -> Result<Option<String>, JsErrorBox> {
            Ok((name == "GRANTED").then(|| "theirs".to_string()))
        }

        fn all(&self, _: &mut OpState) -> Result<HashMap<String, String>, JsErrorBox> {
            Ok(HashMap::from([("GRANTED".into(), "theirs".into())]))
        }

        fn for_programs(&self) -> HashMap<String, String> {
            HashMap::from([("PATH".into(), "/bin".into())])
        }
    }

    fn surroundings() -> Surroundings {
        Surroundings {
            identity: "painter".into(),
            variables: Box::new(Fixed),
            changes: Changes::default(),
            folder: PathBuf::from("/painter"),
        }
    }

    #[test]
    fn what_is_set_hides_what_was_granted() {
        let (own, mut state) = (surroundings(), OpState::new(None));
        own.change("GRANTED", Some("own")).unwrap();
        own.change("MINE", Some("1")).unwrap();
        assert_eq!(
            own.get(&mut state, "GRANTED").unwrap().as_deref(),
            Some("own")
        );
        own.change("GRANTED", None).unwrap();
        assert_eq!(own.get(&mut state, "GRANTED").unwrap(), None);
        let all = own.all(&mut state).unwrap();
        assert_eq!(all, HashMap::from([("MINE".into(), "1".into())]));
    }

    #[test]
    fn programs_get_what_they_need_and_what_was_granted() {
        let (own, mut state) = (surroundings(), OpState::new(None));
        let names = |own: &Surroundings, state: &mut OpState| {
            let mut names: Vec<_> = own.of_programs(state).unwrap().into_keys().collect();
            names.sort();
            names
        };
        assert_eq!(names(&own, &mut state), ["GRANTED", "PATH"]);
        own.change("PATH", None).unwrap();
        assert_eq!(names(&own, &mut state), ["GRANTED"]);
    }

    #[test]
    fn names_that_no_system_takes_are_refused() {
        let own = surroundings();
        for (name, value) in [("", "x"), ("A=B", "x"), ("A\0", "x"), ("A", "x\0")] {
            assert!(own.change(name, Some(value)).is_err(), "{name:?}");
        }
    }
}
