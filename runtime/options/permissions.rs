//! Permissions of the script: flags and `prizm.json` together.
//!
//! In: `--allow-*`, `--deny-*`, `--ignore-*` and the `permissions` of the project file. Out:
//! [`PermissionsOptions`], the form in which `deno_permissions` takes them. Side effects: none.
//!
//! There, `None` is "nothing" and an empty list is "everything".

use std::path::Path;

use deno_runtime::deno_permissions::{NetDescriptor, PermissionsOptions, SysDescriptor};
use url::Url;

use super::OptionsError;
use super::values::split_list;
use crate::cli::flags::PermissionFlags;
use crate::config::{Access, PermissionConfig, ProjectConfig};

/// Hosts that modules may be imported from where nothing else is said, as in Deno.
const IMPORT_HOSTS: [&str; 7] = [
    "deno.land:443",
    "jsr.io:443",
    "esm.sh:443",
    "raw.esm.sh:443",
    "cdn.jsdelivr.net:443",
    "raw.githubusercontent.com:443",
    "gist.githubusercontent.com:443",
];

/// Settles what the script may do.
///
/// `--allow-x` and `--allow-all` take the place of everything `config` says about x; `--deny-x` and
/// `--ignore-x` add to it. `main`: the script's URL where it is a remote one; its host may be imported from.
pub(super) fn settle(
    flags: &PermissionFlags,
    config: Option<&ProjectConfig>,
    main: Option<&Url>,
    prompt: bool,
) -> Result<PermissionsOptions, OptionsError> {
    let none = PermissionConfig::default();
    let said = config.map(|config| &config.permissions);
    let all_by_config = said.is_some_and(|said| said.all);
    let file = config.map_or(Path::new(""), |config| &config.path);
    let merge = |name: &'static str,
                 item: Item,
                 flags_of: [&Option<Vec<String>>; 3],
                 said: &PermissionConfig| {
        let kind = Kind {
            name,
            item,
            file,
            allows_all: flags.allow_all,
            all_by_config,
        };
        kind.merge(flags_of, said)
    };
    let of =
        |pick: fn(&crate::config::PermissionsConfig) -> &PermissionConfig| said.map_or(&none, pick);

    let no = &None;
    let read = merge(
        "read",
        Item::Path,
        [&flags.allow_read, &flags.deny_read, &flags.ignore_read],
        of(|p| &p.read),
    )?;
    let write = merge(
        "write",
        Item::Path,
        [&flags.allow_write, &flags.deny_write, no],
        of(|p| &p.write),
    )?;
    let net = merge(
        "net",
        Item::Host,
        [&flags.allow_net, &flags.deny_net, no],
        of(|p| &p.net),
    )?;
    let env = merge(
        "env",
        Item::Variable,
        [&flags.allow_env, &flags.deny_env, &flags.ignore_env],
        of(|p| &p.env),
    )?;
    let run = merge(
        "run",
        Item::Program,
        [&flags.allow_run, &flags.deny_run, no],
        of(|p| &p.run),
    )?;
    let sys = merge(
        "sys",
        Item::Kind,
        [&flags.allow_sys, &flags.deny_sys, no],
        of(|p| &p.sys),
    )?;
    let ffi = merge(
        "ffi",
        Item::Path,
        [&flags.allow_ffi, &flags.deny_ffi, no],
        of(|p| &p.ffi),
    )?;
    let import_said = of(|p| &p.import);
    let mut import = merge(
        "import",
        Item::Host,
        [&flags.allow_import, &flags.deny_import, no],
        import_said,
    )?;
    if import.allow.is_none() && import_said.allow.is_none() {
        import.allow = Some(import_hosts(main));
    }
    Ok(PermissionsOptions {
        allow_read: read.allow,
        deny_read: read.deny,
        ignore_read: read.ignore,
        allow_write: write.allow,
        deny_write: write.deny,
        allow_net: net.allow,
        deny_net: net.deny,
        allow_env: env.allow,
        deny_env: env.deny,
        ignore_env: env.ignore,
        allow_run: run.allow,
        deny_run: run.deny,
        allow_sys: sys.allow,
        deny_sys: sys.deny,
        allow_ffi: ffi.allow,
        deny_ffi: ffi.deny,
        allow_import: import.allow,
        deny_import: import.deny,
        prompt,
    })
}

fn import_hosts(main: Option<&Url>) -> Vec<String> {
    let own = main.and_then(|url| {
        Some(format!(
            "{}:{}",
            url.host_str()?,
            url.port_or_known_default()?
        ))
    });
    let hosts = IMPORT_HOSTS.iter().map(|host| (*host).to_owned());
    hosts.chain(own).collect()
}

