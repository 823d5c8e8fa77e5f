// Keys that sign, for files made in tests: Ed25519 by Node, ML-DSA-65 by FIPS 204 algorithms 6 and 7.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const part = (name) => readFileSync(new URL(`../../docs/checker/src/${name}.js`, import.meta.url), "utf8");
const lattice = vm.runInThisContext(`(() => { ${part("bytes")}\n${part("ml_dsa_65")}
return { Q, ROWS, COLUMNS, GAMMA_1, GAMMA_2, BETA, OMEGA, CHALLENGE_BYTES, shake, toNtt, fromNtt, matrixOf, challengeOf,
  highBits, minus, times, dot, joined };
})()`);
const { Q, ROWS, COLUMNS, GAMMA_1, GAMMA_2, BETA, OMEGA, CHALLENGE_BYTES, shake, toNtt, fromNtt, matrixOf, challengeOf,
  highBits, minus, times, dot, joined } = lattice;

export const seedOf = (name) => createHash("sha256").update(name).digest();

// What was signed once is given again: altered files share most of their signatures.
class Remembering {
  made = new Map();

  sign(message) {
    const name = createHash("sha256").update(message).digest("hex");
    if (!this.made.has(name)) {
      if (this.made.size === 512) this.made.clear();
      this.made.set(name, this.signAnew(message));
    }
    return this.made.get(name);
  }
}

const remembered = new Map();

export class Ed25519Key extends Remembering {
  constructor(name) {
    super();
    if (remembered.has(name)) return remembered.get(name);
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seedOf(name)]);
    this.private = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    this.public = createPublicKey(this.private).export({ format: "der", type: "spki" }).subarray(12);
    remembered.set(name, this);
  }

  signAnew(message) {
    return sign(null, message, this.private);
  }
}

const range = (length, of) => Array.from({ length }, (_, i) => of(i));
const centred = (value) => (value > Q / 2 ? value - Q : value);

// Whether the numbers of a polynomial, as `of` has them, are below `limit`.
function below(limit, polynomial, of = centred) {
  for (let i = 0; i < 256; i += 1) if (Math.abs(of(polynomial[i])) >= limit) return false;
  return true;
}

// The polynomials that `make` gives for 0 to `length` - 1, or null as soon as one is not `good`.
function allOf(length, make, good) {
  const made = [];
  for (let i = 0; i < length; i += 1) {
    made.push(make(i));
    if (!good(made[i])) return null;
  }
  return made;
}

function masked(seed, nonce) {
  const bytes = shake(136, seed, [nonce & 255, nonce >> 8])(640);
  const y = new Int32Array(256);
  for (let i = 0, at = 0; i < 256; i += 2, at += 5) {
    const [low, high] = [bytes[at] | (bytes[at + 1] << 8) | ((bytes[at + 2] & 15) << 16),
      (bytes[at + 2] >> 4) | (bytes[at + 3] << 4) | (bytes[at + 4] << 12)];
    y[i] = (GAMMA_1 - low + Q) % Q;
    y[i + 1] = (GAMMA_1 - high + Q) % Q;
  }
  return y;
}

function pack(numbers, bits) {
  const bytes = new Uint8Array(numbers.length * bits / 8);
  let [held, have, at] = [0, 0, 0];
  for (let i = 0; i < numbers.length; i += 1) {
    held |= numbers[i] << have;
    for (have += bits; have >= 8; have -= 8, held >>>= 8, at += 1) bytes[at] = held & 255;
  }
  return bytes;
}

function smallPolynomial(seed, nonce) {
  const next = shake(136, seed, [nonce & 255, nonce >> 8]);
  const numbers = [];
  while (numbers.length < 256) {
    const [byte] = next(1);
    for (const half of [byte & 15, byte >> 4]) {
      if (half < 9 && numbers.length < 256) numbers.push((4 - half + Q) % Q);
    }
  }
  return Int32Array.from(numbers);
}

function plus(a, b) {
  const sum = new Int32Array(256);
  for (let i = 0; i < 256; i += 1) sum[i] = a[i] + b[i] < Q ? a[i] + b[i] : a[i] + b[i] - Q;
  return sum;
}

