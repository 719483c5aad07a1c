//! How the memory provider can be made to fail.
use cloud_http::Failure;

/// A failure that strikes once, at the next operation it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The next read of zones or RRsets fails.
    Read(Failure),
    /// The next `apply` fails before anything is tried.
    Apply(Failure),
    /// The next change that would be written is refused; nothing changes.
    Refuse(Failure),
    /// The next change is written, but its answer is lost: the outcome is unknown.
    AnswerLost(Failure),
    /// The next change is lost on its way there: nothing changes, and the outcome is unknown.
    RequestLost(Failure),
    /// Of the next change only the values are written, not the TTL, and the outcome is unknown.
    /// Strikes only providers that are atomic in nothing.
    Halved(Failure),
    /// The next `settle` fails.
    Settle(Failure),
}

/// Faults that have not struck yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn take_read(&mut self) -> Option<Failure> {
        self.take(|fault| matches!(fault, Fault::Read(_))).map(Fault::into_failure)
    }

    pub(super) fn take_apply(&mut self) -> Option<Failure> {
        self.take(|fault| matches!(fault, Fault::Apply(_))).map(Fault::into_failure)
    }

    pub(super) fn take_settle(&mut self) -> Option<Failure> {
        self.take(|fault| matches!(fault, Fault::Settle(_))).map(Fault::into_failure)
    }

    /// The fault for the next write; `halves`: whether one RRset can be changed by halves.
    pub(super) fn take_write(&mut self, halves: bool) -> Option<Fault> {
        self.take(|fault| match fault {
            Fault::Refuse(_) | Fault::AnswerLost(_) | Fault::RequestLost(_) => true,
            Fault::Halved(_) => halves,
            Fault::Read(_) | Fault::Apply(_) | Fault::Settle(_) => false,
        })
    }

    fn take(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let index = self.0.iter().position(fits)?;
        Some(self.0.remove(index))
    }
}

impl Fault {
    fn into_failure(self) -> Failure {
        match self {
            Self::Read(failure)
            | Self::Apply(failure)
            | Self::Refuse(failure)
            | Self::AnswerLost(failure)
            | Self::RequestLost(failure)
            | Self::Halved(failure)
            | Self::Settle(failure) => failure,
        }
    }
}
