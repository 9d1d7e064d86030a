//! The certificates that scripts' own connections trust.
//!
//! In: the program's options. Out: a store for the runtime. Side effects: reads certificates when the first is needed.

use std::sync::{Arc, OnceLock};

use deno_runtime::deno_tls::RootCertStoreProvider;
use deno_runtime::deno_tls::rustls::RootCertStore;

use crate::http::{HttpError, HttpOptions};

/// The certificates that scripts' own connections trust: the host's client and they agree.
pub(super) struct Certificates {
    options: HttpOptions,
    store: OnceLock<Result<RootCertStore, Arc<HttpError>>>,
}

impl Certificates {
    pub(super) fn new(options: HttpOptions) -> Certificates {
        Certificates {
            options,
            store: OnceLock::new(),
        }
    }
}

impl RootCertStoreProvider for Certificates {
    fn get_or_try_init(&self) -> Result<&RootCertStore, deno_error::JsErrorBox> {
        let store = self
            .store
            .get_or_init(|| crate::http::root_certificates(&self.options).map_err(Arc::new));
        store
            .as_ref()
            .map_err(|error| deno_error::JsErrorBox::generic(error.to_string()))
    }
}
