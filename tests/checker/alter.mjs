// Alterations that know the forms: members left out, doubled, moved; lines of texts; words of the specification in
// each other's place; JSON inside base64url.
import { canonical } from "./forge.mjs";

const WORDS = [
  ["charter", "understanding", "amendment", "statement", "admission", "removal", "succession", "hand-over", "dispute", "report"],
  ["binds", "ad-referendum", "guarantees", "witnesses", "states"],
  ["explore", "negotiate", "commit"],
  ["signed", "amended", "interpreted", "reserved", "disputed", "suspended", "reported-kept", "reported-broken", "terminated", "superseded"],
  ["never", "by-consent", "public", "after"],
  ["EdDSA", "Ed25519", "ML-DSA-65", "Ed25519+ML-DSA-65"],
  ["title", "parties", "amends", "answers", "roster", "decoy-0", "_sd", "..."],
  ["en", "EN", "ar", "en-GB", "en-gb"],
];
const LETTERS = [..."0123456789abcdefABCZz-_+/=. \n\u2014\u202e\u00e9\u007f\u00a0\t"];

// A source of choices that is the same for one seed (mulberry32).
export function choices(seed) {
  let state = seed >>> 0;
  const below = (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  };
  return { below, one: (values) => values[below(values.length)] };
}

const at = (value, path) => path.reduce((inner, name) => inner[name], value);
export const copy = (value) => JSON.parse(JSON.stringify(value));

function paths(value, path = []) {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((name) => paths(value[name], [...path, name]))];
}

export class Alterer {
  constructor(seed) {
    Object.assign(this, choices(seed));
  }

  // Another value of the kind of `value`, which itself stays as it is.
  value(value) {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return this.number(value);
    return this.inside(copy(value));
  }

  number(number) {
    return this.one([number + 1, number - 1, 0, number * 2, number + 60, number - 86400, 2 ** 53]);
  }

  text(text) {
    const i = this.below(text.length + 1);
    return this.one([
      () => text.slice(0, i) + this.one(LETTERS) + text.slice(i),
      () => text.slice(0, i) + text.slice(i + 1),
      () => text.slice(0, i) + this.one(LETTERS) + text.slice(i + 1),
      () => this.figure(text),
      () => this.figure(text),
      () => this.word(text),
      () => this.word(text),
      () => this.lines(text),
      () => this.lines(text),
      () => this.encoded(text),
      () => this.encoded(text),
    ])();
  }

  // One of the numbers in a text is another.
  figure(text) {
    const found = [...text.matchAll(/\d+/g)];
    if (found.length === 0) return `${text}0`;
    const { 0: digits, index } = this.one(found);
    const other = this.one([BigInt(digits) + 1n, BigInt(digits) - 1n, 0n, BigInt(digits) + 100000n]);
    return text.slice(0, index) + other + text.slice(index + digits.length);
  }

  // A word of the specification gives way to another of its row.
  word(text) {
    const found = WORDS.flatMap((row) => row.filter((word) => text.includes(word)).map((word) => ({ row, word })));
    if (found.length === 0) return this.one(this.one(WORDS));
    const { row, word } = this.one(found);
    return text.replace(word, this.one(row));
  }

  lines(text) {
    const lines = text.split("\n");
    const [i, j] = [this.below(lines.length), this.below(lines.length)];
    this.one([
      () => lines.splice(i, 1),
      () => lines.splice(i, 0, lines[j]),
      () => { [lines[i], lines[j]] = [lines[j], lines[i]]; },
    ])();
    return lines.join("\n");
  }

  encoded(text) {
    try {
      return Buffer.from(canonical(this.value(JSON.parse(Buffer.from(text, "base64url").toString())))).toString("base64url");
    } catch {
      const bytes = Buffer.from(text, "base64url");
      if (bytes.length === 0) return `${text}A`;
      bytes[this.below(bytes.length)] ^= 1 << this.below(8);
      return bytes.toString("base64url");
    }
  }

  inside(value) {
    const places = paths(value).filter((path) => path.length > 0);
    if (places.length === 0) return value;
    const path = this.one(places);
    const parent = at(value, path.slice(0, -1));
    const name = path[path.length - 1];
    const inner = parent[name];
    this.one([
      () => (Array.isArray(parent) ? parent.splice(Number(name), 1) : delete parent[name]),
      () => (Array.isArray(parent) ? parent.splice(Number(name), 0, copy(inner)) : parent[this.one([`${name}x`, this.one(this.one(WORDS))])] = copy(inner)),
      () => { parent[name] = copy(at(value, this.one(places))); },
      () => { parent[name] = this.one([null, [], {}, 0, -1, "", "1", true, 2 ** 53, 1.5]); },
      () => { [parent[name], parent[this.one(Object.keys(parent))]] = [parent[this.one(Object.keys(parent))], inner]; },
      ...Array.from({ length: 7 }, () => () => {
        if (Array.isArray(inner)) inner.reverse();
        else if (typeof inner === "object" || typeof inner === "boolean") parent[name] = {};
        else parent[name] = this.value(inner);
      }),
    ])();
    return value;
  }
}
