//! Moment 10: a device is gone.

/// Before a lost device is struck off.
#[must_use]
pub fn lost_device(needed: u8, custodians: u8) -> String {
    format!(
        "Once recorded, nothing this device signs counts; earlier signatures stand. Whoever unlocks it can read what is on it. \
         Needs {needed} of {custodians} custodians."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_device_says_what_stands_and_what_is_exposed() {
        assert_eq!(
            lost_device(2, 3),
            "Once recorded, nothing this device signs counts; earlier signatures stand. Whoever unlocks it can read what is on it. Needs 2 of 3 custodians."
        );
    }
}