const applied = (matrix, vector) => matrix.map((row) => fromNtt(dot(row, vector)));

// Algorithm 37 of all 256 numbers at once: twice GAMMA_2 is 4092 times 128.
function highOf(polynomial) {
  const high = new Uint8Array(256);
  for (let i = 0; i < 256; i += 1) high[i] = ((((polynomial[i] + 127) >> 7) * 1025 + (1 << 21)) >> 22) & 15;
  return high;
}
const lowBits = (value) => {
  let low = value % (2 * GAMMA_2);
  if (low > GAMMA_2) low -= 2 * GAMMA_2;
  return value - low === Q - 1 ? low - 1 : low;
};

export class MlDsa65Key extends Remembering {
  constructor(name) {
    super();
    const next = shake(136, seedOf(name), [ROWS, COLUMNS]);
    const [rho, rest] = [next(32), next(64)];
    this.k = next(32);
    this.matrix = matrixOf(rho);
    const s1 = range(COLUMNS, (i) => smallPolynomial(rest, i));
    const s2 = range(ROWS, (i) => smallPolynomial(rest, COLUMNS + i));
    this.s1 = s1.map((polynomial) => toNtt(polynomial.slice()));
    const t = applied(this.matrix, this.s1).map((polynomial, i) => plus(polynomial, s2[i]));
    const t1 = t.map((polynomial) => polynomial.map((value) => (value + 4095) >> 13));
    const t0 = t.map((polynomial, i) => polynomial.map((value, j) => (value - t1[i][j] * 8192 + Q) % Q));
    this.s2 = s2.map((polynomial) => toNtt(polynomial.slice()));
    this.t0 = t0.map((polynomial) => toNtt(polynomial.slice()));
    this.public = joined(rho, ...t1.map((polynomial) => pack(polynomial, 10)));
    this.publicHash = shake(136, this.public)(64);
  }

  signAnew(message) {
    const mu = shake(136, this.publicHash, [0, 0], message)(64);
    const seed = shake(136, this.k, new Uint8Array(32), mu)(64);
    for (let kappa = 0; ; kappa += COLUMNS) {
      const signature = this.attempt(mu, seed, kappa);
      if (signature !== null) return signature;
    }
  }

  attempt(mu, seed, kappa) {
    const y = range(COLUMNS, (i) => masked(seed, kappa + i));
    const w = applied(this.matrix, y.map((polynomial) => toNtt(polynomial.slice())));
    const packed = w.map((polynomial) => pack(highOf(polynomial), 4));
    const challenge = shake(136, mu, ...packed)(CHALLENGE_BYTES);
    const c = toNtt(challengeOf(challenge));
    const by = (polynomial) => fromNtt(times(c, polynomial));
    // What refuses most often comes first: which attempt is the first good one does not hang on the order.
    const rest = allOf(ROWS, (i) => minus(w[i], by(this.s2[i])), (one) => below(GAMMA_2 - BETA, one, lowBits));
    if (rest === null) return null;
    const z = allOf(COLUMNS, (i) => plus(y[i], by(this.s1[i])), (one) => below(GAMMA_1 - BETA, one));
    if (z === null) return null;
    const ct0 = allOf(ROWS, (i) => by(this.t0[i]), (one) => below(GAMMA_2, one));
    if (ct0 === null) return null;
    const hints = new Uint8Array(OMEGA + ROWS);
    let count = 0;
    for (let row = 0; row < ROWS; row += 1) {
      const moved = plus(rest[row], ct0[row]);
      for (let i = 0; i < 256; i += 1) {
        if (highBits(moved[i], false) === highBits(rest[row][i], false)) continue;
        if (count === OMEGA) return null;
        hints[count] = i;
        count += 1;
      }
      hints[OMEGA + row] = count;
    }
    const zs = z.map((polynomial) => pack(polynomial.map((value) => GAMMA_1 - centred(value)), 20));
    return joined(challenge, ...zs, hints);
  }
}
