//! `prizm run`: one script, from its name to its exit code.
//!
//! In: settled options. Out: the exit code. Side effects: the script's; the lock is written when it ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use deno_core::ModuleSpecifier;
use deno_core::error::CoreError;
use deno_path_util::url_from_file_path;
use deno_runtime::deno_inspector_server::{InspectPublishUid, create_inspector_server};
use deno_runtime::deno_permissions::{Permissions, PermissionsContainer};
use deno_runtime::permissions::RuntimePermissionDescriptorParser;
use deno_runtime::worker::MainWorker;
use deno_semver::npm::NpmPackageReqReference;
use sys_traits::impls::RealSys;

use super::error::{CliError, Kind};
use super::output::{self, Paint};
use super::prompt::AskOnTerminal;
use super::watch::Link;
use crate::context::Context;
use crate::loader::resolve::find_file;
use crate::loader::{Loader, prefetch};
use crate::options::{Options, Script, TraceTo};
use crate::permissions::trace;
use crate::progress::Progress;
use crate::providers::LoadError;
use crate::worker::WorkerFactory;

/// The name that source from standard input has: TypeScript, an ES module, in the current folder.
const STDIN: &str = "$prizm$stdin.mts";

/// Runs the script of `options` and gives its exit code.
///
/// `link`: to the supervisor of `--watch`, whose word ends the script.
///
/// # Errors
/// [`CliError`]: whatever keeps the script from starting, and what it throws.
pub async fn run(
    options: Options,
    progress: Arc<dyn Progress>,
    link: Option<Link>,
) -> Result<i32, CliError> {
    let main = MainModule::find(&options)?;
    let context = Context::new(options, main.base.clone(), progress).await?;
    let url = match main.url.scheme() {
        "npm" => package_program(&context, main.url).await?,
        _ => main.url,
    };
    if let Some(link) = &link {
        context.resolver.used.listen(link.teller()?);
    }
    if context.options.permissions.prompt {
        let paint = Paint::for_stderr(context.options.color);
        context.set_ask(Arc::new(AskOnTerminal::new(paint)));
    }
    start_trace(&context.options)?;
    let permissions = permissions(&context)?;
    start_inspector(&context)?;
    let loader = Loader::new(context.clone(), permissions.clone());
    if let Some(source) = main.source {
        loader.set_source(url.clone(), source);
    }
    let missing = match context.http.is_offline() {
        true => prefetch::missing(&context, &url).await,
        false => {
            preload(&context, &url);
            Vec::new()
        }
    };
    let mut worker = WorkerFactory::new(context.clone()).main(&url, permissions, loader);
    let result = execute_until_stopped(&mut worker, &url, link.as_ref()).await;
    // What was pinned stays pinned, also when the script failed later on.
    let saved = context.lockfile.save();
    let code = result.map_err(|error| CliError::from(error).with_missing(&missing))?;
    saved?;
    Ok(code)
}

/// What is to be run, and from where.
struct MainModule {
    url: ModuleSpecifier,
    /// Relative identifiers start here.
    base: PathBuf,
    /// Only for standard input.
    source: Option<String>,
}

impl MainModule {
    fn find(options: &Options) -> Result<MainModule, CliError> {
        match &options.script {
            Some(Script::Stdin) => Self::stdin(options),
            Some(Script::File(path)) => Self::file(path),
            Some(Script::Specifier(text)) => Ok(MainModule {
                url: ModuleSpecifier::parse(text)?,
                base: options.cwd.clone(),
                source: None,
            }),
            None => Err(CliError::new(Kind::Usage, "no script was given")),
        }
    }

    fn stdin(options: &Options) -> Result<MainModule, CliError> {
        let source = std::io::read_to_string(std::io::stdin())?;
        Ok(MainModule {
            url: url_from_file_path(&options.cwd.join(STDIN))?,
            base: options.cwd.clone(),
            source: Some(source),
        })
    }

