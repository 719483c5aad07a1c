//! Elements whose Rust type does not depend on what is in them.
//!
//! Leptos' `view!` gives every element a type of its own, made of the types of its attributes and
//! children, and the compiler writes the code that builds and updates it once for each. That made
//! the panel 316 kB after brotli, twice what a bad line should carry. Here everything that varies
//! is boxed once, so that the code exists once; what is rendered, and how it is updated, is the
//! same.
use crate::kept::Kept;
use leptos::ev::Custom as EventName;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::class::class as class_attribute;
use leptos::tachys::html::event::on as on_event;
use leptos::tachys::html::property::prop as property;
use leptos::tachys::view::add_attr::AddAnyAttr;
use std::borrow::Cow;
use web_sys::Event;

type Read<T> = Box<dyn FnMut() -> T + Send>;

/// An element under construction. It is handed from call to call, so it is only a pointer.
pub struct El(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element; SVG's own where the name is one of SVG's.
pub fn el(tag: &'static str) -> El {
    El(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
}

/// A `div` of a class.
pub fn div(class: &'static str) -> El {
    el("div").class(class)
}

/// A `span` of a class.
pub fn span(class: &'static str) -> El {
    el("span").class(class)
}

impl El {
    /// A class, or several.
    pub fn class(self, names: &'static str) -> Self {
        self.attr("class", names)
    }

    /// An attribute.
    pub fn attr(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        let value: Cow<'static, str> = value.into();
        self.attribute(custom_attribute(name, value).into_any_attr())
    }

    /// An attribute that changes, or is not there at times.
    pub fn attr_fn(
        self,
        name: &'static str,
        read: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Self {
        let read: Read<Option<String>> = Box::new(read);
        self.attribute(custom_attribute(name, read).into_any_attr())
    }

    /// Classes that change.
    pub fn class_fn(self, mut read: impl FnMut() -> String + Send + 'static) -> Self {
        self.attr_fn("class", move || Some(read()))
    }

    /// A class that comes and goes, besides those that stay.
    pub fn toggle(self, name: &'static str, read: impl FnMut() -> bool + Send + 'static) -> Self {
        let read: Read<bool> = Box::new(read);
        self.attribute(class_attribute((name, read)).into_any_attr())
    }

    /// An attribute without value that comes and goes, such as `disabled`.
    pub fn flag(self, name: &'static str, mut read: impl FnMut() -> bool + Send + 'static) -> Self {
        self.attr_fn(name, move || read().then(String::new))
    }

    /// Whether a box is checked: the property, which follows the user, not the attribute.
    pub fn checked(self, read: impl FnMut() -> bool + Send + 'static) -> Self {
        let read: Read<bool> = Box::new(read);
        self.attribute(property("checked", read).into_any_attr())
    }

    /// What a field holds: the property, which follows the user, not the attribute.
    pub fn value_fn(self, read: impl FnMut() -> String + Send + 'static) -> Self {
        let read: Read<String> = Box::new(read);
        self.attribute(property("value", read).into_any_attr())
    }

    /// What happens on an event.
    pub fn on(self, event: &'static str, act: impl FnMut(Event) + Send + 'static) -> Self {
        let act: Box<dyn FnMut(Event) + Send> = Box::new(act);
        self.attribute(on_event(EventName::<Event>::new(event), act).into_any_attr())
    }

    /// Where to find the element once it is in the page.
    pub fn place(self, place: Place) -> Self {
        let place = leptos::tachys::html::node_ref::node_ref(place);
        self.attribute(place.into_any_attr())
    }

    /// Text.
    pub fn text(self, text: impl Into<Cow<'static, str>>) -> Self {
        let text: Cow<'static, str> = text.into();
        self.view(text.into_any())
    }

    /// Text that changes.
    pub fn text_fn(self, read: impl FnMut() -> String + Send + 'static) -> Self {
        let read: Read<String> = Box::new(read);
        self.view(read.into_any())
    }

    /// An element, a view, or what changes between views.
    pub fn child(self, child: impl Into<AnyView>) -> Self {
        self.view(child.into())
    }

    fn view(mut self, child: AnyView) -> Self {
        self.0.children.push(child);
        self
    }

    fn attribute(mut self, attribute: AnyAttribute) -> Self {
        self.0.attributes.push(attribute);
        self
    }

    /// Several elements.
    pub fn children(mut self, children: impl IntoIterator<Item = El>) -> Self {
        self.0.children.extend(children.into_iter().map(AnyView::from));
        self
    }

    /// An element, if there is one.
    pub fn maybe(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }
}

/// The type of a reference to an element.
pub type Place = NodeRef<leptos::html::Custom<&'static str>>;

impl From<El> for AnyView {
    // It is called wherever an element becomes a child.
    #[inline(never)]
    fn from(El(parts): El) -> Self {
        macro_rules! finish {
            ($element:expr) => {
                $element.child(parts.children).add_any_attr(parts.attributes).into_any()
            };
        }
        match parts.tag {
            "svg" => finish!(leptos::svg::svg()),
            "path" => finish!(leptos::svg::path()),
            "rect" => finish!(leptos::svg::rect()),
            tag => finish!(leptos::html::custom(tag)),
        }
    }
}

/// Nothing.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// What is drawn anew whenever what it reads changes.
pub fn dynamic(draw: impl FnMut() -> AnyView + Send + 'static) -> AnyView {
    let draw: Read<AnyView> = Box::new(draw);
    draw.into_any()
}

/// Several elements that are drawn anew together, without one around them.
pub fn many(mut draw: impl FnMut() -> Vec<El> + Send + 'static) -> AnyView {
    dynamic(move || draw().into_iter().map(AnyView::from).collect::<Vec<_>>().into_any())
}

/// What is there while `condition` holds; built again only when that changes.
pub fn show<V: Into<AnyView>>(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    draw: impl Fn() -> V + Send + 'static,
) -> AnyView {
    let holds = Kept::new(condition);
    dynamic(move || if holds.get() { draw().into() } else { nothing() })
}

/// One row per key. A row is built once for its key and lives as long as it: what it shows must be
/// read inside it, never handed to it.
pub fn each<V: Into<AnyView>>(
    keys: impl Fn() -> Vec<String> + Send + Sync + 'static,
    row: impl Fn(String) -> V + Send + Sync + 'static,
) -> AnyView {
    type Row = std::sync::Arc<dyn Fn(String) -> AnyView + Send + Sync>;
    let keys: Box<dyn Fn() -> Vec<String> + Send + Sync> = Box::new(keys);
    let row: Row = std::sync::Arc::new(move |key| row(key).into());
    fn list(keys: Box<dyn Fn() -> Vec<String> + Send + Sync>, row: Row) -> AnyView {
        let keys = Kept::new(keys);
        let props = ForProps::builder()
            .each(move || keys.get())
            .key(String::clone)
            .children(move |key| row(key))
            .build();
        For(props).into_any()
    }
    list(keys, row)
}

/// The same for the places `0..count`.
pub fn each_place<V: Into<AnyView>>(
    count: impl Fn() -> usize + Send + Sync + 'static,
    row: impl Fn(usize) -> V + Send + Sync + 'static,
) -> AnyView {
    let keys = move || (0..count()).map(|place| place.to_string()).collect();
    each(keys, move |key| row(key.parse().unwrap_or_default()))
}

/// Runs now and whenever what it reads changes.
pub fn effect(act: impl FnMut() + 'static) {
    fn erased(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    erased(Box::new(act));
}
