//! Where things stand in the shared store.

/// The keys of one group of watchers.
#[derive(Clone, Debug)]
pub(crate) struct Keys(String);

impl Keys {
    pub(crate) fn under(prefix: &str) -> Self {
        Self(prefix.trim_end_matches('/').to_owned())
    }

    /// What says who leads.
    pub(crate) fn lead(&self) -> String {
        format!("{}/lead/", self.0)
    }

    /// Who leads; under the leader's lease.
    pub(crate) fn holder(&self) -> String {
        format!("{}/lead/holder", self.0)
    }

    /// The latest epoch, and which log this is.
    pub(crate) fn epoch(&self) -> String {
        format!("{}/lead/epoch", self.0)
    }

    /// States and events.
    pub(crate) fn log(&self) -> String {
        format!("{}/log/", self.0)
    }

    pub(crate) fn states(&self) -> String {
        format!("{}/log/state/", self.0)
    }

    pub(crate) fn state(&self, service: &str) -> String {
        format!("{}/log/state/{service}", self.0)
    }

    pub(crate) fn events(&self) -> String {
        format!("{}/log/event/", self.0)
    }

    /// Twenty digits, so that keys sort as numbers do.
    pub(crate) fn event(&self, number: u64) -> String {
        format!("{}/log/event/{number:020}", self.0)
    }

    /// Moves that were made alone.
    pub(crate) fn lone_moves(&self) -> String {
        format!("{}/log/lone/", self.0)
    }

    pub(crate) fn lone(&self, id: &str) -> String {
        format!("{}/log/lone/{id}", self.0)
    }

    /// What was turned on and off last.
    pub(crate) fn powers(&self) -> String {
        format!("{}/log/power/", self.0)
    }

    pub(crate) fn power(&self, service: &str, site: &str) -> String {
        format!("{}/log/power/{service}/{site}", self.0)
    }

    /// How far people have been told, by channel.
    pub(crate) fn told(&self) -> String {
        format!("{}/log/told", self.0)
    }

    /// Who is there; under each one's lease.
    pub(crate) fn member(&self, vantage: &str) -> String {
        format!("{}/member/{vantage}", self.0)
    }

    /// What each one says; under its lease.
    pub(crate) fn reports(&self) -> String {
        format!("{}/report/", self.0)
    }

    pub(crate) fn report(&self, vantage: &str) -> String {
        format!("{}/report/{vantage}", self.0)
    }

    /// Commands for the leader; under the lease of whoever passes them on.
    pub(crate) fn mails(&self) -> String {
        format!("{}/mail/", self.0)
    }

    pub(crate) fn mail(&self, id: &str) -> String {
        format!("{}/mail/{id}", self.0)
    }

    /// What became of a command; under the leader's lease.
    pub(crate) fn answer(&self, id: &str) -> String {
        format!("{}/answer/{id}", self.0)
    }
}
