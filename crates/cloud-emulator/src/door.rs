//! A TCP listener that faults can shut or silence, and open again on the same port.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::fault::{Faults, Progress};

/// How a door treats those who come, and those who are already inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    Open,
    /// Connections are refused, present ones reset.
    Shut,
    /// Connections open, but nothing is read or answered.
    Silent,
}

pub(crate) type Rule = Arc<dyn Fn(&Faults) -> Passage + Send + Sync>;

pub(crate) struct Door {
    address: SocketAddr,
    /// Bound but never listening: while the door is shut the port stays ours, and the kernel
    /// refuses connections to it.
    _guard: Socket,
    listener: Option<TcpListener>,
    faults: Faults,
    rule: Rule,
    changes: watch::Receiver<u64>,
    applied: Progress,
}

impl Door {
    /// Opens a door; port 0 takes any free port. Must be called inside a tokio runtime.
    pub(crate) fn bind(address: SocketAddr, faults: &Faults, rule: Rule) -> io::Result<Self> {
        let guard = bound(address)?;
        let address = guard
            .local_addr()?
            .as_socket()
            .ok_or_else(|| io::Error::other("the bound socket has no IP address"))?;
        let listener = Some(listen(address)?);
        let (changes, applied) = (faults.changes(), faults.follower());
        let faults = faults.clone();
        Ok(Self { address, _guard: guard, listener, faults, rule, changes, applied })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection. Waits while the door is shut.
    pub(crate) async fn accept(&mut self) -> Visit {
        loop {
            let version = *self.changes.borrow_and_update();
            let shut = passage(&self.faults, &self.rule) == Passage::Shut;
            if shut {
                self.listener = None;
            } else if self.listener.is_none() {
                self.listener = self.reopened().await;
            }
            if shut || self.listener.is_some() {
                self.applied.reached(version);
            }
            let arrival = arrival(self.listener.as_ref());
            tokio::select! {
                stream = arrival => {
                    return Visit::new(stream, self.faults.clone(), Arc::clone(&self.rule));
                }
                changed = self.changes.changed() => if changed.is_err() {
                    std::future::pending::<()>().await;
                },
            }
        }
    }

    async fn reopened(&self) -> Option<TcpListener> {
        for _ in 0..20 {
            match listen(self.address) {
                Ok(listener) => return Some(listener),
                Err(error) => {
                    tracing::warn!(address = %self.address, %error, "cannot open the port again");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        None
    }
}

/// The next stream; never, where nobody listens.
async fn arrival(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // Out of descriptors, most likely: others must close theirs first.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

impl axum::serve::Listener for Door {
    type Io = Visit;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Visit, SocketAddr) {
        let visit = Door::accept(self).await;
        (visit, self.address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A connection through a door; it notices when the door's state changes.
pub(crate) struct Visit {
    stream: TcpStream,
    visitor: Visitor,
    faults: Faults,
    rule: Rule,
    change: Change,
}

/// Lets a request cut the connection it came through, so that its answer is never sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visitor(Arc<AtomicBool>);

impl Visitor {
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_cut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Connected<IncomingStream<'_, Door>> for Visitor {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().visitor.clone()
    }
}

impl Visit {
    fn new(stream: TcpStream, faults: Faults, rule: Rule) -> Self {
        // Answers are small and latency is what the whole project measures.
        let _ = stream.set_nodelay(true);
        let change = next_change(&faults);
        Self { stream, visitor: Visitor::default(), faults, rule, change }
    }

    /// Ready once bytes may pass; an error once the connection is to end.
    fn poll_passage(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.visitor.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        while self.change.as_mut().poll(cx).is_ready() {
            self.change = next_change(&self.faults);
        }
        match passage(&self.faults, &self.rule) {
            Passage::Open => Poll::Ready(Ok(())),
            Passage::Silent => Poll::Pending,
            Passage::Shut => {
                // No lingering: the peer gets a reset, as from a process that died.
                let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
        }
    }
}

impl AsyncRead for Visit {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_passage(cx))?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Visit {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_passage(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_passage(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn passage(faults: &Faults, rule: &Rule) -> Passage {
    if faults.stopped() { Passage::Shut } else { rule(faults) }
}

type Change = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

fn next_change(faults: &Faults) -> Change {
    let mut changes = faults.changes();
    Box::pin(async move {
        if changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // Linux lets several sockets with this option share a port as long as none of them listens.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = bound(address)?;
    socket.listen(1024)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket.into())
}
