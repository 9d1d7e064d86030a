//! A clean room for one test: folders, servers and an environment in which nothing of the machine shows.
//!
//! In: nothing, or what a spec declares. Out: the runner of the program under test.
//!
//! ```text
//! <root>/project      the working folder; `[DIR]` in expectations
//! <root>/home         .gitconfig that leads github.com to the loopback server, .npmrc that leads to the registry
//! <root>/prizm-home   PRIZM_HOME; `[CACHE]` in expectations
//! <root>/tmp          TMPDIR
//! <root>/bin          PATH: a shell and a few small tools; no git, no node, no npm
//! <root>/git …        the content of the servers
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::Failure;
use crate::fault::Barriers;
use crate::git::GitSite;
use crate::git::repository::{self, Repository, RepositorySpec};
use crate::npm::NpmSite;
use crate::process::{Output, Running};
use crate::proxy::Proxy;
use crate::server::Server;
use crate::static_files::StaticFiles;
use crate::tls;

/// How long one run may take; generous, since debug builds share few cores.
const PATIENCE: Duration = Duration::from_secs(60);

/// The tools that scripts in tests may start.
const TOOLS: [&str; 12] = [
    "sh", "cat", "echo", "env", "false", "ls", "printf", "pwd", "sleep", "true", "wc", "tr",
];

/// What a test may choose before the room is furnished.
#[derive(Default)]
pub struct Furnishing {
    /// `owner/repo` → its declaration.
    pub repositories: BTreeMap<String, RepositorySpec>,
    /// Where the folders of the repositories are looked up.
    pub folders: PathBuf,
    /// Roots of the npm registry.
    pub packages: Vec<PathBuf>,
    /// The root of the plain web server.
    pub files: Option<PathBuf>,
    /// git and npm are reached over HTTPS.
    pub https: bool,
    /// The program talks to the machine's own npm registry.
    pub live: bool,
}

/// The room. Dropping it stops the servers and removes every file.
pub struct TestContext {
    folder: tempfile::TempDir,
    root: PathBuf,
    binary: PathBuf,
    pub git: Server,
    pub npm: Server,
    pub http: Server,
    /// Leads `github.com` and `registry.npmjs.org` to the servers above, and `plain.test` to the plain one.
    pub proxy: Proxy,
    pub barriers: Arc<Barriers>,
    live: bool,
}

impl TestContext {
    /// An empty room with idle servers.
    ///
    /// # Errors
    /// The temporary folder or the ports cannot be had.
    pub fn new(binary: &Path) -> Result<TestContext, Failure> {
        TestContext::furnished(binary, Furnishing::default())
    }

    /// A room with repositories, packages and files on its servers.
    ///
    /// # Errors
    /// As [`TestContext::new`], or a repository cannot be built.
    pub fn furnished(binary: &Path, with: Furnishing) -> Result<TestContext, Failure> {
        let folder = tempfile::Builder::new()
            .prefix("prizm-test-")
            .tempdir()
            .map_err(text)?;
        let root = folder.path().canonicalize().map_err(text)?;
        for name in ["project", "home", "tmp", "bin", "git", "files"] {
            std::fs::create_dir(root.join(name)).map_err(text)?;
        }
        link_tools(&root.join("bin"))?;
        let mut tokens = std::collections::HashMap::new();
        for (name, spec) in &with.repositories {
            let git_dir = root.join("git").join(format!("{name}.git"));
            repository::build(&git_dir, spec, |dir| Ok(with.folders.join(dir)))?;
            if let Some(token) = &spec.token {
                tokens.insert(name.clone(), token.clone());
            }
        }
        let barriers = Arc::new(Barriers::default());
        let git = GitSite {
            root: root.join("git"),
            tokens,
        };
        let npm = NpmSite {
            roots: with.packages,
        };
        let http = StaticFiles {
            root: with.files.unwrap_or_else(|| root.join("files")),
        };
        let git = Server::start("git", git, barriers.clone()).map_err(text)?;
        let npm = Server::start("npm", npm, barriers.clone()).map_err(text)?;
        let http = Server::start("http", http, barriers.clone()).map_err(text)?;
        let routes = [
            ("github.com:443", git.https_port()),
            ("registry.npmjs.org:443", npm.https_port()),
            ("plain.test:443", http.https_port()),
        ];
        let routes = routes.map(|(name, port)| (name.to_owned(), port));
        let context = TestContext {
            proxy: Proxy::start(routes.into()).map_err(text)?,
            git,
            npm,
            http,
            barriers,
            binary: binary.to_owned(),
            live: with.live,
            root,
            folder,
        };
        context.write_home(with.https)?;
        Ok(context)
    }

