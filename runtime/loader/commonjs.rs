//! What CommonJS files export, so that ES modules can import it by name.
//!
//! In: a compiled file, or one of a package. Out: names. Side effects: reads the files that are exported again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use deno_path_util::{url_from_file_path, url_to_file_path};
use deno_resolver::cache::ParsedSourceCache;
use deno_resolver::cjs::analyzer::{DenoAstModuleExportAnalyzer, DenoCjsCodeAnalyzer};
use deno_resolver::cjs::{CjsTracker, IsCjsResolutionMode};
use deno_resolver::loader::{DenoNpmModuleLoader, NpmModuleLoader};
use deno_resolver::npm::{DenoInNpmPackageChecker, NpmResolver};
use futures::FutureExt;
use node_resolver::analyze::{
    CjsModuleExportAnalyzer, NodeCodeTranslator, NodeCodeTranslatorMode, ResolvedCjsAnalysis,
};
use node_resolver::{DenoIsBuiltInNodeModuleChecker, ResolutionMode};
use prizm_typescript::{MediaType, ModuleFormat};
use sys_traits::impls::RealSys;
use url::Url;

use super::compiled::Compiled;
use super::resolve::Resolver;
use super::unit::{Unit, UnitError};
use crate::context::Context;

type Analyzer = CjsModuleExportAnalyzer<
    DenoCjsCodeAnalyzer<RealSys>,
    DenoInNpmPackageChecker,
    DenoIsBuiltInNodeModuleChecker,
    NpmResolver<RealSys>,
    RealSys,
>;
pub type Tracker = CjsTracker<DenoInNpmPackageChecker, RealSys>;

/// How deep `export *` is followed.
const MAX_DEPTH: usize = 64;

/// The analysis of CommonJS for one isolate.
pub struct CommonJs {
    pub packages: DenoNpmModuleLoader<RealSys>,
    pub tracker: Arc<Tracker>,
    analyzer: Arc<Analyzer>,
}

impl CommonJs {
    pub fn new(resolver: &Resolver, compiled: Compiled) -> CommonJs {
        let npm = &resolver.npm;
        let tracker = Arc::new(CjsTracker::new(
            npm.checker().clone(),
            resolver.package_jsons.clone(),
            IsCjsResolutionMode::ImplicitTypeCommonJs,
            Vec::new(),
        ));
        let parsed = Arc::new(ParsedSourceCache::default());
        let code_analyzer = DenoCjsCodeAnalyzer::new(
            Arc::new(compiled),
            tracker.clone(),
            Arc::new(DenoAstModuleExportAnalyzer::new(parsed)),
        );
        let analyzer = Arc::new(CjsModuleExportAnalyzer::new(
            code_analyzer,
            npm.checker().clone(),
            resolver.node.clone(),
            npm.resolver().clone(),
            resolver.package_jsons.clone(),
            RealSys,
        ));
        let translator =
            NodeCodeTranslator::new(analyzer.clone(), NodeCodeTranslatorMode::ModuleLoader);
        CommonJs {
            packages: NpmModuleLoader::new(
                tracker.clone(),
                npm.checker().clone(),
                Arc::new(translator),
                RealSys,
            ),
            tracker,
            analyzer,
        }
    }

    /// The names that the CommonJS file `path` exports.
    ///
    /// # Errors
    /// [`UnitError`] when a file that it exports again cannot be compiled.
    pub fn exports(
        &self,
        context: &Context,
        path: &Path,
        unit: &Unit,
    ) -> Result<Vec<String>, UnitError> {
        let mut names = BTreeSet::new();
        self.collect(context, path, unit, &mut names, MAX_DEPTH)?;
        Ok(names.into_iter().collect())
    }

    fn collect(
        &self,
        context: &Context,
        path: &Path,
        unit: &Unit,
        names: &mut BTreeSet<String>,
        depth: usize,
    ) -> Result<(), UnitError> {
        let Ok(url) = url_from_file_path(path) else {
            return Ok(());
        };
        if !unit.has_module_exports() {
            names.extend(self.analyze(&url, Some(&unit.code)));
            return Ok(());
        }
        names.extend(unit.meta.exports.iter().cloned());
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(());
        };
        for specifier in &unit.meta.star_exports {
            let target = context
                .resolver
                .resolve(specifier, &url, ResolutionMode::Require)?;
            names.extend(self.star(context, &target, depth)?);
        }
        Ok(())
    }

    /// `export *` leaves the default out.
    fn star(
        &self,
        context: &Context,
        target: &Url,
        depth: usize,
    ) -> Result<BTreeSet<String>, UnitError> {
        let mut names = BTreeSet::new();
        let Ok(path) = url_to_file_path(target) else {
            return Ok(names);
        };
        if context.resolver.is_package_file(target) {
            names.extend(self.analyze(target, None));
        } else if !matches!(
            MediaType::from_path(&path),
            MediaType::Json | MediaType::Wasm
        ) {
            let unit = context.units.get(&path)?;
            self.collect(context, &path, &unit, &mut names, depth)?;
        }
        names.remove("default");
        Ok(names)
    }

    fn analyze(&self, url: &Url, source: Option<&str>) -> BTreeSet<String> {
        let source = source.map(|text| text.to_string().into());
        let analysis = self
            .analyzer
            .analyze_all_exports(url, source, None)
            .now_or_never();
        match analysis {
            Some(Ok(ResolvedCjsAnalysis::Cjs(names))) => names,
            Some(Ok(ResolvedCjsAnalysis::Esm(source))) => module_exports(url, &source),
            Some(Err(error)) => {
                log::debug!("{url}: {error}");
                BTreeSet::new()
            }
            None => BTreeSet::new(),
        }
    }
}

fn module_exports(url: &Url, source: &str) -> BTreeSet<String> {
    let parsed = prizm_typescript::parse(url, MediaType::from_specifier(url), source.into());
    match parsed.and_then(|parsed| parsed.facts(&Default::default())) {
        Ok(facts) => facts.exports.iter().cloned().collect(),
        Err(_) => BTreeSet::new(),
    }
}

/// Is this local file CommonJS?
pub fn is_commonjs(unit: &Unit) -> bool {
    unit.format == ModuleFormat::CommonJs
}
