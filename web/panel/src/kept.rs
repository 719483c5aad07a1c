//! Reactive values whose Rust type does not depend on what is in them, for the reason told in
//! [`el`](crate::el): Leptos' own code for signals and memos exists once, not once per type.
use leptos::prelude::{
    Get, GetUntracked, IsDisposed, Memo, Notify, RwSignal, Set, UpdateUntracked,
};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

type Value = Arc<dyn Any + Send + Sync>;

fn look<T: 'static>(value: &Value) -> &T {
    value.downcast_ref().expect("a value is read as what it was made")
}

/// A value that can be compared with another of its kind.
#[derive(Clone)]
struct Comparable {
    value: Value,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Comparable {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

/// A value that is worked out from others; it tells others only when it has changed.
pub struct Kept<T> {
    memo: Memo<Comparable>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: PartialEq + Send + Sync + 'static> Kept<T> {
    /// Works it out whenever what `read` reads has changed.
    pub fn new(read: impl Fn() -> T + Send + Sync + 'static) -> Self {
        fn memo(read: Box<dyn Fn() -> Comparable + Send + Sync>) -> Memo<Comparable> {
            Memo::new(move |_| read())
        }
        let same = |a: &dyn Any, b: &dyn Any| a.downcast_ref::<T>() == b.downcast_ref::<T>();
        let read = move || Comparable { value: Arc::new(read()), same };
        Self { memo: memo(Box::new(read)), kind: PhantomData }
    }

    /// Looks at it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(look(&self.memo.get().value))
    }

    /// Looks at it without following it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(look(&self.memo.get_untracked().value))
    }

    /// A copy of it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }
}

/// A value that is set. Setting one that is gone with its page does nothing.
pub struct Slot<T> {
    signal: RwSignal<Value>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T: Send + Sync + 'static> Slot<T> {
    /// A slot with a value in it.
    pub fn new(value: T) -> Self {
        Self { signal: RwSignal::new(Arc::new(value)), kind: PhantomData }
    }

    /// Looks at it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(look(&self.signal.get()))
    }

    /// Looks at it without following it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(look(&self.signal.get_untracked()))
    }

    /// A copy of it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// A copy of it, without following it.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// Whether it is gone with its page, as when an answer comes after the page was left.
    pub fn is_gone(self) -> bool {
        self.signal.is_disposed()
    }

    /// Sets it.
    pub fn set(self, value: T) {
        self.signal.try_set(Arc::new(value));
    }

    /// Changes it in its place and tells nobody; `None` if somebody holds it just now.
    pub fn change<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let held = |value: &mut Value| Arc::get_mut(value)?.downcast_mut().map(change);
        self.signal.try_update_untracked(held)?
    }

    /// Tells everybody who follows it that it was changed in its place.
    pub fn tell(self) {
        self.signal.notify();
    }

    /// Sets it to what `change` makes of it.
    pub fn update(self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        if self.signal.is_disposed() {
            return;
        }
        let mut value = self.get_untracked();
        change(&mut value);
        self.set(value);
    }
}
