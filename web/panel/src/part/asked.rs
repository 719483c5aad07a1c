//! Which dialog is open: any part of a page may ask for one, the shell shows it.
use crate::kept::Slot;
use crate::live::Watched;
use crate::model::plan::Draft;
use failover_core::SiteId;

/// What a pause is made of.
#[derive(Clone, Copy)]
pub enum Pause {
    /// Automation is switched off.
    Automation(Watched),
    /// A site is taken out of the choice.
    Site(Watched, SiteId),
}

/// The open dialogs; a context.
#[derive(Clone, Copy)]
pub struct Asked {
    /// A move.
    pub moving: Slot<Option<Draft>>,
    /// A pause.
    pub pause: Slot<Option<Pause>>,
    /// The keyboard help.
    pub help: Slot<bool>,
    /// The drawer that breaks things.
    pub drawer: Slot<bool>,
}

impl Asked {
    /// None is open.
    pub fn none() -> Self {
        Self {
            moving: Slot::new(None),
            pause: Slot::new(None),
            help: Slot::new(false),
            drawer: Slot::new(false),
        }
    }

    /// Opens the dialog of a move to `to`.
    pub fn ask_move(self, service: Watched, to: SiteId) {
        self.moving.set(service.get(|service| Draft::new(service, to)));
    }
}
