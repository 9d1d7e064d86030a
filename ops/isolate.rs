//! Ops of the wire between a script's isolate and those of its providers.
//!
//! In: byte arrays, and the numbers of the calling isolate's own links. Out: the other side's byte arrays.
//! Side effects: starts isolates through the host; wakes and blocks threads.
//!
//! A provider's code may reach these ops, so each checks that the link is the caller's own.

mod descriptors;
pub mod ending;
pub mod environment;
pub mod inbox;
pub mod link;
pub mod links;
pub mod process;
mod programs;

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;

use deno_core::futures::FutureExt;
use deno_core::{OpDecl, OpState, ToJsBuffer, op2, v8};
use deno_error::{JsErrorClass, PropertyValue};

use crate::registry::{Host, HostError, Repository};
use ending::{Ending, Reason};
use inbox::LinkId;
use links::Links;

/// Most that one message may hold.
const MESSAGE_LIMIT: usize = 1 << 30;

#[derive(Debug, thiserror::Error)]
pub enum IsolateError {
    #[error("Link {0} is not of this isolate")]
    NoLink(LinkId),
    #[error("{}", .0.message)]
    Ended(Ending),
    #[error("The provider did not answer in time")]
    TimedOut,
    #[error("This isolate is no provider's")]
    NoGuest,
    #[error("A message of {0} bytes is too long")]
    TooLong(usize),
    #[error("There is no such buffer")]
    NoBuffer,
}

impl JsErrorClass for IsolateError {
    fn get_class(&self) -> std::borrow::Cow<'static, str> {
        "Error".into()
    }

    fn get_message(&self) -> std::borrow::Cow<'static, str> {
        self.to_string().into()
    }

    fn get_additional_properties(&self) -> deno_error::AdditionalProperties {
        let ending = match self {
            IsolateError::Ended(ending) => Some(ending),
            _ => None,
        };
        let reason = ending.and_then(|ending| serde_json::to_value(ending.reason).ok());
        let reason = reason.and_then(|reason| reason.as_str().map(str::to_string));
        let code = ending.and_then(|ending| ending.code);
        let reason = reason.map(|text| ("reason".into(), PropertyValue::String(text.into())));
        let code = code.map(|code| ("exitCode".into(), PropertyValue::Number(code.into())));
        Box::new(reason.into_iter().chain(code))
    }

    fn get_ref(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }
}

pub(crate) fn ops() -> Vec<OpDecl> {
    let own = vec![
        op_prizm_isolate_spawn(),
        op_prizm_isolate_respawn(),
        op_prizm_isolate_limits(),
        op_prizm_link_post(),
        op_prizm_link_call(),
        op_prizm_link_wait(),
        op_prizm_link_receive(),
        op_prizm_link_receive_soon(),
        op_prizm_link_ref(),
        op_prizm_link_close(),
        op_prizm_link_give(),
        op_prizm_link_take(),
        op_prizm_guest_repository(),
        op_prizm_guest_link(),
    ];
    [own, programs::ops(), descriptors::ops()].concat()
}

/// Whether the isolate has asked for its end. V8 stops it then, but only where it stands: what follows in the event
/// loop would run, and must not reach anybody.
pub struct EndCheck(pub Box<CheckEnd>);

type CheckEnd = dyn Fn(&OpState) -> Option<Ending>;

fn links(state: &OpState) -> Rc<Links> {
    let links = state.borrow::<Rc<Links>>().clone();
    let check = state.try_borrow::<EndCheck>();
    if let Some(ending) = check.and_then(|check| (check.0)(state)) {
        links.leave(ending);
    }
    links
}

#[op2]
async fn op_prizm_isolate_spawn(
    state: Rc<RefCell<OpState>>,
    #[string] identity: String,
) -> Result<u32, HostError> {
    let (host, links) = {
        let state = state.borrow();
        (state.borrow::<Rc<dyn Host>>().clone(), links(&state))
    };
    host.spawn_isolate(&identity, &links).await
}

/// The same at once, for an isolate that was dropped as idle: who reads a property of its instance waits here.
#[op2(fast)]
fn op_prizm_isolate_respawn(
    state: Rc<RefCell<OpState>>,
    #[string] identity: &str,
) -> Result<u32, HostError> {
    let (host, links) = {
        let state = state.borrow();
        (state.borrow::<Rc<dyn Host>>().clone(), links(&state))
    };
    let spawned = host.spawn_isolate(identity, &links).now_or_never();
    spawned.unwrap_or_else(|| Err(HostError::new("Error", &IsolateError::NoGuest, Vec::new())))
}

/// What JavaScript needs of the limits, in milliseconds; absent where there is none.
#[derive(Debug, Default, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// How long one call may take.
    pub call: Option<f64>,
    /// How long an isolate may be idle before it may be dropped.
    pub idle: Option<f64>,
}

