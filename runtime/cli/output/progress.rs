//! Progress on stderr: bars on a terminal, one plain line an item elsewhere.
//!
//! In: items that begin, advance and end, on any thread. Out: what is drawn. Side effects: one thread while
//! there are items and a terminal; only that thread draws.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{BARS, Paint};
use crate::progress::{NoProgress, Progress, ProgressItem};

/// Work that takes less shows no bar.
const DELAY: Duration = Duration::from_millis(120);

/// How often bars are drawn.
const TICK: Duration = Duration::from_millis(60);

/// How many bars there are at once; further items are counted.
const MAX_BARS: usize = 8;

/// Whether drawing has to wait, because a question is on the screen.
static IS_PAUSED: AtomicBool = AtomicBool::new(false);

/// Clears the bars and draws none until [`resume_progress`], e.g. while a permission is asked for.
pub fn pause_progress() {
    IS_PAUSED.store(true, Ordering::SeqCst);
    if let Some(bars) = BARS.get() {
        // Where clearing fails, there is no terminal to keep clean.
        let _ = bars.clear();
    }
}

/// Ends [`pause_progress`].
pub fn resume_progress() {
    IS_PAUSED.store(false, Ordering::SeqCst);
}

/// Progress as the user of the command line sees it.
pub struct TerminalProgress {
    mode: Mode,
}

enum Mode {
    Quiet,
    Lines(Paint),
    Bars(Arc<Board>),
}

impl TerminalProgress {
    /// Bars if stderr is a terminal, else lines; nothing if `is_quiet`.
    pub fn new(is_quiet: bool, paint: Paint) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let mode = if is_quiet {
            Mode::Quiet
        } else if io::stderr().is_terminal() && !is_dumb {
            Mode::Bars(Arc::new(Board::new(paint)))
        } else {
            Mode::Lines(paint)
        };
        Self { mode }
    }
}

impl Progress for TerminalProgress {
    fn begin(&self, label: &str, total: Option<u64>) -> Box<dyn ProgressItem> {
        match &self.mode {
            Mode::Quiet => Box::new(NoProgress),
            Mode::Lines(paint) => {
                super::stderr(&plain_line(label, *paint));
                Box::new(NoProgress)
            }
            Mode::Bars(board) => Box::new(board.begin(label, total)),
        }
    }
}

/// `Fetch github:owner/repo@v1`; a label of several words is a phrase of its own.
fn plain_line(label: &str, paint: Paint) -> String {
    match label.split_once(' ') {
        Some((verb, rest)) => format!("{} {rest}\n", paint.good(verb)),
        None => format!("{} {label}\n", paint.good("Fetch")),
    }
}

/// All items that are under way.
struct Board {
    paint: Paint,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    items: Vec<Arc<Item>>,
    /// Items that ended since there was none under way.
    ended: u64,
    summary: Option<ProgressBar>,
    is_drawing: bool,
}

struct Item {
    label: String,
    started: Instant,
    done: AtomicU64,
    /// 0 where it is not known.
    total: AtomicU64,
    message: Mutex<String>,
    bar: OnceLock<ProgressBar>,
}

/// Ends its item when dropped.
struct Handle {
    item: Arc<Item>,
    board: Arc<Board>,
}

impl ProgressItem for Handle {
    fn advance(&self, delta: u64) {
        self.item.done.fetch_add(delta, Ordering::Relaxed);
    }

    fn set_total(&self, total: u64) {
        self.item.total.store(total, Ordering::Relaxed);
    }

    fn message(&self, text: &str) {
        text.clone_into(&mut locked(&self.item.message));
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut state = locked(&self.board.state);
        state.items.retain(|item| !Arc::ptr_eq(item, &self.item));
        state.ended += 1;
        if let Some(bar) = self.item.bar.get() {
            bar.finish_and_clear();
            bars().remove(bar);
        }
        if state.items.is_empty() {
            state.end();
        }
    }
}

impl State {
    fn end(&mut self) {
        self.ended = 0;
        if let Some(summary) = self.summary.take() {
            summary.finish_and_clear();
            bars().remove(&summary);
        }
    }
}

impl Board {
    fn new(paint: Paint) -> Self {
        Self {
            paint,
            state: Mutex::default(),
        }
    }

