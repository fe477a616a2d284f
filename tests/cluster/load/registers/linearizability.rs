//! Whether a history of one register is linearizable: an exact search (Wing and Gong 1993, with the memory of Lowe 2017).
//!
//! Values are written at most once. A write that never ended may have happened at any time after it began, or never. A
//! read of the value that stands is always taken at once: it changes nothing, so no order is lost.

use std::collections::HashSet;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// This value was set.
    Write(u64),
    /// This value was seen; nothing was if it had never been set.
    Read(Option<u64>),
}

/// One operation. Beginnings and ends are ordered by one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) action: Action,
    pub(super) begin: u64,
    /// Nothing if it is not known whether it happened.
    pub(super) end: Option<u64>,
}

/// An error tells the operations among which no next one could be found when the search had come furthest.
pub(super) fn check(history: &[Operation]) -> Result<(), String> {
    let mut search = Search::new(history);
    if search.runs() { Ok(()) } else { Err(search.stuck()) }
}

struct Search {
    operations: Vec<Operation>,
    /// In which step each operation was taken.
    taken: Vec<bool>,
    left: usize,
    value: Option<u64>,
    seen: HashSet<(Vec<u64>, Option<u64>)>,
    furthest: (usize, Option<u64>, Vec<Operation>),
}

impl Search {
    fn new(history: &[Operation]) -> Self {
        let is_seen = |value: u64| history.iter().any(|operation| operation.action == Action::Read(Some(value)));
        // An open write that nobody saw never has to happen.
        let matters = |operation: &&Operation| match operation.action {
            Action::Write(value) => operation.end.is_some() || is_seen(value),
            Action::Read(_) => operation.end.is_some(),
        };
        let mut operations: Vec<Operation> = history.iter().filter(matters).copied().collect();
        operations.sort_by_key(|operation| operation.begin);
        let left = operations.iter().filter(|operation| operation.end.is_some()).count();
        let taken = vec![false; operations.len()];
        Self { operations, taken, left, value: None, seen: HashSet::new(), furthest: (usize::MAX, None, Vec::new()) }
    }

    /// Depth first, with a stack of its own: histories are longer than threads' stacks are deep.
    fn runs(&mut self) -> bool {
        let mut path: Vec<Step> = vec![self.enter()];
        while let Some(step) = path.last_mut() {
            if self.left == 0 {
                return true;
            }
            if let Some(choice) = step.choices.pop() {
                let before = self.value;
                self.take(choice);
                path.push(Step { undo: Some((choice, before)), ..self.enter() });
            } else {
                let step = path.pop().unwrap_or_default();
                self.leave(&step);
            }
        }
        false
    }

    /// Takes the reads that fit; then gives the writes that may come next, unless all of this was seen before.
    fn enter(&mut self) -> Step {
        let mut reads = Vec::new();
        let fits = |search: &Self, at: &usize| search.operations[*at].action == Action::Read(search.value);
        while let Some(read) = self.candidates().into_iter().find(|at| fits(self, at)) {
            self.take(read);
            reads.push(read);
        }
        let candidates = self.candidates();
        if self.left < self.furthest.0 {
            self.furthest = (self.left, self.value, candidates.iter().map(|at| self.operations[*at]).collect());
        }
        let is_new = self.seen.insert((self.key(), self.value));
        let is_write = |at: &usize| matches!(self.operations[*at].action, Action::Write(_));
        let choices = if is_new { candidates.into_iter().filter(is_write).collect() } else { Vec::new() };
        Step { undo: None, reads, choices }
    }

    /// Those that began before any other that is left ended.
    fn candidates(&self) -> Vec<usize> {
        let open = || self.operations.iter().enumerate().filter(|(at, _)| !self.taken[*at]);
        let bound = open().filter_map(|(_, operation)| operation.end).min().unwrap_or(u64::MAX);
        open().filter(|(_, operation)| operation.begin < bound).map(|(at, _)| at).collect()
    }

    fn take(&mut self, at: usize) {
        self.taken[at] = true;
        self.left -= usize::from(self.operations[at].end.is_some());
        if let Action::Write(value) = self.operations[at].action {
            self.value = Some(value);
        }
    }

    fn leave(&mut self, step: &Step) {
        let writes = step.undo.map(|(write, _)| write);
        for at in step.reads.iter().copied().chain(writes) {
            self.taken[at] = false;
            self.left += usize::from(self.operations[at].end.is_some());
        }
        if let Some((_, before)) = step.undo {
            self.value = before;
        }
    }

    fn key(&self) -> Vec<u64> {
        let bits = |chunk: &[bool]| chunk.iter().fold(0, |bits, taken| bits << 1 | u64::from(*taken));
        self.taken.chunks(64).map(bits).collect()
    }

    fn stuck(&self) -> String {
        let (left, value, stuck) = &self.furthest;
        format!("{left} operations are left, {value:?} is written, and none of these can be next: {stuck:?}")
    }
}

#[derive(Default)]
struct Step {
    /// The write that led here, and what was written before.
    undo: Option<(usize, Option<u64>)>,
    reads: Vec<usize>,
    choices: Vec<usize>,
}

#[cfg(test)]
mod tests;
