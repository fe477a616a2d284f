//! What a template sees while it renders: its variables, what it assigned, and a budget.
//!
//! A variable without a value reads as nil and is noted as missing. The filter `default` takes the note away; anything else
//! leaves it, and the next look-up, or the end of the part, is an error that names it. So `{{ customer.name | default:
//! "you" }}` works and `{{ customer.name }}` never sends "Dear ,".

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use liquid_core::error::{Error, Result};
use liquid_core::model::{KString, KStringCow, KStringRef, Object, ScalarCow, Value, ValueCow, ValueView, try_find};
use liquid_core::runtime::{PartialStore, Registers, Renderable, Runtime};

/// The most steps of one part: look-ups of variables and turns of loops. Far above what a message needs (a loop over 1,000
/// rows with 20 fields is 21,000), and over in tens of milliseconds. When it is used up, rendering fails.
pub(crate) const STEPS_MAX: u32 = 100_000;

/// What happened so far in one part. It lives in the registers, which every frame shares.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    steps: u32,
    missing: Option<String>,
}

impl Progress {
    /// The variable that has no value and no default, if there is one.
    pub(crate) fn take_missing(runtime: &dyn Runtime) -> Option<String> {
        runtime.registers().get_mut::<Self>().missing.take()
    }

    /// Counts one step.
    pub(crate) fn step(runtime: &dyn Runtime) -> Result<()> {
        let mut progress = runtime.registers().get_mut::<Self>();
        progress.steps += 1;
        if progress.steps > STEPS_MAX {
            return Err(Error::with_msg(format!("more than {STEPS_MAX} steps: loop over fewer items")));
        }
        Ok(())
    }
}

/// Gives what was found at a path, or nil with a note.
fn settle<'a>(runtime: &dyn Runtime, path: &[ScalarCow<'_>], found: Option<ValueCow<'a>>) -> Result<ValueCow<'a>> {
    Progress::step(runtime)?;
    let mut progress = runtime.registers().get_mut::<Progress>();
    if let Some(missing) = &progress.missing {
        return Err(Error::with_msg(format!("`{missing}` has no value")));
    }
    Ok(found.unwrap_or_else(|| {
        let names: Vec<String> = path.iter().map(|name| name.render().to_string()).collect();
        progress.missing = Some(names.join("."));
        ValueCow::Owned(Value::Nil)
    }))
}

/// The outermost frame.
pub(crate) struct Globals {
    variables: Object,
    assigned: RefCell<Object>,
    registers: Registers,
}

impl Globals {
    pub(crate) fn new(variables: Object) -> Self {
        Self { variables, assigned: RefCell::default(), registers: Registers::default() }
    }
}

impl Runtime for Globals {
    fn partials(&self) -> &dyn PartialStore {
        &NoPartials
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        None
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        self.variables.keys().map(|name| KStringCow::from(name.clone())).collect()
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        let assigned = self.assigned.borrow();
        if path.first().is_some_and(|root| assigned.contains_key(root.to_kstr().as_str())) {
            return try_find(&*assigned, path).map(|value| ValueCow::Owned(value.into_owned()));
        }
        try_find(&self.variables, path)
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        settle(self, path, self.try_get(path))
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.assigned.borrow_mut().insert(name, value)
    }

    /// Only `increment` and `decrement` would call it, and the language has neither.
    fn set_index(&self, _name: KString, _value: Value) -> Option<Value> {
        None
    }

    fn get_index<'a>(&'a self, _name: &str) -> Option<ValueCow<'a>> {
        None
    }

    fn registers(&self) -> &Registers {
        &self.registers
    }
}

/// A frame with names of its own, inside another: one turn of a loop.
pub(crate) struct Frame<'a> {
    parent: &'a dyn Runtime,
    names: Object,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(parent: &'a dyn Runtime, names: Object) -> Self {
        Self { parent, names }
    }

    fn has(&self, path: &[ScalarCow<'_>]) -> bool {
        path.first().is_some_and(|root| self.names.contains_key(root.to_kstr().as_str()))
    }
}

impl Runtime for Frame<'_> {
    fn partials(&self) -> &dyn PartialStore {
        self.parent.partials()
    }

    fn name(&self) -> Option<KStringRef<'_>> {
        self.parent.name()
    }

    fn roots(&self) -> BTreeSet<KStringCow<'_>> {
        let mut roots = self.parent.roots();
        roots.extend(self.names.keys().map(|name| KStringCow::from(name.clone())));
        roots
    }

    fn try_get(&self, path: &[ScalarCow<'_>]) -> Option<ValueCow<'_>> {
        if self.has(path) { try_find(&self.names, path) } else { self.parent.try_get(path) }
    }

    fn get(&self, path: &[ScalarCow<'_>]) -> Result<ValueCow<'_>> {
        if self.has(path) { settle(self, path, try_find(&self.names, path)) } else { self.parent.get(path) }
    }

    fn set_global(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_global(name, value)
    }

    fn set_index(&self, name: KString, value: Value) -> Option<Value> {
        self.parent.set_index(name, value)
    }

    fn get_index<'a>(&'a self, name: &str) -> Option<ValueCow<'a>> {
        self.parent.get_index(name)
    }

    fn registers(&self) -> &Registers {
        self.parent.registers()
    }
}

/// Templates do not include one another.
#[derive(Debug)]
struct NoPartials;

impl PartialStore for NoPartials {
    fn contains(&self, _name: &str) -> bool {
        false
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn try_get(&self, _name: &str) -> Option<Arc<dyn Renderable>> {
        None
    }

    fn get(&self, name: &str) -> Result<Arc<dyn Renderable>> {
        Err(Error::with_msg(format!("there is no template `{name}` to include")))
    }
}
