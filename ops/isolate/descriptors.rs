//! The numbers of open files that a guest's streams may take: the pipes of programs that it started, and no others.
//!
//! In: numbers that code hands to Node's sockets and terminals. Out: may they be taken? Side effects: remembers the pipes
//! of programs, each for one taking.
//!
//! Numbers are the process's, and a stream closes its own in the end: a guessed one would be a file of others.

use std::collections::HashSet;

use deno_core::uv_compat::{uv_guess_handle, uv_handle_type};
use deno_core::{OpDecl, OpState, op2, v8};
use deno_error::JsErrorBox;

use super::environment::Surroundings;

/// Where the runtime's op has the pipes of a program that it started.
const PIPES: [&str; 3] = ["stdinFd", "stdoutFd", "stderrFd"];
const MORE_PIPES: &str = "extraPipeFds";

/// Kinds of open files, as Node numbers them.
const SOCKET: u32 = 0;
const TERMINAL: u32 = 1;
const FILE: u32 = 3;
const PIPE: u32 = 4;
const UNKNOWN: u32 = 5;

/// Pipes that nobody has taken yet.
#[derive(Default)]
struct Pipes(HashSet<i32>);

pub(super) fn ops() -> Vec<OpDecl> {
    vec![op_prizm_adopt_descriptor(), op_prizm_check_terminal()]
}

/// Remembers the pipes of `child`, which the runtime's op gave.
pub(super) fn note_pipes<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &mut OpState,
    child: v8::Local<'s, v8::Value>,
) {
    let Ok(child) = v8::Local::<v8::Object>::try_from(child) else {
        return;
    };
    let mut found: Vec<_> = PIPES
        .iter()
        .filter_map(|name| own(scope, child, name))
        .collect();
    let more = own(scope, child, MORE_PIPES);
    if let Some(more) = more.and_then(|more| v8::Local::<v8::Array>::try_from(more).ok()) {
        found.extend((0..more.length()).filter_map(|index| more.get_index(scope, index)));
    }
    let numbers = found
        .into_iter()
        .filter(|value| value.is_number())
        .filter_map(|value| value.int32_value(scope));
    if !state.has::<Pipes>() {
        state.put(Pipes::default());
    }
    state.borrow_mut::<Pipes>().0.extend(numbers);
}

/// A property of the object itself: code could have put others on the prototype of all.
fn own<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    object: v8::Local<'s, v8::Object>,
    name: &str,
) -> Option<v8::Local<'s, v8::Value>> {
    let key = v8::String::new(scope, name)?;
    object
        .has_own_property(scope, key.into())
        .filter(|has| *has)
        .and_then(|_| object.get(scope, key.into()))
}

fn refused(state: &OpState, number: i32) -> JsErrorBox {
    let identity = &Surroundings::of(state).identity;
    let message =
        format!("'{identity}' may not take the file that the process has open as number {number}");
    JsErrorBox::new("NotCapable", message)
}

#[op2(fast, stack_trace)]
fn op_prizm_adopt_descriptor(state: &mut OpState, number: i32) -> Result<(), JsErrorBox> {
    let pipes = state.try_borrow_mut::<Pipes>();
    match pipes.is_some_and(|pipes| pipes.0.remove(&number)) {
        true => Ok(()),
        false => Err(refused(state, number)),
    }
}

/// Standard output and errors may be a terminal, which a stream opens anew for itself.
#[op2(fast, stack_trace)]
pub(super) fn op_prizm_check_terminal(state: &mut OpState, fd: i32) -> Result<(), JsErrorBox> {
    match fd {
        1 | 2 => Ok(()),
        _ => Err(refused(state, fd)),
    }
}

/// What the runtime would have said of the two outputs. What is typed is the script's: a guest's input is an empty file.
#[op2(fast)]
pub(super) fn op_prizm_guess_handle(_state: &mut OpState, fd: u32) -> u32 {
    match fd {
        0 => FILE,
        1 | 2 => match uv_guess_handle(fd as i32) {
            uv_handle_type::UV_TTY => TERMINAL,
            uv_handle_type::UV_FILE => FILE,
            uv_handle_type::UV_NAMED_PIPE => PIPE,
            uv_handle_type::UV_TCP => SOCKET,
            _ => UNKNOWN,
        },
        _ => UNKNOWN,
    }
}
