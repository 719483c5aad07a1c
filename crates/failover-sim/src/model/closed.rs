//! Closed worlds as a scope of the explorer.
use std::sync::Arc;

use super::action::Action;
use super::explorer::Scope;
use super::moment::Moment;
use super::setup::Setup;
use super::tally::Tally;
use super::visited::Visited;
use crate::property::Broken;

/// Bytes for the moments that were followed until all was well.
const RESTED: usize = 1 << 24;

/// Several closed worlds that are explored in one search.
#[derive(Debug)]
pub struct Closed {
    setups: Vec<Arc<Setup>>,
    /// Moments that were followed, without faults, until all was well.
    rested: Visited,
}

impl Closed {
    /// These worlds; each gets its own number.
    pub fn new(setups: impl IntoIterator<Item = Setup>) -> Self {
        let numbered = setups.into_iter().zip(1u64..);
        let setups = numbered.map(|(setup, number)| Arc::new(Setup { number, ..setup }));
        Self { setups: setups.collect(), rested: Visited::with_bytes(RESTED) }
    }

    /// What is special about a beginning.
    pub fn name(&self, from: usize) -> &'static str {
        self.setups.get(from).map_or("", |setup| setup.name)
    }
}

impl Scope for Closed {
    type State = Moment;
    type Action = Action;
    type Tally = Tally;

    fn initial(&self) -> Vec<Moment> {
        self.setups.iter().map(Moment::new).collect()
    }

    fn actions(&self, moment: &Moment, actions: &mut Vec<Action>) {
        moment.offer(actions);
    }

    fn apply(&self, moment: &mut Moment, action: Action, tally: &mut Tally) -> Result<(), Broken> {
        moment.happen(action, tally)
    }

    fn fingerprint(&self, moment: &Moment) -> u64 {
        moment.fingerprint()
    }

    fn settle(&self, moment: &Moment, tally: &mut Tally) -> Result<(), Broken> {
        if moment.setup.settle { moment.comes_well(&self.rested, tally) } else { Ok(()) }
    }

    fn settle_anew(&self, moment: &Moment, tally: &mut Tally) -> Result<(), Broken> {
        let rested = Visited::with_bytes(0);
        if moment.setup.settle { moment.comes_well(&rested, tally) } else { Ok(()) }
    }

    fn merge(into: &mut Tally, from: Tally) {
        into.add(&from);
    }
}