    fn file(path: &Path) -> Result<MainModule, CliError> {
        // A file that is named in full is that file, also where `main.js` could mean `main.ts`.
        let named = path.is_file().then(|| path.to_path_buf());
        let found = named
            .or_else(|| find_file(path))
            .and_then(|found| std::fs::canonicalize(found).ok());
        let Some(found) = found else {
            let message = format!("Module not found \"{}\"", path.display());
            return Err(CliError::new(Kind::User, message));
        };
        Ok(MainModule {
            url: url_from_file_path(&found)?,
            base: found.parent().unwrap_or(Path::new("/")).to_path_buf(),
            source: None,
        })
    }
}

/// `prizm run npm:package`: the program that the package's `bin` names; without one, the package's module.
async fn package_program(
    context: &Context,
    url: ModuleSpecifier,
) -> Result<ModuleSpecifier, CliError> {
    let reference = NpmPackageReqReference::from_specifier(&url)?;
    context
        .npm
        .ensure(vec![reference.req().clone()])
        .await
        .map_err(LoadError::from)?;
    let Some(folder) = context.npm.folder(reference.req()) else {
        return Ok(url);
    };
    match context
        .resolver
        .node
        .resolve_binary_export(&folder, reference.sub_path())
    {
        Ok(program) => Ok(url_from_file_path(program.path())?),
        Err(_) => Ok(url),
    }
}

fn permissions(context: &Context) -> Result<PermissionsContainer, CliError> {
    let parser = Arc::new(RuntimePermissionDescriptorParser::new(RealSys));
    let mut options = context.options.permissions.clone();
    if trace::is_on() {
        // Where everything is allowed, the runtime records a read and a write for each.
        for list in [&mut options.allow_read, &mut options.allow_write] {
            if list.as_ref().is_some_and(Vec::is_empty) {
                *list = Some(vec!["/".to_string()]);
            }
        }
    }
    let permissions = Permissions::from_options(parser.as_ref(), &options)?;
    Ok(PermissionsContainer::new(parser, permissions))
}

/// Records what is checked, for `--trace-permissions`.
fn start_trace(options: &Options) -> Result<(), CliError> {
    match &options.trace_permissions {
        None => {}
        Some(TraceTo::Stderr) => trace::start(Box::new(output::Stderr)),
        Some(TraceTo::File(path)) => {
            let file = std::fs::File::create(path).map_err(|error| {
                CliError::new(
                    Kind::User,
                    format!("Could not write {}: {error}", path.display()),
                )
            })?;
            trace::start(Box::new(file));
        }
    }
    Ok(())
}

fn start_inspector(context: &Context) -> Result<(), CliError> {
    if let Some(inspector) = &context.options.inspector {
        let publish = InspectPublishUid {
            console: true,
            http: true,
        };
        create_inspector_server(inspector.address, "prizm", publish)?;
    }
    Ok(())
}

/// Fetches in the background what the script is known to ask for.
fn preload(context: &Arc<Context>, main: &ModuleSpecifier) {
    if context.options.preload.is_enabled && main.scheme() == "file" {
        deno_core::unsync::spawn(prefetch::identifiers(context.clone(), main.clone()));
    }
}

async fn execute_until_stopped(
    worker: &mut MainWorker,
    main: &ModuleSpecifier,
    link: Option<&Link>,
) -> Result<i32, CoreError> {
    let Some(link) = link else {
        return execute(worker, main).await;
    };
    tokio::select! {
        result = execute(worker, main) => return result,
        () = link.stopped() => {}
    }
    finish(worker)
}

async fn execute(worker: &mut MainWorker, main: &ModuleSpecifier) -> Result<i32, CoreError> {
    worker.execute_main_module(main).await?;
    worker.dispatch_load_event()?;
    loop {
        worker.run_event_loop(false).await?;
        if !worker.dispatch_beforeunload_event()? && !worker.dispatch_process_beforeexit_event()? {
            break;
        }
    }
    finish(worker)
}

/// Lets the script know of its end.
fn finish(worker: &mut MainWorker) -> Result<i32, CoreError> {
    worker.dispatch_unload_event()?;
    worker.dispatch_process_exit_event()?;
    worker.run_napi_ref_finalizers();
    Ok(worker.exit_code())
}
