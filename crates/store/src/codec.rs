//! How values become bytes inside the database: MessagePack with named fields.
//!
//! OpenMLS asks its storage codec to be self-describing. Our own rows use the same one, so that a
//! field added with a default can be read from rows that were written before it existed.

use rmp_serde::config::BytesMode;
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

/// MessagePack with named fields and byte strings, for OpenMLS and for our rows.
#[derive(Debug, Default, Clone, Copy)]
pub struct MessagePack;

/// Why a value could not be written or read. Always a local fault: nobody else writes here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The value has a shape that MessagePack cannot hold.
    #[error("the value cannot be encoded: {0}")]
    Encode(String),
    /// The bytes are not such a value, or more follows after it.
    #[error("the stored value cannot be read: {0}")]
    Decode(String),
}

/// Encodes `value`. The buffer is wiped when dropped, because rows hold keys.
///
/// # Errors
/// [`CodecError::Encode`] for shapes that cannot be held, such as sequences of unknown length.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Zeroizing<Vec<u8>>, CodecError> {
    let mut out = Zeroizing::new(Vec::new());
    let mut serializer =
        rmp_serde::Serializer::new(&mut *out).with_struct_map().with_bytes(BytesMode::ForceAll);
    value.serialize(&mut serializer).map_err(|e| CodecError::Encode(e.to_string()))?;
    Ok(out)
}

/// Decodes a value that fills `bytes` exactly.
///
/// # Errors
/// [`CodecError::Decode`] if the bytes are not such a value or something follows it.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    let mut cursor = std::io::Cursor::new(bytes);
    let mut deserializer = rmp_serde::Deserializer::new(&mut cursor);
    let value = T::deserialize(&mut deserializer).map_err(|e| CodecError::Decode(e.to_string()))?;
    if cursor.position() != bytes.len() as u64 {
        return Err(CodecError::Decode("trailing bytes".into()));
    }
    Ok(value)
}

impl openmls_sqlite_storage::Codec for MessagePack {
    type Error = CodecError;

    fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, Self::Error> {
        encode(value).map(|mut bytes| std::mem::take(&mut *bytes))
    }

    fn from_slice<T: DeserializeOwned>(slice: &[u8]) -> Result<T, Self::Error> {
        decode(slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Row {
        name: String,
        bytes: Vec<u8>,
        #[serde(default)]
        added_later: u32,
    }

    #[derive(serde::Serialize)]
    struct EarlierRow {
        name: String,
        bytes: Vec<u8>,
    }

    #[test]
    fn a_row_written_before_a_field_existed_is_read_with_its_default() {
        let bytes = encode(&EarlierRow { name: "a".into(), bytes: vec![1, 2] }).unwrap();
        let row: Row = decode(&bytes).unwrap();
        assert_eq!(row, Row { name: "a".into(), bytes: vec![1, 2], added_later: 0 });
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let mut bytes = encode(&7u32).unwrap();
        bytes.push(0);
        assert!(matches!(decode::<u32>(&bytes), Err(CodecError::Decode(_))));
    }
}
