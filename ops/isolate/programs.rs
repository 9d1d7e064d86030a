//! The programs that a guest starts: with its environment and in its folder, not those of the process.
//!
//! In: the runtime's ops that start programs. Out: ops in their place that call them with other arguments.
//! Side effects: those of the runtime's ops.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use deno_core::{OpDecl, OpState, op2, serde_v8, v8};
use deno_error::JsErrorBox;

use super::descriptors;
use super::environment::Surroundings;

/// The runtime's ops, which only this module calls in a guest.
struct Starters([v8::Global<v8::Function>; 3]);

const CHILD: usize = 0;
const NODE_CHILD: usize = 1;
const SYNC: usize = 2;

/// Moves the runtime's implementations to ops that are not the runtime's, and puts others in their place. The
/// extension of these ops comes after the runtime's.
pub(super) fn restrict() -> impl Fn(OpDecl) -> OpDecl {
    let kept = RefCell::new(Vec::<OpDecl>::new());
    move |op| {
        let own = match op.name {
            "op_spawn_child" => op_prizm_start_child(),
            "op_node_spawn_child" => op_prizm_start_node_child(),
            "op_spawn_sync" => op_prizm_start_sync(),
            "op_run" => op_prizm_start_old(),
            _ => return moved(op, &kept.borrow()),
        };
        kept.borrow_mut().push(op);
        op.with_implementation_from(&own)
    }
}

fn moved(op: OpDecl, kept: &[OpDecl]) -> OpDecl {
    let from = match op.name {
        "op_prizm_spawn_child" => "op_spawn_child",
        "op_prizm_node_spawn_child" => "op_node_spawn_child",
        "op_prizm_spawn_sync" => "op_spawn_sync",
        _ => return op,
    };
    let found = kept.iter().find(|op| op.name == from);
    found.map_or(op, |found| op.with_implementation_from(found))
}

pub(super) fn ops() -> Vec<OpDecl> {
    vec![
        op_prizm_spawn_child(),
        op_prizm_node_spawn_child(),
        op_prizm_spawn_sync(),
        op_prizm_keep_starters(),
    ]
}

/// Stands for the runtime's op, which takes its place in guests.
#[op2(nofast)]
fn op_prizm_spawn_child() -> Result<(), JsErrorBox> {
    Err(missing())
}

#[op2(nofast)]
fn op_prizm_node_spawn_child() -> Result<(), JsErrorBox> {
    Err(missing())
}

#[op2(nofast)]
fn op_prizm_spawn_sync() -> Result<(), JsErrorBox> {
    Err(missing())
}

/// Called before any code of the guest runs; the first call holds.
#[op2(nofast)]
fn op_prizm_keep_starters(
    scope: &mut v8::PinScope<'_, '_>,
    state: &mut OpState,
    child: v8::Local<v8::Function>,
    node_child: v8::Local<v8::Function>,
    sync: v8::Local<v8::Function>,
) {
    if !state.has::<Starters>() {
        let starters = [child, node_child, sync].map(|starter| v8::Global::new(scope, starter));
        state.put(Starters(starters));
    }
}

#[op2(reentrant)]
fn op_prizm_start_child<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: Rc<RefCell<OpState>>,
    options: v8::Local<'s, v8::Object>,
    api: v8::Local<'s, v8::Value>,
) -> Result<v8::Local<'s, v8::Value>, JsErrorBox> {
    start(scope, &state, CHILD, options, api)
}

#[op2(reentrant)]
fn op_prizm_start_node_child<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: Rc<RefCell<OpState>>,
    options: v8::Local<'s, v8::Object>,
    api: v8::Local<'s, v8::Value>,
) -> Result<v8::Local<'s, v8::Value>, JsErrorBox> {
    start(scope, &state, NODE_CHILD, options, api)
}

#[op2(reentrant)]
fn op_prizm_start_sync<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: Rc<RefCell<OpState>>,
    options: v8::Local<'s, v8::Object>,
) -> Result<v8::Local<'s, v8::Value>, JsErrorBox> {
    let nothing = v8::undefined(scope).into();
    start(scope, &state, SYNC, options, nothing)
}

/// Of an API that there is no more.
#[op2(nofast)]
fn op_prizm_start_old() -> Result<(), JsErrorBox> {
    Err(missing())
}

