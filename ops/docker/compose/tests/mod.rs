//! Whole projects, from files to model: what the differential test cannot ask docker-compose 1.29.

mod faults;
mod files;
mod keys;

use super::*;

/// Files in a directory of their own, and the options that load them as the project `demo`.
fn at(files: &[(&str, &str)]) -> (tempfile::TempDir, LoadOptions) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let options = LoadOptions {
        directory: directory.path().to_owned(),
        project_name: Some("demo".to_owned()),
        ..LoadOptions::default()
    };
    (directory, options)
}

fn load_files(files: &[(&str, &str)]) -> Result<Loaded, ComposeError> {
    let (_directory, options) = at(files);
    load(&options)
}

fn project(text: &str) -> Project {
    let loaded = load_files(&[("compose.yml", text)]);
    loaded.unwrap_or_else(|error| panic!("{error}")).project
}

/// A project of one service `a` with the image `a`, and these keys.
fn service(keys: &str) -> Service {
    project(&format!(
        "services:\n  a:\n    image: a\n    {}\n",
        keys.replace('\n', "\n    ")
    ))
    .services["a"]
        .clone()
}

fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).unwrap()
}
