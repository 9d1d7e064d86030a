//! The spec harness: every `tests/specs/<area>/<case>/spec.json` becomes the test `<area>::<case>`.
//!
//! In: the folder of specs and the binary. Out: a libtest-compatible test program, so that cargo test and
//! cargo-nextest list, filter and run the cases one by one. `tests/README.md` describes the declaration.

mod declaration;
mod folder;
mod judge;
mod run;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};

pub use declaration::Spec;

/// Lists and runs the specs below `roots`, each with what precedes the names of its cases, as the command line asks;
/// returns when all are done.
pub fn main(roots: &[(&str, PathBuf)], binary: &Path) -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let binary = std::env::var_os("PRIZM_BIN").map_or_else(|| binary.to_owned(), PathBuf::from);
    let mut trials = Vec::new();
    for (area, root) in roots {
        let cases = cases(root).into_iter();
        trials.extend(cases.map(|case| trial(area, root, case, &binary)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Every folder with a spec.json; names starting with `_` hold shared files.
fn cases(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        if folder.join("spec.json").is_file() {
            found.push(folder);
            continue;
        }
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let is_shared = entry.file_name().to_string_lossy().starts_with('_');
            if !is_shared && entry.path().is_dir() {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

fn trial(area: &str, root: &Path, case: PathBuf, binary: &Path) -> Trial {
    let below = case.strip_prefix(root).expect("found below the root");
    let name = Path::new(area)
        .join(below)
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("::");
    let spec = Spec::read(&case);
    let is_skipped = spec.as_ref().is_ok_and(|spec| spec.live) && !is_live();
    let binary = binary.to_owned();
    Trial::test(name, move || {
        let spec = spec?;
        let about = spec.about.clone();
        run::run(&case, spec, &binary)
            .map_err(|failure| format!("{}\n({about})\n{failure}", case.display()).into())
    })
    .with_ignored_flag(is_skipped)
}

fn is_live() -> bool {
    std::env::var_os("PRIZM_LIVE_TESTS").is_some_and(|value| value == "1")
}
