//! How the memory provider can be made to fail.
use cloud_http::Failure;

/// A failure that strikes once, at the next operation it fits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The next read fails.
    Read(Failure),
    /// The next write is refused; nothing changes.
    Refuse(Failure),
    /// The next write is carried out, but its answer is lost.
    AnswerLost(Failure),
    /// The next write is lost on its way there: nothing changes, but nobody knows.
    RequestLost(Failure),
    /// The next work that leaves a ticket ends with this failure and without effect: a server that
    /// was being made vanishes, one that was being changed stays as it was.
    Work(Failure),
    /// The next shutdown is accepted and not obeyed: the server stays on.
    Stubborn,
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

    pub(super) fn read(&mut self) -> Option<Failure> {
        match self.take(|fault| matches!(fault, Fault::Read(_)))? {
            Fault::Read(failure) => Some(failure),
            _ => None,
        }
    }

    pub(super) fn write(&mut self) -> Option<Fault> {
        self.take(|fault| {
            matches!(fault, Fault::Refuse(_) | Fault::AnswerLost(_) | Fault::RequestLost(_))
        })
    }

    pub(super) fn work(&mut self) -> Option<Failure> {
        match self.take(|fault| matches!(fault, Fault::Work(_)))? {
            Fault::Work(failure) => Some(failure),
            _ => None,
        }
    }

    pub(super) fn stubborn(&mut self) -> bool {
        self.take(|fault| *fault == Fault::Stubborn).is_some()
    }

    fn take(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let index = self.0.iter().position(fits)?;
        Some(self.0.remove(index))
    }
}
