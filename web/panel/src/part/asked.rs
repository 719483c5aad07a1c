//! Which dialog is open: any part of a page may ask for one, the shell shows it.
use crate::live::Watched;
use crate::model::plan::Draft;
use failover_core::SiteId;
use leptos::prelude::*;

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
    pub moving: RwSignal<Option<Draft>>,
    /// A pause.
    pub pause: RwSignal<Option<Pause>>,
    /// The keyboard help.
    pub help: RwSignal<bool>,
    /// The drawer that breaks things.
    pub drawer: RwSignal<bool>,
}

impl Asked {
    /// None is open.
    pub fn none() -> Self {
        Self {
            moving: RwSignal::new(None),
            pause: RwSignal::new(None),
            help: RwSignal::new(false),
            drawer: RwSignal::new(false),
        }
    }

    /// Opens the dialog of a move to `to`.
    pub fn ask_move(self, service: Watched, to: SiteId) {
        self.moving.set(service.get(|service| Draft::new(service, to)));
    }
}
