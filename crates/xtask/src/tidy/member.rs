//! A member of the workspace, as its Cargo.toml describes it.

use toml::Table;

pub struct Member {
    pub name: String,
    /// Its folder from the root of the checkout.
    pub folder: String,
    pub manifest: Manifest,
}

/// A Cargo.toml with its text, because a finding names a line.
pub struct Manifest {
    /// From the root of the checkout.
    pub path: String,
    pub text: String,
    pub table: Table,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Normal,
    Build,
    Dev,
}

pub struct Dependency<'a> {
    pub name: &'a str,
    pub section: Section,
    pub line: usize,
    /// Takes version and source from the workspace table.
    pub is_inherited: bool,
}

impl Manifest {
    /// The line that sets `key` below `[heading]`, of whatever platform, or 1.
    pub fn line_of(&self, heading: &str, key: &str) -> usize {
        let mut is_inside = false;
        for (index, line) in self.text.lines().enumerate() {
            if let Some(name) = line.trim().strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                is_inside = name == heading || name.ends_with(&format!(".{heading}"));
                if name.ends_with(&format!("{heading}.{key}")) {
                    return index + 1;
                }
            }
            let rest = line.trim_start().strip_prefix(key);
            if is_inside && rest.is_some_and(|rest| rest.starts_with([' ', '.', '='])) {
                return index + 1;
            }
        }
        1
    }

    /// Dependencies of all three sections, also those of one platform only.
    pub fn dependencies(&self) -> Vec<Dependency<'_>> {
        let platforms = self.table.get("target").and_then(toml::Value::as_table);
        let platform_tables = platforms.into_iter().flat_map(Table::values).filter_map(toml::Value::as_table);
        let mut dependencies = Vec::new();
        for table in std::iter::once(&self.table).chain(platform_tables) {
            dependencies.extend(self.section(table, "dependencies", Section::Normal));
            dependencies.extend(self.section(table, "build-dependencies", Section::Build));
            dependencies.extend(self.section(table, "dev-dependencies", Section::Dev));
        }
        dependencies
    }

    fn section<'a>(&'a self, table: &'a Table, heading: &str, section: Section) -> Vec<Dependency<'a>> {
        let Some(entries) = table.get(heading).and_then(toml::Value::as_table) else { return Vec::new() };
        let one = |(name, entry): (&'a String, &'a toml::Value)| Dependency {
            name,
            section,
            line: self.line_of(heading, name),
            is_inherited: entry.get("workspace").and_then(toml::Value::as_bool) == Some(true),
        };
        entries.iter().map(one).collect()
    }
}

impl Member {
    /// `None` for a manifest without a package, which is not a member.
    pub fn new(manifest: Manifest) -> Option<Self> {
        let name = manifest.table.get("package")?.get("name")?.as_str()?.to_owned();
        let folder = manifest.path.rsplit_once('/')?.0.to_owned();
        Some(Self { name, folder, manifest })
    }
}