    fn write_home(&self, https: bool) -> Result<(), Failure> {
        let (git, npm) = if https {
            (self.git.https(), self.npm.https())
        } else {
            (self.git.http(), self.npm.http())
        };
        let gitconfig = format!("[url \"{git}/\"]\n\tinsteadOf = https://github.com/\n");
        std::fs::write(self.home().join(".gitconfig"), gitconfig).map_err(text)?;
        std::fs::write(self.root.join("ca.pem"), &tls::authority().pem).map_err(text)?;
        let npmrc = if self.live {
            let home = std::env::var_os("HOME").map(PathBuf::from);
            home.and_then(|home| std::fs::read_to_string(home.join(".npmrc")).ok())
                .unwrap_or_default()
        } else {
            format!("registry={npm}/\n")
        };
        std::fs::write(self.home().join(".npmrc"), npmrc).map_err(text)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn project(&self) -> PathBuf {
        self.root.join("project")
    }

    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    pub fn cache(&self) -> PathBuf {
        self.root.join("prizm-home")
    }

    pub fn temp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The certificate authority's PEM file.
    pub fn authority(&self) -> PathBuf {
        self.root.join("ca.pem")
    }

    /// Writes a file of the project, with its folders.
    ///
    /// # Errors
    /// As of the file system.
    pub fn write(&self, path: &str, content: &str) -> Result<(), Failure> {
        let path = self.project().join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(text)?;
        }
        std::fs::write(path, content).map_err(text)
    }

    /// A repository on the git server, to add commits to.
    pub fn repository(&self, name: &str) -> Repository {
        Repository::open(&self.root.join("git").join(format!("{name}.git")))
    }

    pub fn servers(&self) -> [&Server; 3] {
        [&self.git, &self.npm, &self.http]
    }

    /// The program with the room's environment, ready for arguments.
    pub fn command(&self) -> Command {
        self.command_of(&self.binary)
    }

    /// Another binary with the room's environment.
    pub fn command_of(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command.current_dir(self.project()).env_clear();
        if self.live {
            command.envs(std::env::vars().filter(|(name, _)| is_network_setting(name)));
        }
        command
            .env("HOME", self.home())
            .env("PRIZM_HOME", self.cache())
            .env("TMPDIR", self.temp())
            .env("PATH", self.root.join("bin"))
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1");
        command
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// It does not start, or does not end in time.
    pub fn prizm(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let mut command = self.command();
        command.args(arguments);
        Running::start(command, PATIENCE)?.finish()
    }

    /// Every request to any of the servers so far.
    pub fn requests(&self) -> Vec<String> {
        let logs = self.servers().map(Server::log).into_iter().flatten();
        logs.chain(self.proxy.log()).collect()
    }

    /// Stops all servers: from here on there is no network.
    pub fn shut_down(&mut self) {
        for server in [&mut self.git, &mut self.npm, &mut self.http] {
            server.shut_down();
        }
    }

    /// Leaves the folder on the disk, to look into, and says where it is.
    pub fn keep(mut self) -> PathBuf {
        self.shut_down();
        self.folder.disable_cleanup(true);
        self.root.clone()
    }
}

fn is_network_setting(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("npm_config_")
        || name.ends_with("_proxy")
        || matches!(
            name.as_str(),
            "ssl_cert_file" | "ssl_cert_dir" | "node_extra_ca_certs"
        )
}

fn link_tools(bin: &Path) -> Result<(), Failure> {
    for tool in TOOLS {
        let found = ["/bin", "/usr/bin"]
            .iter()
            .map(|folder| Path::new(folder).join(tool))
            .find(|path| path.exists())
            .ok_or_else(|| format!("no `{tool}` on this machine"))?;
        std::os::unix::fs::symlink(found, bin.join(tool)).map_err(text)?;
    }
    Ok(())
}

fn text(error: std::io::Error) -> Failure {
    error.to_string()
}
