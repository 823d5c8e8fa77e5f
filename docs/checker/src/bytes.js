// Bytes, their texts, and the three ways in which reading a file can end.

// What was read is not of its form; the caller knows which check that fails.
class Malformed extends Error {}

// A numbered check of docs/record.md section 15 fails.
class Refused extends Error {
  constructor(check, why) {
    super(why);
    this.check = check;
  }
}

// Of a version, suite, kind or effect that this program does not know.
class Unknown extends Error {
  constructor(what, why) {
    super(why);
    this.what = what;
  }
}

function bad(why) {
  throw new Malformed(why);
}

function refuse(check, why) {
  throw new Refused(check, why);
}

// What `read` returns; a form that is not kept fails `check`.
async function under(check, read) {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Malformed) refuse(check, error.message);
    throw error;
  }
}

// Null in the place of what is not of its form, or of one that is not known.
function noForm(error) {
  if (error instanceof Malformed || error instanceof Unknown) return null;
  throw error;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL = BASE64.slice(0, 62) + "-_";

function encodeWith(alphabet, bytes) {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(held >> bits) & 63];
    }
  }
  return bits > 0 ? text + alphabet[(held << (6 - bits)) & 63] : text;
}

const VALUES = new Map([BASE64, BASE64URL].map((alphabet) => {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < 64; i += 1) values[alphabet.charCodeAt(i)] = i;
  return [alphabet, values];
}));

function decodeWith(alphabet, text) {
  if (text.length % 4 === 1) bad("not base64: its length");
  const values = VALUES.get(alphabet);
  const bytes = new Uint8Array(Math.floor(text.length * 6 / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? values[code] : -1;
    if (value < 0) bad("not base64: a character");
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 255;
      at += 1;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) bad("not base64: spare bits");
  return bytes;
}

// RFC 7515 section 2: no padding, spare bits zero.
function fromBase64url(text, length) {
  if (typeof text !== "string") bad("not base64url");
  const bytes = decodeWith(BASE64URL, text);
  if (length !== undefined && bytes.length !== length) bad("base64url of another length");
  return bytes;
}

const toBase64url = (bytes) => encodeWith(BASE64URL, bytes);

// RFC 4648 section 4: with padding, spare bits zero.
function fromBase64(text, length) {
  if (text.length % 4 !== 0) bad("base64 without its padding");
  const bytes = decodeWith(BASE64, text.replace(/={1,2}$/, ""));
  if (length !== undefined && bytes.length !== length) bad("base64 of another length");
  return bytes;
}

function fromHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);

function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bad("not UTF-8");
  }
}

function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

// Negative, zero or positive, as the bytes of `a` stand to those of `b`.
function compareBytes(a, b) {
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}

const sameBytes = (a, b) => compareBytes(a, b) === 0;

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

async function sha512(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-512", joined(...parts)));
}