    fn begin(self: &Arc<Self>, label: &str, total: Option<u64>) -> Handle {
        let item = Arc::new(Item {
            label: label.to_owned(),
            started: Instant::now(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(total.unwrap_or(0)),
            message: Mutex::default(),
            bar: OnceLock::new(),
        });
        let mut state = locked(&self.state);
        state.items.push(Arc::clone(&item));
        if !state.is_drawing {
            let board = Arc::clone(self);
            let thread = std::thread::Builder::new().name("progress".to_owned());
            state.is_drawing = thread.spawn(move || board.draw_until_idle()).is_ok();
        }
        Handle {
            item,
            board: Arc::clone(self),
        }
    }

    fn draw_until_idle(&self) {
        loop {
            std::thread::sleep(TICK);
            let mut state = locked(&self.state);
            if state.items.is_empty() {
                state.is_drawing = false;
                return;
            }
            if !IS_PAUSED.load(Ordering::SeqCst) {
                self.draw(&mut state);
            }
        }
    }

    fn draw(&self, state: &mut State) {
        let (old, young): (Vec<_>, Vec<_>) = state
            .items
            .iter()
            .partition(|item| item.started.elapsed() >= DELAY);
        let mut free =
            MAX_BARS.saturating_sub(old.iter().filter(|item| item.bar.get().is_some()).count());
        let mut hidden = young.len();
        for item in old {
            if item.bar.get().is_none() {
                if free == 0 {
                    hidden += 1;
                    continue;
                }
                free -= 1;
            }
            self.draw_item(item, state.summary.as_ref());
        }
        self.draw_summary(state, hidden);
    }

    fn draw_item(&self, item: &Item, summary: Option<&ProgressBar>) {
        let bar = item.bar.get_or_init(|| {
            let bar = ProgressBar::no_length().with_prefix(item.label.clone());
            match summary {
                Some(summary) => bars().insert_before(summary, bar),
                None => bars().add(bar),
            }
        });
        let total = item.total.load(Ordering::Relaxed);
        let done = item.done.load(Ordering::Relaxed);
        if total > 0 && bar.length() != Some(total) {
            bar.set_length(total);
        }
        bar.set_style(self.style(total > 0, done > 0));
        bar.set_message(locked(&item.message).clone());
        bar.set_position(done);
        bar.tick();
    }

    /// `3 of 12 done`, as soon as there is more than one item and one is shown.
    fn draw_summary(&self, state: &mut State, hidden: usize) {
        let all = state.ended + state.items.len() as u64;
        if all < 2 || hidden == state.items.len() {
            return;
        }
        let summary = state.summary.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("  {msg}").expect("the template is valid");
            bars().add(ProgressBar::no_length().with_style(style))
        });
        let text = format!("{} of {all} done", state.ended);
        summary.set_message(self.paint.dim(&text));
        summary.tick();
    }

    fn style(&self, has_total: bool, has_bytes: bool) -> ProgressStyle {
        let spinner = if self.paint.is_coloured() {
            "{spinner:.green}"
        } else {
            "{spinner}"
        };
        let rest = match (has_total, has_bytes) {
            (true, _) => "{prefix} [{bar:20}] {bytes}/{total_bytes} {msg}",
            (false, true) => "{prefix} {bytes} {msg}",
            (false, false) => "{prefix} {msg}",
        };
        ProgressStyle::with_template(&format!("{spinner} {rest}"))
            .expect("the template is valid")
            .progress_chars("=> ")
    }
}

fn bars() -> &'static MultiProgress {
    BARS.get_or_init(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(20)))
}

/// Progress goes on after a panic elsewhere: its state is never half-changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_name_the_item() {
        assert_eq!(
            plain_line("github:o/r@v1", Paint::plain()),
            "Fetch github:o/r@v1\n"
        );
        assert_eq!(
            plain_line("Install 3 packages", Paint::plain()),
            "Install 3 packages\n"
        );
    }

    #[test]
    fn the_drawing_thread_ends_with_the_last_item() {
        let board = Arc::new(Board::new(Paint::plain()));
        let one = board.begin("one", Some(10));
        let two = board.begin("two", None);
        one.advance(5);
        two.message("unpacking");
        assert!(locked(&board.state).is_drawing);
        drop((one, two));
        let deadline = Instant::now() + Duration::from_secs(5);
        while locked(&board.state).is_drawing && Instant::now() < deadline {
            std::thread::sleep(TICK);
        }
        assert!(!locked(&board.state).is_drawing);
        assert_eq!(locked(&board.state).ended, 0);
    }
}
