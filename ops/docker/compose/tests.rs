//! Whole projects, from files to model.

use super::*;

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
    load_files(&[("compose.yml", text)])
        .unwrap_or_else(|error| panic!("{error}"))
        .project
}

#[test]
fn a_typical_file() {
    let project = project(
        "services:\n  web:\n    image: nginx:${TAG:-1.27}\n    ports: ['8080:80']\n    depends_on: [db]\n    environment: [A=1, B]\n    volumes: ['./data:/data:ro', 'cache:/cache']\n  db:\n    image: postgres\nvolumes: {cache: }\n",
    );
    let web = &project.services["web"];
    assert_eq!(web.image.as_deref(), Some("nginx:1.27"));
    println!("{}", project.to_yaml());
    assert_eq!(project.start_order(), [["db"], ["web"]]);
}
