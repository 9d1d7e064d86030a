//! One run under supervision: a process with the supervisor's own command line.
//!
//! In: the settled options. Out: the files it depends on, how it ended. Side effects: the process, and those that it
//! leaves behind when it is stopped.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use sys_traits::SystemRandom;
use sys_traits::impls::RealSys;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot};

use super::link::{MOST_PATIENCE, SUPERVISOR};
use super::offspring;
use crate::options::Options;

/// What a child gets beyond its own patience, before it is killed.
const MARGIN: Duration = Duration::from_millis(500);

pub(super) enum News {
    /// A file that the child depends on.
    File(PathBuf),
    Ended(ExitStatus),
}

pub(super) struct Child {
    process: tokio::process::Child,
    files: mpsc::UnboundedReceiver<PathBuf>,
    /// Brings `orders`, once the child has come.
    come: oneshot::Receiver<OwnedWriteHalf>,
    /// Kept open: its end is an order, too.
    orders: Option<OwnedWriteHalf>,
    has_ended: bool,
}

impl Child {
    pub(super) async fn start(options: &Options) -> std::io::Result<Child> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let token = format!(
            "{:016x}{:016x}",
            RealSys.sys_random_u64()?,
            RealSys.sys_random_u64()?
        );
        let port = listener.local_addr()?.port();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(std::env::args_os().skip(1)).kill_on_drop(true);
        // The child reads the env files itself, and would take what is set already for more important.
        options.env.iter().for_each(|(name, _)| {
            command.env_remove(name);
        });
        command.env(SUPERVISOR, format!("{port}:{token}"));
        let process = command.spawn()?;
        let (tell, files) = mpsc::unbounded_channel();
        let (has_come, come) = oneshot::channel();
        tokio::spawn(converse(listener, token, tell, has_come));
        Ok(Child {
            process,
            files,
            come,
            orders: None,
            has_ended: false,
        })
    }

    /// Waits for what happens next in the child; for ever, once nothing more can.
    ///
    /// # Errors
    /// The system cannot tell how the process ended.
    pub(super) async fn news(&mut self) -> std::io::Result<News> {
        tokio::select! {
            biased;
            Some(path) = self.files.recv() => Ok(News::File(path)),
            status = self.process.wait(), if !self.has_ended => {
                self.has_ended = true;
                status.map(News::Ended)
            }
            else => std::future::pending().await,
        }
    }

    /// Ends the child as `signal` would, and whatever processes it leaves behind in its own group.
    pub(super) async fn stop(&mut self, signal: i32) {
        let offspring = self.process.id().map(offspring::of).unwrap_or_default();
        if self.process.id().is_some() {
            let is_told = self.order(signal).await.is_some();
            let patience = MOST_PATIENCE + MARGIN;
            let is_gone = is_told
                && tokio::time::timeout(patience, self.process.wait())
                    .await
                    .is_ok();
            if !is_gone {
                self.kill().await;
            }
        }
        offspring::end(offspring).await;
    }

    /// Ends the child at once.
    pub(super) async fn kill(&mut self) {
        // It fails where the child has ended already.
        let _ = self.process.kill().await;
    }

    async fn order(&mut self, signal: i32) -> Option<()> {
        let writer = self.orders.insert(self.come.try_recv().ok()?);
        writer
            .write_all(format!("{signal}\n").as_bytes())
            .await
            .ok()
    }
}

/// Waits for the one that knows `token`, and passes on what it tells.
async fn converse(
    listener: TcpListener,
    token: String,
    tell: mpsc::UnboundedSender<PathBuf>,
    has_come: oneshot::Sender<OwnedWriteHalf>,
) {
    let Some((mut lines, writer)) = accept(&listener, &token).await else {
        return;
    };
    // The supervisor may have given up on this child.
    let _ = has_come.send(writer);
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(path) = serde_json::from_str::<PathBuf>(&line)
            && tell.send(path).is_err()
        {
            return;
        }
    }
}

async fn accept(
    listener: &TcpListener,
    token: &str,
) -> Option<(Lines<BufReader<OwnedReadHalf>>, OwnedWriteHalf)> {
    loop {
        let (stream, _): (TcpStream, _) = listener.accept().await.ok()?;
        let (reader, writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        if lines.next_line().await.ok().flatten().as_deref() == Some(token) {
            return Some((lines, writer));
        }
    }
}