#[op2]
#[serde]
fn op_prizm_isolate_limits(state: &OpState) -> Timing {
    state.borrow::<Rc<dyn Host>>().isolate_timing()
}

#[op2(fast)]
fn op_prizm_link_post(
    state: &OpState,
    link: u32,
    #[buffer] message: &[u8],
) -> Result<(), IsolateError> {
    links(state).end(link)?.post(checked(message)?)
}

#[op2]
#[buffer]
fn op_prizm_link_call(
    state: &OpState,
    link: u32,
    #[buffer] message: &[u8],
) -> Result<Vec<u8>, IsolateError> {
    let links = links(state);
    links.end(link)?.post(checked(message)?)?;
    wait(&links, link)
}

#[op2]
#[buffer]
fn op_prizm_link_wait(state: &OpState, link: u32) -> Result<Vec<u8>, IsolateError> {
    wait(&links(state), link)
}

fn checked(message: &[u8]) -> Result<Vec<u8>, IsolateError> {
    match message.len() {
        length if length > MESSAGE_LIMIT => Err(IsolateError::TooLong(length)),
        _ => Ok(message.to_vec()),
    }
}

/// A guest that lets its host wait for too long ends.
fn wait(links: &Links, link: LinkId) -> Result<Vec<u8>, IsolateError> {
    let end = links.end(link)?;
    let control = links.control(link);
    let limit = control.as_ref().and_then(|control| control.wall_limit());
    let result = end.wait(limit);
    if let (Err(IsolateError::TimedOut), Some(control)) = (&result, control) {
        let seconds = limit.unwrap_or_default().as_secs_f64();
        let ending = Ending::new(
            Reason::Wall,
            format!("The provider took longer than {seconds} s to answer"),
        );
        end.end(ending.clone());
        control.stop();
        return Err(IsolateError::Ended(end.ending().unwrap_or(ending)));
    }
    result
}

/// All messages that have come, in order; `null` when this isolate is to end.
#[op2]
#[serde]
async fn op_prizm_link_receive(state: Rc<RefCell<OpState>>) -> Option<Vec<(u32, ToJsBuffer)>> {
    let inbox = links(&state.borrow()).inbox().clone();
    let letters = poll_fn(|context| inbox.poll_all(context)).await?;
    let to_js = |(link, message): (u32, Vec<u8>)| (link, ToJsBuffer::from(message));
    Some(letters.into_iter().map(to_js).collect())
}

/// Those that come within microseconds: a guest that has just answered is often asked again.
#[op2]
#[serde]
fn op_prizm_link_receive_soon(state: &OpState) -> Vec<(u32, ToJsBuffer)> {
    let letters = links(state).inbox().poll_soon();
    let to_js = |(link, message): (u32, Vec<u8>)| (link, ToJsBuffer::from(message));
    letters.into_iter().map(to_js).collect()
}

/// Tells whether calls are under way on a link to a guest: an answer is then due within the limit.
#[op2(fast)]
fn op_prizm_link_ref(state: &OpState, link: u32, is_pending: bool) {
    if let Some(control) = links(state).control(link) {
        control.set_pending(is_pending);
    }
}

#[op2(fast)]
fn op_prizm_link_close(state: &OpState, link: u32) {
    let ending = Ending::new(Reason::Closed, "The isolate was closed");
    links(state).close(link, ending);
}

/// Takes the memory out of `buffer`, for the other side; the number by which that takes it.
#[op2(fast)]
fn op_prizm_link_give(
    state: &OpState,
    link: u32,
    buffer: v8::Local<v8::ArrayBuffer>,
) -> Result<u32, IsolateError> {
    let links = links(state);
    let end = links.end(link)?;
    if !buffer.is_detachable() || buffer.get_backing_store().is_resizable_by_user_javascript() {
        return Err(IsolateError::NoBuffer);
    }
    let memory = buffer.get_backing_store();
    if let (Some(counter), Some(data)) = (links.memory(), memory.data()) {
        counter.give(data.as_ptr() as usize, memory.byte_length());
    }
    buffer.detach(None);
    end.give(memory)
}

#[op2]
fn op_prizm_link_take<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &OpState,
    link: u32,
    number: u32,
) -> Result<v8::Local<'s, v8::ArrayBuffer>, IsolateError> {
    let memory = links(state).end(link)?.take(number);
    let memory = memory.ok_or(IsolateError::NoBuffer)?;
    Ok(v8::ArrayBuffer::with_backing_store(scope, &memory))
}

#[op2]
#[serde]
fn op_prizm_guest_repository(state: &OpState) -> Result<Repository, IsolateError> {
    let links = links(state);
    links.repository().cloned().ok_or(IsolateError::NoGuest)
}

#[op2(fast)]
fn op_prizm_guest_link(state: &OpState) -> Result<u32, IsolateError> {
    match links(state).repository() {
        Some(_) => Ok(links::HOST_LINK),
        None => Err(IsolateError::NoGuest),
    }
}
