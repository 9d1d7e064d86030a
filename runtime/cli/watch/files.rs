//! Tells when a file that the program depends on has changed.
//!
//! In: paths, events of the file system. Out: "something changed", once things are quiet again.
//! Side effects: the system's watches, on folders: editors replace files rather than write into them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::watched::Watched;
use crate::options::Watch;

/// Several changes within this time are one.
const QUIET: Duration = Duration::from_millis(100);

pub(super) struct Files {
    cache_root: PathBuf,
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<notify::Event>,
    folders: HashMap<PathBuf, RecursiveMode>,
    /// Those of this run, and those of the run before: a run that fails early does not get to name them all.
    now: Watched,
    before: Watched,
    last_change: Option<Instant>,
}

impl Files {
    /// `cache_root`: what happens there is no change.
    pub(super) fn new(cache_root: &Path) -> notify::Result<Files> {
        let (send, events) = mpsc::unbounded_channel();
        let watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
                // Nobody listens any more at the end.
                Ok(event) => drop(send.send(event)),
                Err(error) => log::warn!("watching: {error}"),
            })?;
        Ok(Files {
            cache_root: std::fs::canonicalize(cache_root)
                .unwrap_or_else(|_| cache_root.to_path_buf()),
            watcher,
            events,
            folders: HashMap::new(),
            now: Watched::default(),
            before: Watched::default(),
            last_change: None,
        })
    }

    /// Forgets what has changed up to now, and starts anew with what is known before the script runs.
    pub(super) fn begin_run(&mut self, watch: &Watch, script: Option<&Path>) {
        self.before = std::mem::take(&mut self.now);
        // Folders that were removed and made again need new watches.
        for folder in std::mem::take(&mut self.folders).into_keys() {
            // It fails where the folder is gone.
            let _ = self.watcher.unwatch(&folder);
        }
        for folder in self.before.folders() {
            self.watch(folder, RecursiveMode::NonRecursive);
        }
        watch
            .settings
            .iter()
            .map(PathBuf::as_path)
            .chain(script)
            .for_each(|path| self.add(path));
        for path in &watch.paths {
            match path.is_dir() {
                true => self.add_tree(path),
                false => self.add(path),
            }
        }
        while self.events.try_recv().is_ok() {}
        self.last_change = None;
    }

    /// Watches one file, which may not exist.
    pub(super) fn add(&mut self, path: &Path) {
        for folder in self.now.add(path) {
            self.watch(folder, RecursiveMode::NonRecursive);
        }
    }

    fn add_tree(&mut self, path: &Path) {
        let folder = self.now.add_tree(path, &self.cache_root);
        self.watch(folder, RecursiveMode::Recursive);
    }

    fn watch(&mut self, folder: PathBuf, mode: RecursiveMode) {
        let known = self.folders.get(&folder);
        if known == Some(&mode) || known == Some(&RecursiveMode::Recursive) {
            return;
        }
        if let Err(error) = self.watcher.watch(&folder, mode) {
            log::warn!("{} cannot be watched: {error}", folder.display());
        }
        self.folders.insert(folder, mode);
    }

    /// Returns once something has changed and no more changes come. What has changed is not lost when this is
    /// dropped halfway.
    pub(super) async fn changed(&mut self) {
        loop {
            let event = match self.last_change {
                None => self.events.recv().await,
                Some(last) => match tokio::time::timeout_at(last + QUIET, self.events.recv()).await
                {
                    Ok(event) => event,
                    Err(_) => return,
                },
            };
            // The watcher lives as long as its channel.
            let Some(event) = event else {
                return std::future::pending().await;
            };
            if self.concerns(&event) {
                log::debug!("changed: {:?}", event.paths);
                self.last_change = Some(Instant::now());
            }
        }
    }

    fn concerns(&self, event: &notify::Event) -> bool {
        let is_change = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Any
        );
        let is_ours = |path: &PathBuf| self.now.concerns(path) || self.before.concerns(path);
        is_change && (event.need_rescan() || event.paths.iter().any(is_ours))
    }
}
