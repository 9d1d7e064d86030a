//! The blobs of a guest, whose bytes are no array buffers and count as such.
//!
//! In: bytes. Out: parts of the guest's own store. Side effects: what they take counts until the last part is gone.

use std::sync::Arc;

use async_trait::async_trait;
use deno_core::{JsBuffer, OpDecl, OpState, ToV8, op2, v8};
use deno_error::JsErrorBox;
use deno_runtime::deno_web::{BlobPart, BlobStoreTrait};

use super::memory::Meter;

/// Puts an op that counts in the place of the one that copies a blob's bytes.
pub fn restrict(op: OpDecl) -> OpDecl {
    match op.name {
        "op_blob_create_part" => op.with_implementation_from(&op_prizm_blob_create_part()),
        _ => op,
    }
}

/// Bytes that count.
#[derive(Debug)]
struct Counted {
    bytes: Vec<u8>,
    meter: Arc<Meter>,
}

impl Counted {
    fn new(bytes: &[u8], meter: Arc<Meter>) -> Option<Counted> {
        meter.add(bytes.len()).then(|| Counted {
            bytes: bytes.to_vec(),
            meter,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.meter.remove(self.bytes.len());
    }
}

#[async_trait]
impl BlobPart for Counted {
    async fn read<'a>(&'a self) -> &'a [u8] {
        &self.bytes
    }

    fn size(&self) -> usize {
        self.bytes.len()
    }
}

#[op2]
fn op_prizm_blob_create_part<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &mut OpState,
    #[buffer] data: JsBuffer,
) -> Result<v8::Local<'s, v8::Value>, JsErrorBox> {
    let meter = state.borrow::<Arc<Meter>>().clone();
    let Some(part) = Counted::new(&data, meter) else {
        // Blobs that nobody has any more go with the next collection.
        scope.low_memory_notification();
        return Err(JsErrorBox::range_error(
            "There is no memory for a blob of this size",
        ));
    };
    let store = state.borrow::<Arc<dyn BlobStoreTrait>>();
    let number = store.insert_part(Arc::new(part)).to_v8(scope);
    number.map_err(|error| JsErrorBox::generic(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_count_until_the_last_part_is_gone() {
        let meter = Meter::new(100);
        let part = Arc::new(Counted::new(&[0; 60], meter.clone()).unwrap());
        let other = part.clone();
        assert!(Counted::new(&[0; 60], meter.clone()).is_none());
        drop(part);
        assert_eq!(meter.used(), 60);
        drop(other);
        assert_eq!(meter.used(), 0);
    }
}
