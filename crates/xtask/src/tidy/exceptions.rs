//! Takes the excused findings out of a report, and reports the excuses that nothing needs any more.

use super::finding::Finding;
use super::tables::exceptions::Exception;

const TABLE_PATH: &str = "crates/xtask/src/tidy/tables/exceptions.rs";

pub fn apply(exceptions: &[Exception], findings: Vec<Finding>) -> Vec<Finding> {
    let mut used = vec![false; exceptions.len()];
    let mut kept = Vec::new();
    for finding in findings {
        match exceptions.iter().position(|exception| covers(exception, &finding)) {
            Some(index) => used[index] = true,
            None => kept.push(finding),
        }
    }
    for (exception, _) in exceptions.iter().zip(used).filter(|(_, used)| !used) {
        let what = format!("the exception from {} for `{}` excuses nothing", exception.check, exception.path);
        kept.push(Finding::new(TABLE_PATH, 1, what, "delete its row"));
    }
    kept
}

fn covers(exception: &Exception, finding: &Finding) -> bool {
    exception.check == finding.check
        && finding.path.starts_with(exception.path)
        && finding.what.contains(exception.mentions)
}
