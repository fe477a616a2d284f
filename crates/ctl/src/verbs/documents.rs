//! The documents named on a command line: files, and folders with everything in them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use baton_wire::pb::v1 as pb;

use crate::Failure;

/// What a document's file ends in.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// Where documents are.
#[derive(Debug, Clone, clap::Args)]
pub struct Sources {
    /// A file, a folder with all `.yaml`, `.yml` and `.json` files under it, or `-` for standard input
    #[arg(short, long = "file", value_name = "PATH", required = true)]
    pub files: Vec<PathBuf>,
}

impl Sources {
    /// Reads them, in the order of their names.
    pub fn read(&self) -> Result<Vec<pb::DocumentFile>, Failure> {
        let mut files = Vec::new();
        for path in &self.files {
            if path.as_os_str() == "-" {
                let text = io::read_to_string(io::stdin()).map_err(|error| Failure::file(path, &error))?;
                files.push(pb::DocumentFile { name: "standard input".to_owned(), text });
            } else if path.is_dir() {
                read_folder(path, &mut files)?;
            } else {
                files.push(read_file(path)?);
            }
        }
        if files.is_empty() {
            let advice = "put documents into .yaml, .yml or .json files, or name a file";
            return Err(Failure::usage("there are no documents in what was named", advice));
        }
        Ok(files)
    }
}

fn read_folder(folder: &Path, files: &mut Vec<pb::DocumentFile>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| Failure::file(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            read_folder(&path, files)?;
        } else if ENDINGS.contains(&ending) {
            files.push(read_file(&path)?);
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<pb::DocumentFile, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    Ok(pb::DocumentFile { name: path.display().to_string(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&Path]) -> Result<Vec<String>, Failure> {
        let sources = Sources { files: paths.iter().map(|path| path.to_path_buf()).collect() };
        Ok(sources.read()?.into_iter().map(|file| file.name.rsplit('/').next().unwrap().to_owned()).collect())
    }

    #[test]
    fn a_folder_gives_its_documents_in_order_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["c.yml", "a.yaml", "README.md", "b/d.json"] {
            fs::write(folder.path().join(name), "kind: Topic").unwrap();
        }
        assert_eq!(names(&[folder.path()]).unwrap(), ["a.yaml", "d.json", "c.yml"]);
        assert_eq!(names(&[&folder.path().join("README.md")]).unwrap(), ["README.md"], "what is named is read");
    }

    #[test]
    fn a_folder_without_documents_and_a_missing_file_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(names(&[folder.path()]).unwrap_err().message, "there are no documents in what was named");
        let missing = names(&[&folder.path().join("x.yaml")]).unwrap_err();
        assert!(missing.message.contains("x.yaml: "), "{}", missing.message);
    }
}
