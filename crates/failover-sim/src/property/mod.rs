//! The thirty promises, S1 to S30, and the monitor that holds a world to them.
mod goals;
mod list;
mod monitor;

pub use goals::Goals;
pub use list::{Kind, Property};
pub use monitor::{Broken, Monitor};
