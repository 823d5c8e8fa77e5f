// JSON in the one text that docs/record.md section 1 allows.

// Parses, writes the canonical text of what was parsed, and compares.
function readJson(bytes, maxBytes, maxDepth) {
  if (bytes.length > maxBytes) bad("JSON that is too long");
  const text = fromUtf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    bad("not JSON");
  }
  const pieces = [];
  writeCanonical(value, maxDepth, pieces);
  if (pieces.join("") !== text) bad("JSON that is not canonical");
  return value;
}

function canonicalText(value) {
  const pieces = [];
  writeCanonical(value, 24, pieces);
  return pieces.join("");
}

function writeCanonical(value, depth, pieces) {
  if (value === null || typeof value === "boolean") {
    pieces.push(String(value));
  } else if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) bad("a number that is no integer, or too large");
    pieces.push(String(value));
  } else if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value)) bad("an unpaired surrogate");
    pieces.push(JSON.stringify(value));
  } else {
    if (depth === 0) bad("JSON that nests too deep");
    if (Array.isArray(value)) writeArray(value, depth, pieces);
    else writeObject(value, depth, pieces);
  }
}

function writeArray(values, depth, pieces) {
  pieces.push("[");
  values.forEach((value, i) => {
    if (i > 0) pieces.push(",");
    writeCanonical(value, depth - 1, pieces);
  });
  pieces.push("]");
}

function writeObject(object, depth, pieces) {
  pieces.push("{");
  Object.keys(object).sort().forEach((name, i) => {
    if (!/^[\0-\x7f]*$/.test(name)) bad("a member name that is not ASCII");
    pieces.push(i > 0 ? "," : "", JSON.stringify(name), ":");
    writeCanonical(object[name], depth - 1, pieces);
  });
  pieces.push("}");
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

// An object with exactly the members `names`, and perhaps those of `optional`.
function object(value, names, optional = []) {
  if (!isObject(value)) bad("not an object");
  for (const name of names) if (!has(value, name)) bad(`the member ${name} is missing`);
  for (const name of Object.keys(value)) {
    if (!names.includes(name) && !optional.includes(name)) bad("a member that the form does not have");
  }
  return value;
}

function array(value, min, max) {
  if (!Array.isArray(value) || value.length < min || value.length > max) bad("not an array of its length");
  return value;
}

function string(value) {
  if (typeof value !== "string") bad("not a string");
  return value;
}

function integer(value, min, max = Number.MAX_SAFE_INTEGER) {
  if (!Number.isSafeInteger(value) || value < min || value > max) bad("not an integer of its range");
  return value;
}

function matching(value, pattern, what) {
  if (typeof value !== "string" || !pattern.test(value)) bad(`not ${what}`);
  return value;
}
