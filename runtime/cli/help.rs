//! The texts of `--help` that are not the description of one flag: headings, examples, environment.
//!
//! In: nothing. Out: constants for `args.rs` and `flags.rs`. Side effects: none.

pub const ARGUMENTS: &str = "Arguments";
pub const PERMISSIONS: &str = "Permissions";
pub const SOURCES: &str = "Sources, cache and lockfile";
pub const ISOLATES: &str = "Isolates of providers";
pub const PROJECT: &str = "Project";
pub const RUNTIME: &str = "Runtime";
pub const DEBUGGING: &str = "Debugging";
pub const OUTPUT: &str = "Output";

pub const ABOUT: &str =
    "Runs TypeScript, and loads AI and media providers from github:, npm: and file:";

pub const AFTER: &str = "\
Examples:
  prizm script.ts                     Run a script; `prizm run script.ts` is the same
  prizm -A script.ts --size 512       Allow everything; `--size 512` belongs to the script
  prizm run github:owner/repo@v1      Run the entry point of a repository
  prizm cache add npm:zod@3           Fetch ahead, to run with `--offline` later
  prizm types > prizm.d.ts            Types of the module `prizm`, for an editor

`prizm run --help` lists all flags of a run and the environment variables.";

pub const TYPES_AFTER: &str = "\
Examples:
  prizm types > prizm.d.ts            Then name the file in tsconfig.json under \"files\"";

pub const POLICY_AFTER: &str = "\
Examples:
  prizm policy grant github:owner/repo@v1
                                      Allow what it declares, in all versions 1.x
  prizm policy grant npm:name@2 --net=api.example.com:443 --env=API_KEY
                                      Allow exactly this, whatever it declares
  prizm policy revoke npm:name@2 --env=API_KEY
  prizm policy diff github:owner/repo@v1.0.0 github:owner/repo@v1.1.0
                                      Show what an update asks for
  prizm policy check github:owner/repo@v1
                                      Show whether it may be loaded, and which policy file says so

Grants stand in prizm.lock, or with --user in the user's own policy file
($XDG_CONFIG_HOME/prizm/policy.json). Both count.";

pub const CACHE_AFTER: &str = "\
Examples:
  prizm cache add github:owner/repo@v1 npm:zod@3
  prizm cache clean js http           Delete compiled output and downloaded modules
  prizm cache prune --days 7          Delete what was not used for a week

The cache is in $PRIZM_HOME, by default the folder `prizm` in the system's cache folder.
Deleting it is always safe.";

pub const PROVIDER_AFTER: &str = "\
Examples:
  prizm run --isolate --trace-permissions=run.jsonl main.ts
                                      Record what providers do, and then:
  prizm provider check --suggest-permissions=run.jsonl
                                      Print the `permissions` that they needed
  prizm provider sign --key ~/.ssh/id_ed25519
                                      Sign the files of this folder; commit `prizm.sig` with them
  prizm provider verify github:owner/repo@v1 --signers allowed_signers
  prizm provider verify github:owner/repo@v1 --github owner
  prizm provider verify npm:name@1 --json";

pub const AUDIT_AFTER: &str = "\
Examples:
  prizm audit                         Vulnerabilities of the npm packages in prizm.lock
  prizm audit --level high --json     For scripts: fails from `high` on
  prizm audit log --since 2h          What was loaded in the last two hours, by whom, with which permissions
  prizm audit log --provider 'github:acme/*'
  prizm audit verify                  Find changed, missing and reordered entries
  prizm audit scan github:owner/repo  Look through a repository without running it

Exit codes: 0 if all is well; 1 for advisories at or above the level, for a log that is not as it was
written, for something fatal in a scan, and for errors; 2 for a command line that makes no sense.";

macro_rules! run_examples {
    () => {
        "\
Examples:
  prizm run script.ts                 Nothing is granted: a terminal is asked, elsewhere it fails
  prizm run -A script.ts --size 512   Everything is granted; `--size 512` belongs to the script
  prizm run -R=. -N=api.example.com main.ts
                                      Read below this folder, talk to one host
  prizm run --env-file script.ts      Take variables from .env
  prizm run --watch script.ts         Start anew when a file changes
  prizm run --frozen --offline main.ts
                                      Run exactly what prizm.lock names, without the network
  echo 'console.log(1)' | prizm run - Run what stdin holds
"
    };
}

pub const RUN_AFTER: &str = concat!(
    run_examples!(),
    "
`prizm run --help` says more on each flag and lists the environment variables."
);

pub const RUN_AFTER_LONG: &str = concat!(
    run_examples!(),
    "
Lists are separated by commas; a comma that belongs to a name is doubled (`,,`).

Environment variables:
  PRIZM_HOME              Folder of the cache [default: $XDG_CACHE_HOME/prizm or ~/.cache/prizm]
  PRIZM_AUDIT_LOG         File of the log of dynamic loads, like --audit-log
  PRIZM_NO_PROMPT         Never ask for permissions, like --no-prompt
  PRIZM_OFFLINE           Never use the network to load code, like --offline
  PRIZM_HTTP_TIMEOUT      Seconds to wait for a server's next bytes [default: 30]
  PRIZM_LOG               Log level, also per part: `debug` or `warn,prizm::http=trace`
  PRIZM_V8_FLAGS          Flags for V8, comma-separated, before those of --v8-flags
  NO_COLOR, FORCE_COLOR   Never, always use colours [default: on a terminal]
  SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS
                          Certificate authorities to trust
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                          Proxies, and hosts that are reached without one
  GITHUB_TOKEN            Token for private repositories on GitHub
  NPM_CONFIG_REGISTRY     npm registry, before the one in .npmrc and prizm.json

Exit codes: the script's own; 1 for an error, 2 for a command line that makes no sense."
);
