//! What a guest may not do to the process that it shares: take its signals, change its current folder.
//!
//! In: the declarations of all ops. Out: the same, with others in the place of some. Side effects: none.

use std::cell::RefCell;
use std::rc::Rc;

use deno_core::{OpDecl, OpState, op2};
use deno_error::JsErrorBox;

/// Puts harmless ops in the place of those that are the process's.
pub fn restrict(op: OpDecl) -> OpDecl {
    match op.name {
        "op_signal_bind" => op.with_implementation_from(&op_prizm_signal_bind()),
        "op_signal_poll" => op.with_implementation_from(&op_prizm_signal_poll()),
        "op_signal_unbind" => op.with_implementation_from(&op_prizm_signal_unbind()),
        "op_fs_chdir" => op.with_implementation_from(&op_prizm_chdir()),
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
