//! What is wrong with a rule, found when it is compiled.

/// One fault of a document, with where it is and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct RuleError {
    /// The place within the rule, such as `all[1].did.where`; empty for the rule itself.
    pub path: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// The errors found so far and the place that is being compiled.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    path: Vec<String>,
    errors: Vec<RuleError>,
}

impl Faults {
    /// Notes a fault of the current place.
    pub(crate) fn add(&mut self, message: impl Into<String>) {
        self.errors.push(RuleError { path: self.path.join("."), message: message.into() });
    }

    /// Compiles something at `step` below the current place.
    pub(crate) fn at<T>(&mut self, step: impl Into<String>, compile: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step.into());
        let compiled = compile(self);
        self.path.pop();
        compiled
    }

    /// What was compiled if nothing was wrong with it.
    pub(crate) fn finish<T>(self, compiled: Option<T>) -> Result<T, Vec<RuleError>> {
        match compiled {
            Some(compiled) if self.errors.is_empty() => Ok(compiled),
            _ => Err(self.errors),
        }
    }
}
