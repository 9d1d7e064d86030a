//! What a guest may not do to the process that it shares: take its signals, end it, change its current folder, its
//! title or V8's flags, adopt its open files.
//!
//! In: the declarations of all ops. Out: the same, with others in the place of some. Side effects: none.

use std::cell::RefCell;
use std::rc::Rc;

use deno_core::{OpDecl, OpState, op2};
use deno_error::JsErrorBox;

use super::{descriptors, environment, programs};

/// Puts harmless ops in the place of those that are the process's.
pub fn restrict() -> impl Fn(OpDecl) -> OpDecl {
    let programs = programs::restrict();
    move |op| harmless(environment::restrict(programs(op)))
}

fn harmless(op: OpDecl) -> OpDecl {
    match op.name {
        "op_signal_bind" => op.with_implementation_from(&op_prizm_signal_bind()),
        "op_signal_poll" => op.with_implementation_from(&op_prizm_signal_poll()),
        "op_signal_unbind" => op.with_implementation_from(&op_prizm_signal_unbind()),
        "op_fs_chdir" => op.with_implementation_from(&op_prizm_chdir()),
        "op_process_abort" => op.with_implementation_from(&op_prizm_abort()),
        "op_node_process_kill" => op.with_implementation_from(&op_prizm_kill()),
        "op_kill" => op.with_implementation_from(&op_prizm_kill_by_name()),
        "op_node_process_set_title" | "op_v8_set_flags_from_string" => {
            op.with_implementation_from(&op_prizm_ignored_text())
        }
        "op_node_load_env_file" => op.with_implementation_from(&op_prizm_load_env_file()),
        "op_v8_set_heap_snapshot_near_heap_limit" => {
            op.with_implementation_from(&op_prizm_heap_snapshots())
        }
        "op_node_udp_open" => op.with_implementation_from(&op_prizm_adopt_socket()),
        "op_tty_check_fd_permission" => {
            op.with_implementation_from(&descriptors::op_prizm_check_terminal())
        }
        "op_node_guess_handle_type" => {
            op.with_implementation_from(&descriptors::op_prizm_guess_handle())
        }
        "op_node_fd_set_blocking" => op.with_implementation_from(&op_prizm_set_blocking()),
        _ => op,
    }
}

/// Libraries ask to hear of Ctrl-C as they load. They may ask; it is the script that hears.
#[op2(fast)]
#[smi]
fn op_prizm_signal_bind(_state: &mut OpState, #[string] _signal: &str) -> Result<u32, JsErrorBox> {
    Ok(u32::MAX >> 2)
}

#[op2]
async fn op_prizm_signal_poll(
    _state: Rc<RefCell<OpState>>,
    #[smi] _id: u32,
) -> Result<bool, JsErrorBox> {
    std::future::pending().await
}

#[op2(fast)]
fn op_prizm_signal_unbind(_state: &mut OpState, #[smi] _id: u32) -> Result<(), JsErrorBox> {
    Ok(())
}

#[op2(fast, stack_trace)]
fn op_prizm_chdir(_state: &mut OpState, #[string] _folder: &str) -> Result<(), JsErrorBox> {
    Err(JsErrorBox::new(
        "NotCapable",
        "A provider in an isolate may not change the folder that the whole process is in",
    ))
}

fn refused(what: &str) -> JsErrorBox {
    JsErrorBox::new(
        "NotCapable",
        format!("A provider in an isolate may not {what}"),
    )
}

/// As `process.abort()`, but for the isolate: what asks for it goes no further.
#[op2(fast, stack_trace)]
fn op_prizm_abort() -> Result<(), JsErrorBox> {
    Err(refused("abort the whole process"))
}

/// The number of the own process is the script's, too.
#[op2(fast, stack_trace)]
fn op_prizm_kill(
    _state: &mut OpState,
    #[smi] _pid: i32,
    #[smi] _signal: i32,
) -> Result<i32, JsErrorBox> {
    Err(refused("send signals to processes"))
}

#[op2(stack_trace)]
fn op_prizm_kill_by_name(
    _state: &mut OpState,
    #[smi] _pid: i32,
    #[serde] _signal: serde_json::Value,
    #[string] _api: String,
) -> Result<(), JsErrorBox> {
    Err(refused("send signals to processes"))
}

/// Titles and flags hold for the whole process, and programs set them without need.
#[op2(fast)]
fn op_prizm_ignored_text(#[string] _text: &str) {}

/// The runtime's would fill the environment of the process.
#[op2(fast, stack_trace)]
#[undefined]
fn op_prizm_load_env_file(_state: &mut OpState, #[string] _path: &str) -> Result<(), JsErrorBox> {
    Err(refused(
        "load a file into the environment; `util.parseEnv` reads one",
    ))
}

/// The runtime's would raise the limit of the heap, and write to the folder of the process.
#[op2(nofast, stack_trace)]
fn op_prizm_heap_snapshots(_state: &mut OpState, #[smi] _limit: u32) -> Result<(), JsErrorBox> {
    Err(refused("change what happens at the limit of its memory"))
}

#[op2]
#[serde]
fn op_prizm_adopt_socket(
    _state: &mut OpState,
    #[smi] _fd: i32,
) -> Result<(u32, String, u16), JsErrorBox> {
    Err(refused("adopt open sockets of the process"))
}

#[op2(fast)]
#[smi]
fn op_prizm_set_blocking(_fd: i32, _blocking: bool) -> i32 {
    -1
}