fn missing() -> JsErrorBox {
    JsErrorBox::new("NotSupported", "Programs cannot be started here")
}

fn start<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &Rc<RefCell<OpState>>,
    which: usize,
    options: v8::Local<'s, v8::Object>,
    api: v8::Local<'s, v8::Value>,
) -> Result<v8::Local<'s, v8::Value>, JsErrorBox> {
    let (surroundings, starter, variables) = {
        let mut state = state.borrow_mut();
        let starters = state.try_borrow::<Starters>().ok_or_else(missing)?;
        let starter = starters.0[which].clone();
        let surroundings = Surroundings::of(&state);
        let given = Given {
            needed: surroundings.needed_by_programs(),
            // Node's API hands the caller's whole environment over, which is short of what programs need.
            is_always_needed: which == NODE_CHILD,
            all: surroundings.of_programs(&mut state)?,
        };
        (surroundings, starter, given)
    };
    let options = confined(scope, options, variables, surroundings.folder())?;
    let starter = v8::Local::new(scope, starter);
    let receiver = v8::undefined(scope).into();
    let result = starter.call(scope, receiver, &[options.into(), api]);
    if let (NODE_CHILD, Some(child)) = (which, result) {
        descriptors::note_pipes(scope, &mut state.borrow_mut(), child);
    }
    // What it threw is on its way.
    Ok(result.unwrap_or(receiver))
}

type Pairs = Vec<(String, String)>;

/// The variables that a program gets besides those that it is given by name.
struct Given {
    needed: HashMap<String, String>,
    is_always_needed: bool,
    all: HashMap<String, String>,
}

impl Given {
    fn when(self, is_cleared: bool) -> Pairs {
        let given = match (is_cleared, self.is_always_needed) {
            (false, _) => self.all,
            (true, true) => self.needed,
            (true, false) => HashMap::new(),
        };
        given.into_iter().collect()
    }
}

/// A copy of `options` that leaves nothing to be taken from the process.
fn confined<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    options: v8::Local<'s, v8::Object>,
    given: Given,
    folder: &Path,
) -> Result<v8::Local<'s, v8::Object>, JsErrorBox> {
    let copy = copied(scope, options).ok_or_else(missing)?;
    let mut variables = given.when(get(scope, copy, "clearEnv")?);
    // Later ones win.
    variables.extend(get::<Pairs>(scope, copy, "env")?);
    let named = get::<Option<String>>(scope, copy, "cwd")?;
    let folder = named.map_or(folder.to_path_buf(), |named| folder.join(named));
    set(scope, copy, "clearEnv", true)?;
    set(scope, copy, "env", variables)?;
    set(scope, copy, "cwd", folder.to_string_lossy())?;
    Ok(copy)
}

fn copied<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    options: v8::Local<'s, v8::Object>,
) -> Option<v8::Local<'s, v8::Object>> {
    let copy = v8::Object::new(scope);
    let names = options.get_own_property_names(scope, v8::GetPropertyNamesArgs::default())?;
    for index in 0..names.length() {
        let name: v8::Local<v8::Name> = names.get_index(scope, index)?.try_into().ok()?;
        let value = options.get(scope, name.into())?;
        copy.create_data_property(scope, name, value)?;
    }
    Some(copy)
}

fn get<'s, T: serde::de::DeserializeOwned>(
    scope: &mut v8::PinScope<'s, '_>,
    options: v8::Local<'s, v8::Object>,
    name: &str,
) -> Result<T, JsErrorBox> {
    let key = v8::String::new(scope, name).ok_or_else(missing)?;
    let value = options.get(scope, key.into()).ok_or_else(missing)?;
    serde_v8::from_v8(scope, value).map_err(|error| JsErrorBox::type_error(error.to_string()))
}

fn set<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    options: v8::Local<'s, v8::Object>,
    name: &str,
    value: impl serde::Serialize,
) -> Result<(), JsErrorBox> {
    let key = v8::String::new(scope, name).ok_or_else(missing)?;
    let value =
        serde_v8::to_v8(scope, value).map_err(|error| JsErrorBox::type_error(error.to_string()))?;
    let is_set = options.create_data_property(scope, key.into(), value);
    is_set.map(|_| ()).ok_or_else(missing)
}
