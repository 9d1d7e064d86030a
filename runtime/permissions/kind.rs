//! The nine permissions a provider can ask for, and their names.
//!
//! In: names as manifests, policies and flags write them. Out: [`Kind`]. Side effects: none.

use std::fmt;

/// Similarity from which an unknown name counts as mistyped.
const SIMILAR: f64 = 0.5;

/// One permission. The order is the one in which requests list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hosts to talk to.
    Net,
    /// Environment variables.
    Env,
    /// Files and folders to read.
    Read,
    /// Files and folders to write.
    Write,
    /// Programs to start.
    Run,
    /// Docker services.
    Docker,
    /// Native libraries and addons.
    Ffi,
    /// Kinds of system information.
    Sys,
    /// The media tools of `Prizm.media`.
    Media,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Net,
        Kind::Env,
        Kind::Read,
        Kind::Write,
        Kind::Run,
        Kind::Docker,
        Kind::Ffi,
        Kind::Sys,
        Kind::Media,
    ];

    /// Its name in manifests, policies and flags: `net`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Net => "net",
            Kind::Env => "env",
            Kind::Read => "read",
            Kind::Write => "write",
            Kind::Run => "run",
            Kind::Docker => "docker",
            Kind::Ffi => "ffi",
            Kind::Sys => "sys",
            Kind::Media => "media",
        }
    }

    /// The permission of that name.
    pub fn of_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a value of it may be, in words.
    pub fn expected(self) -> &'static str {
        match self {
            Kind::Net => "true, false or a list of hosts such as \"api.example.com:443\"",
            Kind::Env => "true, false or a list of names such as \"API_KEY\" and \"AWS_*\"",
            Kind::Read | Kind::Write => {
                "true, false or a list of paths such as \"$CACHE\" and \"./models\""
            }
            Kind::Run => "true, false or a list of programs such as \"ffmpeg\"",
            Kind::Docker => "true, false or a list of service names",
            Kind::Ffi => "true, false or a list of paths of libraries",
            Kind::Sys => "true, false or a list of kinds such as \"hostname\" and \"cpus\"",
            Kind::Media => "true or false",
        }
    }

    /// Names of permissions that look like `name`, or that others call so; the best one first.
    pub fn near(name: &str) -> Vec<&'static str> {
        let of_others = near(name, OTHER_NAMES.map(|(other, _)| other)).into_iter();
        let of_others = of_others.filter_map(|found| {
            let pair = OTHER_NAMES.iter().find(|(other, _)| *other == found)?;
            Some(pair.1.name())
        });
        let mut found = near(name, Kind::ALL.map(Kind::name));
        found.extend(of_others);
        found.dedup();
        found
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What the permissions are called elsewhere.
const OTHER_NAMES: [(&str, Kind); 14] = [
    ("network", Kind::Net),
    ("hosts", Kind::Net),
    ("http", Kind::Net),
    ("fetch", Kind::Net),
    ("environment", Kind::Env),
    ("fs", Kind::Read),
    ("files", Kind::Read),
    ("exec", Kind::Run),
    ("spawn", Kind::Run),
    ("subprocess", Kind::Run),
    ("child_process", Kind::Run),
    ("containers", Kind::Docker),
    ("addons", Kind::Ffi),
    ("napi", Kind::Ffi),
];

/// Those of `candidates` that look like `name`, best first.
pub(super) fn near<const N: usize>(name: &str, candidates: [&'static str; N]) -> Vec<&'static str> {
    let likeness = |other: &str| {
        strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase())
    };
    let mut found: Vec<(f64, &'static str)> = candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    found.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_names_have_near_ones() {
        assert_eq!(Kind::near("nett"), ["net"]);
        assert_eq!(Kind::near("Netwrok"), ["net"]);
        assert_eq!(Kind::near("dcoker")[0], "docker");
        assert_eq!(Kind::near("exec")[0], "run");
        assert!(Kind::near("teleport").is_empty());
    }

    #[test]
    fn names_lead_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::of_name("Net"), None);
    }
}
