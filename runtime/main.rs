//! `prizm`: parse, run, print the error, exit.

// First, for the order in which crates reach the linker: see runtime/lib.rs.
extern crate git2 as _;

use std::sync::Arc;

use deno_core::v8;
use deno_runtime::deno_permissions::prompter::{set_prompt_callbacks, set_prompter};
use prizm::cli::args::{Args, Command, Parsed, parse, version_text};
use prizm::cli::error::{CliError, install_panic_hook};
use prizm::cli::output::{
    Paint, TerminalProgress, init_log, pause_progress, resume_progress, set_runtime_colours,
    stdout, warn,
};
use prizm::cli::prompt::ScriptPrompter;
use prizm::cli::{audit, cache, policy, provider, run, signals, types, watch};
use prizm::options::{ColorChoice, Env, Options};
use url::Url;

fn main() {
    let env = Env::of_process();
    let paint = Paint::for_stderr(ColorChoice::of(&env));
    let version = version_text(v8::VERSION_STRING, env!("PRIZM_TARGET"));
    install_panic_hook(version.clone(), paint);
    let is_coloured = Paint::for_stdout(ColorChoice::of(&env)).is_coloured();
    let result = match parse(std::env::args_os(), &version, is_coloured) {
        Ok(Parsed::Show(text)) => stdout(&text).map(|()| 0).map_err(CliError::from),
        Ok(Parsed::Run(args)) => start(&args, &env, paint),
        Err(error) => Err(CliError::from(error)),
    };
    let code = result.unwrap_or_else(|error| {
        let cwd = std::env::current_dir().ok();
        error.print(
            paint,
            cwd.and_then(|cwd| Url::from_directory_path(cwd).ok())
                .as_ref(),
        )
    });
    // What is left (sockets, timers of other threads) must not delay the end; the system takes it back.
    prizm::cache::stop_writing();
    std::process::exit(code)
}

fn start(args: &Args, env: &Env, paint: Paint) -> Result<i32, CliError> {
    let cwd = std::env::current_dir()?;
    let options = Options::settle(args, env, &cwd)?;
    set_runtime_colours(paint);
    init_log(&options.log, paint);
    set_v8_flags(&options)?;
    match (&options.watch, env.text(watch::SUPERVISOR)) {
        (Some(watch), None) => {
            let runtime = deno_runtime::tokio_util::create_basic_runtime();
            runtime.block_on(watch::supervise(&options, watch, paint))
        }
        (Some(_), Some(supervisor)) => run_command(args, options, paint, Some(supervisor)),
        (None, _) => run_command(args, options, paint, None),
    }
}

/// `supervisor`: where to reach the one that watches this run.
fn run_command(
    args: &Args,
    options: Options,
    paint: Paint,
    supervisor: Option<&str>,
) -> Result<i32, CliError> {
    options
        .warnings
        .iter()
        .for_each(|warning| warn(paint, warning));
    set_environment(&options);
    // The first to be installed wins; a second one would be an embedder's own choice.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    deno_core::JsRuntime::init_platform(None);
    set_prompt_callbacks(Box::new(pause_progress), Box::new(resume_progress));
    set_prompter(Box::new(ScriptPrompter::new(paint)));
    let progress = Arc::new(TerminalProgress::new(options.is_quiet, paint));
    signals::clean_up_on_signals();
    let link = supervisor.map(watch::Link::connect).transpose()?;
    let command = async {
        match &args.command {
            Command::Run(_) => run::run(options, progress, link).await,
            Command::Audit(args) => audit::audit(args, options, progress).await,
            Command::Cache(args) => cache::cache(&args.command, options, progress).await,
            Command::Policy(args) => policy::policy(&args.command, options, progress).await,
            Command::Provider(args) => provider::provider(&args.command, options, progress).await,
            Command::Types => types::types(),
        }
    };
    let runtime = deno_runtime::tokio_util::create_basic_runtime();
    runtime.block_on(command)
}

/// Sets the variables of env files, and takes those that were meant for this process alone. To be called while there is one thread.
fn set_environment(options: &Options) {
    // SAFETY: no other thread runs yet: neither V8's platform nor any runtime has been started.
    unsafe {
        std::env::remove_var(watch::SUPERVISOR);
        prizm::worker::take_node_channel();
        options
            .env
            .iter()
            .for_each(|(name, value)| std::env::set_var(name, value));
    }
}

fn set_v8_flags(options: &Options) -> Result<(), CliError> {
    let flags = std::iter::once("prizm".to_string()).chain(options.v8_flags.iter().cloned());
    let unknown: Vec<String> = v8::V8::set_flags_from_command_line(flags.collect()).split_off(1);
    if let Some(flag) = unknown.first() {
        let message = format!("V8 does not know the flag `{flag}`");
        return Err(CliError::new(prizm::cli::error::Kind::Usage, message)
            .with_hint("prizm run --v8-flags=--help"));
    }
    Ok(())
}