/// What the entries of a permission's list are.
#[derive(Clone, Copy)]
enum Item {
    Path,
    Host,
    Variable,
    Program,
    Kind,
}

/// The three lists of one permission.
struct Lists {
    allow: Option<Vec<String>>,
    deny: Option<Vec<String>>,
    ignore: Option<Vec<String>>,
}

/// One permission and what is said about all of them.
struct Kind<'a> {
    name: &'static str,
    item: Item,
    /// The project file.
    file: &'a Path,
    allows_all: bool,
    all_by_config: bool,
}

impl Kind<'_> {
    fn merge(
        &self,
        flags: [&Option<Vec<String>>; 3],
        said: &PermissionConfig,
    ) -> Result<Lists, OptionsError> {
        let [allow, deny, ignore] = flags;
        let is_replaced = self.allows_all || allow.is_some();
        let mut lists = Lists {
            allow: self.of_flag("allow", allow)?,
            deny: self.of_flag("deny", deny)?,
            ignore: self.of_flag("ignore", ignore)?,
        };
        if self.allows_all {
            lists.allow = Some(Vec::new());
        }
        if !is_replaced {
            lists.allow = self.of_config(said.allow.as_ref().unwrap_or(&Access::Nothing))?;
            if self.all_by_config && said.allow.is_none() {
                lists.allow = Some(Vec::new());
            }
            lists.deny = union(lists.deny, self.of_config(&said.deny)?);
            lists.ignore = union(lists.ignore, self.of_config(&said.ignore)?);
        }
        Ok(lists)
    }

    fn of_flag(
        &self,
        verb: &str,
        flag: &Option<Vec<String>>,
    ) -> Result<Option<Vec<String>>, OptionsError> {
        let origin = format!("--{verb}-{}", self.name);
        let Some(texts) = flag else { return Ok(None) };
        let mut list = Vec::new();
        for item in split_list(&origin, texts)? {
            self.push(&mut list, item, &origin)?;
        }
        Ok(Some(list))
    }

    fn of_config(&self, access: &Access) -> Result<Option<Vec<String>>, OptionsError> {
        let items = match access {
            Access::Nothing => return Ok(None),
            Access::Everything => return Ok(Some(Vec::new())),
            Access::Some(items) => items,
        };
        let origin = format!("permissions.{}", self.name);
        let mut list = Vec::new();
        for item in items {
            self.push(&mut list, self.beside_config(item), &origin)
                .map_err(|error| error.in_file(self.file))?;
        }
        Ok(Some(list))
    }

    /// Paths in the project file are relative to it, not to the current folder.
    fn beside_config(&self, item: &str) -> String {
        let is_path = match self.item {
            Item::Path => true,
            Item::Program => item.contains('/') || item.contains(std::path::MAIN_SEPARATOR),
            _ => false,
        };
        if is_path {
            self.file
                .with_file_name(item)
                .to_string_lossy()
                .into_owned()
        } else {
            item.to_owned()
        }
    }

    /// Adds `item` once it is known to be well-formed.
    fn push(&self, list: &mut Vec<String>, item: String, origin: &str) -> Result<(), OptionsError> {
        let bad = |reason: String| OptionsError::Permission {
            origin: origin.to_owned(),
            file: None,
            value: item.clone(),
            reason,
        };
        match self.item {
            Item::Host => {
                // A bare port stands for this machine's own addresses, as in Deno.
                if let Some(port) = item
                    .strip_prefix(':')
                    .and_then(|port| port.parse::<u16>().ok())
                {
                    let own = ["0.0.0.0", "127.0.0.1", "localhost"];
                    list.extend(own.iter().map(|host| format!("{host}:{port}")));
                    return Ok(());
                }
                NetDescriptor::parse_for_list(&item).map_err(|error| bad(error.to_string()))?;
            }
            Item::Kind => {
                SysDescriptor::parse(item.clone()).map_err(|error| bad(error.to_string()))?;
            }
            Item::Variable if item.contains(['=', '\0']) => {
                return Err(bad("a variable's name holds no `=`".to_owned()));
            }
            Item::Variable | Item::Path | Item::Program => {}
        }
        list.push(item);
        Ok(())
    }
}

/// Both lists together, where an empty one is everything.
fn union(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    match (one, other) {
        (Some(one), Some(other)) if one.is_empty() || other.is_empty() => Some(Vec::new()),
        (Some(one), Some(other)) => Some([one, other].concat()),
        (one, other) => one.or(other),
    }
}
