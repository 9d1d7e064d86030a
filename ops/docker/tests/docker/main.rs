//! The crate against a real engine.
//!
//! In: Debian's `docker.io` and `busybox-static`. Out: one line a test. Side effects: those of `support`.
//! Where no engine can start, all tests are reported as ignored with the reason; under `CI=true` that is a failure.

mod engine;
mod failures;
mod lifecycle;
mod support;

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use prizm_docker::engine::{Engine, Limits};
use support::daemon::Daemon;

/// No test may hang.
const LIMIT: Duration = Duration::from_secs(180);

type Test = (
    &'static str,
    fn(Engine) -> Pin<Box<dyn Future<Output = ()>>>,
);

/// Lists tests under their own names.
macro_rules! tests {
    ($area:literal: $($test:path),* $(,)?) => {
        &[$((concat!($area, "::", stringify!($test)), |engine| Box::pin($test(engine)))),*]
    };
}
pub(crate) use tests;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, trials(Err("not started"))).exit_code();
    }
    let mut daemon = runtime().block_on(prepare());
    if let Err(reason) = &daemon {
        println!("skipped: no engine can run here: {reason}");
        if std::env::var("CI").is_ok_and(|value| value == "true") {
            println!("error: under CI=true that is a failure");
            return ExitCode::FAILURE;
        }
    }
    let address = daemon.as_ref().map(|daemon| daemon.address.clone());
    let ended = libtest_mimic::run(
        &arguments,
        trials(address.as_deref().map_err(|reason| reason.as_str())),
    );
    if let Ok(daemon) = &mut daemon {
        runtime().block_on(daemon.end());
    }
    ended.exit_code()
}

async fn prepare() -> Result<Daemon, String> {
    let daemon = Daemon::find_or_start().await?;
    let engine = Engine::at(&daemon.address, Limits::default()).await;
    support::make_image(&engine.map_err(|error| error.to_string())?).await?;
    Ok(daemon)
}

fn trials(address: Result<&str, &str>) -> Vec<Trial> {
    [engine::TESTS, lifecycle::TESTS, failures::TESTS]
        .concat()
        .into_iter()
        .map(|(name, test): Test| {
            let own = address.map(str::to_owned).unwrap_or_default();
            Trial::test(name, move || run(&own, test)).with_ignored_flag(address.is_err())
        })
        .collect()
}

fn run(address: &str, test: fn(Engine) -> Pin<Box<dyn Future<Output = ()>>>) -> Result<(), Failed> {
    runtime().block_on(async {
        let engine = Engine::at(address, Limits::default()).await?;
        tokio::time::timeout(LIMIT, test(engine))
            .await
            .map_err(|_| Failed::from(format!("still running after {} s", LIMIT.as_secs())))
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime starts")
}
