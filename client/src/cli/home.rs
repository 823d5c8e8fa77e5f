//! Where a person's store lies.

use std::path::PathBuf;

use crate::words::fault::Fault;

/// `--home` or `ENTENTE_HOME` as given, else `entente` in the XDG data folder.
///
/// # Errors
/// [`Fault::Usage`] if no folder is named and the environment knows no home.
pub(crate) fn folder(given: Option<PathBuf>) -> Result<PathBuf, Fault> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    given
        .or_else(|| absolute("XDG_DATA_HOME").map(|data| data.join("entente")))
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share/entente")))
        .ok_or_else(|| Fault::Usage {
            why: "No folder for the store is known. Name one with --home".to_owned(),
        })
}
