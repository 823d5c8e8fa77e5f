// Text that people read: what docs/record.md section 1 lets stand in it.

const FORBIDDEN = new RegExp("[" +
  "\\0-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f" +
  "\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2065\\u206a-\\u206f\\u2800\\u3164\\ue000-\\uf8ff" +
  "\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\\u{13430}-\\u{1343f}" +
  "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{10ffff}\\p{Noncharacter_Code_Point}\\p{Cn}]", "u");

function safeText(value) {
  const text = string(value);
  if (FORBIDDEN.test(text)) bad("text with a character that is not allowed");
  if (text.normalize("NFC") !== text) bad("text that is not in Normalization Form C");
  if (!text.split("\n").every(isolatesPair)) bad("text with an isolate that is not closed");
  return text;
}

function isolatesPair(line) {
  let open = 0;
  for (const character of line) {
    if ("\u2066\u2067\u2068".includes(character)) open += 1;
    if (character === "\u2069") open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

// Text of a clause: holds something besides white space.
function words(value) {
  const text = safeText(value);
  if (/^\p{White_Space}*$/u.test(text)) bad("a text of white space alone");
  return text;
}

function lineOfWords(value) {
  const text = words(value);
  if (text.includes("\n")) bad("a line that is broken");
  return text;
}

// Every string in the value of a property, at any depth; it may be empty.
function safeStrings(value) {
  if (typeof value === "string") {
    if (value !== "") words(value);
  } else if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(safeStrings);
  }
}
