//! Several watchers that share a lead: many eyes, one hand.
mod broken;
mod leading;
mod trio;
mod voting;
