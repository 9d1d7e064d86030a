//! What scripts may call, Rust half: the `prizm` extension.
//!
//! In: a [`registry::Host`] that the program puts into each isolate. Out: ops, and the JavaScript of `js/`.
//! Side effects: only those of the host.
//!
//! Nothing here knows the rest of the program: an op that needs something above it calls the trait.

pub mod isolate;
pub mod registry;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::OnceLock;

use deno_core::{Extension, ExtensionFileSource, OpState, ascii_str_include};

use isolate::links::Links;
use registry::Host;

include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The specifier of the built-in module as the loader knows it; scripts write `prizm`.
pub const MODULE_URL: &str = "prizm:index";

/// The extension for one isolate: `links` joins it with its guests, and a guest with its host.
pub fn extension(host: Rc<dyn Host>, links: Links) -> Extension {
    Extension {
        op_state_fn: Some(Box::new(move |state: &mut OpState| {
            state.put(host);
            state.put(Rc::new(links));
        })),
        ..extension_without_host()
    }
}

/// The extension that the snapshot is made with: the same ops and modules, and nobody to answer.
pub fn extension_without_host() -> Extension {
    Extension {
        name: "prizm",
        ops: Cow::Owned([registry::ops(), isolate::ops()].concat()),
        esm_files: Cow::Borrowed(EAGER),
        esm_entry_point: Some("ext:prizm/ops.ts"),
        ..Extension::default()
    }
}

type Modules = &'static [(&'static str, &'static str)];

/// `residual` (what the snapshot left out) together with this crate's modules, for the isolate's options.
///
/// The first call's `residual` holds for the process: there is one snapshot in a program.
pub fn lazy_modules(residual: Modules) -> Modules {
    static ALL: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = [residual, LAZY].concat();
        // The runtime looks specifiers up by binary search.
        all.sort_unstable_by_key(|(specifier, _)| *specifier);
        all
    })
}

/// The JavaScript of the module that `import … from 'prizm'` gets.
pub fn module_source() -> String {
    format!(
        "const prizm = globalThis[Symbol.for('prizm.host')].module();\nexport const {{ {} }} = prizm;\n",
        EXPORTS.join(", ")
    )
}
