//! What was worked out about code in an earlier run: V8's bytecode, and what CommonJS files export.
//!
//! In: a URL and the hash of its source. Out: bytes from the cache, or nothing. Side effects: `js-v1/`.

use std::hash::{DefaultHasher, Hash, Hasher};

use deno_core::v8;
use deno_resolver::cjs::analyzer::{
    DenoCjsAnalysis, NodeAnalysisCache, NodeAnalysisCacheSourceHash,
};
use deno_runtime::code_cache::{CodeCache, CodeCacheType};
use sha2::{Digest, Sha256};
use url::Url;

use crate::cache::Cache;

/// Both kinds, in one bucket.
#[derive(Clone)]
pub struct Compiled(pub Cache);

impl Compiled {
    /// A hash of source text that finds changes; it is no protection against malice.
    pub fn hash(source: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(source);
        hasher.finish()
    }

    /// The same for text in UTF-16.
    pub fn hash_of_units(source: &[u16]) -> u64 {
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        hasher.finish()
    }

    /// V8's bytecode for an ES module.
    pub fn module(&self, specifier: &Url, source_hash: u64) -> Option<Vec<u8>> {
        self.get_sync(specifier, CodeCacheType::EsModule, source_hash)
    }
}

impl CodeCache for Compiled {
    fn get_sync(&self, specifier: &Url, kind: CodeCacheType, source_hash: u64) -> Option<Vec<u8>> {
        self.0.emit_get(&bytecode_key(specifier, kind, source_hash))
    }

    fn set_sync(&self, specifier: Url, kind: CodeCacheType, source_hash: u64, data: &[u8]) {
        self.0
            .emit_put(&bytecode_key(&specifier, kind, source_hash), data);
    }
}

impl NodeAnalysisCache for Compiled {
    fn compute_source_hash(&self, source: &str) -> NodeAnalysisCacheSourceHash {
        NodeAnalysisCacheSourceHash(Compiled::hash(source.as_bytes()))
    }

    fn get_cjs_analysis(
        &self,
        specifier: &Url,
        hash: NodeAnalysisCacheSourceHash,
    ) -> Option<DenoCjsAnalysis> {
        let bytes = self.0.emit_get(&key("commonjs", specifier, hash.0))?;
        serde_json::from_slice(&bytes).ok()
    }

    fn set_cjs_analysis(
        &self,
        specifier: &Url,
        hash: NodeAnalysisCacheSourceHash,
        analysis: &DenoCjsAnalysis,
    ) {
        if let Ok(bytes) = serde_json::to_vec(analysis) {
            self.0.emit_put(&key("commonjs", specifier, hash.0), &bytes);
        }
    }
}

fn bytecode_key(specifier: &Url, kind: CodeCacheType, source_hash: u64) -> String {
    let kind = match kind {
        CodeCacheType::EsModule => "module",
        CodeCacheType::Script => "script",
    };
    key(
        &format!("{kind} {}", v8::VERSION_STRING),
        specifier,
        source_hash,
    )
}

fn key(kind: &str, specifier: &Url, source_hash: u64) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{:x}",
        Sha256::digest(format!("{kind}\0{version}\0{specifier}\0{source_hash:x}"))
    )
}
