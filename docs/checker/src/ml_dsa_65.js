// ML-DSA-65 verification: FIPS 204 algorithms 3, 8 and those they call. No WebCrypto in wide use has it.

const Q = 8380417;
const [ROWS, COLUMNS] = [6, 5];
const GAMMA_1 = 1 << 19;
const GAMMA_2 = (Q - 1) / 32;
const [TAU, BETA, OMEGA] = [49, 196, 55];
const CHALLENGE_BYTES = 48;

// Keccak-f[1600] on 25 lanes of two 32-bit halves, low half first. Written out: most of a check's time goes here.
const ROUND_CONSTANTS = Int32Array.of(
  1, 0, 0x8082, 0, 0x808a, 0x80000000, 0x80008000, 0x80000000, 0x808b, 0, 0x80000001, 0,
  0x80008081, 0x80000000, 0x8009, 0x80000000, 0x8a, 0, 0x88, 0, 0x80008009, 0, 0x8000000a, 0,
  0x8000808b, 0, 0x8b, 0x80000000, 0x8089, 0x80000000, 0x8003, 0x80000000, 0x8002, 0x80000000,
  0x80, 0x80000000, 0x800a, 0, 0x8000000a, 0x80000000, 0x80008081, 0x80000000, 0x8080, 0x80000000,
  0x80000001, 0, 0x80008008, 0x80000000);

const turned = new Int32Array(50);

function keccak(s) {
  const t = turned;
  for (let round = 0; round < 48; round += 2) {
    const l0 = s[0] ^ s[10] ^ s[20] ^ s[30] ^ s[40];
    const h0 = s[1] ^ s[11] ^ s[21] ^ s[31] ^ s[41];
    const l1 = s[2] ^ s[12] ^ s[22] ^ s[32] ^ s[42];
    const h1 = s[3] ^ s[13] ^ s[23] ^ s[33] ^ s[43];
    const l2 = s[4] ^ s[14] ^ s[24] ^ s[34] ^ s[44];
    const h2 = s[5] ^ s[15] ^ s[25] ^ s[35] ^ s[45];
    const l3 = s[6] ^ s[16] ^ s[26] ^ s[36] ^ s[46];
    const h3 = s[7] ^ s[17] ^ s[27] ^ s[37] ^ s[47];
    const l4 = s[8] ^ s[18] ^ s[28] ^ s[38] ^ s[48];
    const h4 = s[9] ^ s[19] ^ s[29] ^ s[39] ^ s[49];
    const p0 = l4 ^ ((l1 << 1) | (h1 >>> 31));
    const q0 = h4 ^ ((h1 << 1) | (l1 >>> 31));
    const p1 = l0 ^ ((l2 << 1) | (h2 >>> 31));
    const q1 = h0 ^ ((h2 << 1) | (l2 >>> 31));
    const p2 = l1 ^ ((l3 << 1) | (h3 >>> 31));
    const q2 = h1 ^ ((h3 << 1) | (l3 >>> 31));
    const p3 = l2 ^ ((l4 << 1) | (h4 >>> 31));
    const q3 = h2 ^ ((h4 << 1) | (l4 >>> 31));
    const p4 = l3 ^ ((l0 << 1) | (h0 >>> 31));
    const q4 = h3 ^ ((h0 << 1) | (l0 >>> 31));
    for (let y = 0; y < 50; y += 10) {
      s[y] ^= p0;
      s[y + 1] ^= q0;
      s[y + 2] ^= p1;
      s[y + 3] ^= q1;
      s[y + 4] ^= p2;
      s[y + 5] ^= q2;
      s[y + 6] ^= p3;
      s[y + 7] ^= q3;
      s[y + 8] ^= p4;
      s[y + 9] ^= q4;
    }
    t[0] = s[0];
    t[1] = s[1];
    t[2] = (s[13] << 12) | (s[12] >>> 20);
    t[3] = (s[12] << 12) | (s[13] >>> 20);
    t[4] = (s[25] << 11) | (s[24] >>> 21);
    t[5] = (s[24] << 11) | (s[25] >>> 21);
    t[6] = (s[36] << 21) | (s[37] >>> 11);
    t[7] = (s[37] << 21) | (s[36] >>> 11);
    t[8] = (s[48] << 14) | (s[49] >>> 18);
    t[9] = (s[49] << 14) | (s[48] >>> 18);
    t[10] = (s[6] << 28) | (s[7] >>> 4);
    t[11] = (s[7] << 28) | (s[6] >>> 4);
    t[12] = (s[18] << 20) | (s[19] >>> 12);
    t[13] = (s[19] << 20) | (s[18] >>> 12);
    t[14] = (s[20] << 3) | (s[21] >>> 29);
    t[15] = (s[21] << 3) | (s[20] >>> 29);
    t[16] = (s[33] << 13) | (s[32] >>> 19);
    t[17] = (s[32] << 13) | (s[33] >>> 19);
    t[18] = (s[45] << 29) | (s[44] >>> 3);
    t[19] = (s[44] << 29) | (s[45] >>> 3);
    t[20] = (s[2] << 1) | (s[3] >>> 31);
    t[21] = (s[3] << 1) | (s[2] >>> 31);
    t[22] = (s[14] << 6) | (s[15] >>> 26);
    t[23] = (s[15] << 6) | (s[14] >>> 26);
    t[24] = (s[26] << 25) | (s[27] >>> 7);
    t[25] = (s[27] << 25) | (s[26] >>> 7);
    t[26] = (s[38] << 8) | (s[39] >>> 24);
    t[27] = (s[39] << 8) | (s[38] >>> 24);
    t[28] = (s[40] << 18) | (s[41] >>> 14);
    t[29] = (s[41] << 18) | (s[40] >>> 14);
    t[30] = (s[8] << 27) | (s[9] >>> 5);
    t[31] = (s[9] << 27) | (s[8] >>> 5);
    t[32] = (s[11] << 4) | (s[10] >>> 28);
    t[33] = (s[10] << 4) | (s[11] >>> 28);
    t[34] = (s[22] << 10) | (s[23] >>> 22);
    t[35] = (s[23] << 10) | (s[22] >>> 22);
    t[36] = (s[34] << 15) | (s[35] >>> 17);
    t[37] = (s[35] << 15) | (s[34] >>> 17);
    t[38] = (s[47] << 24) | (s[46] >>> 8);
    t[39] = (s[46] << 24) | (s[47] >>> 8);
    t[40] = (s[5] << 30) | (s[4] >>> 2);
    t[41] = (s[4] << 30) | (s[5] >>> 2);
    t[42] = (s[17] << 23) | (s[16] >>> 9);
    t[43] = (s[16] << 23) | (s[17] >>> 9);
    t[44] = (s[29] << 7) | (s[28] >>> 25);
    t[45] = (s[28] << 7) | (s[29] >>> 25);
    t[46] = (s[31] << 9) | (s[30] >>> 23);
    t[47] = (s[30] << 9) | (s[31] >>> 23);
    t[48] = (s[42] << 2) | (s[43] >>> 30);
    t[49] = (s[43] << 2) | (s[42] >>> 30);
    for (let y = 0; y < 50; y += 10) {
      const v0 = t[y], v1 = t[y + 1], v2 = t[y + 2], v3 = t[y + 3], v4 = t[y + 4], v5 = t[y + 5], v6 = t[y + 6], v7 = t[y + 7], v8 = t[y + 8], v9 = t[y + 9];
      s[y] = v0 ^ (~v2 & v4);
      s[y + 1] = v1 ^ (~v3 & v5);
      s[y + 2] = v2 ^ (~v4 & v6);
      s[y + 3] = v3 ^ (~v5 & v7);
      s[y + 4] = v4 ^ (~v6 & v8);
      s[y + 5] = v5 ^ (~v7 & v9);
      s[y + 6] = v6 ^ (~v8 & v0);
      s[y + 7] = v7 ^ (~v9 & v1);
      s[y + 8] = v8 ^ (~v0 & v2);
      s[y + 9] = v9 ^ (~v1 & v3);
    }
    s[0] ^= ROUND_CONSTANTS[round];
    s[1] ^= ROUND_CONSTANTS[round + 1];
  }
}

// SHAKE with the rate in bytes (168 for SHAKE128, 136 for SHAKE256): a function that gives the next bytes.
function shake(rate, ...parts) {
  const state = new Int32Array(50);
  const bytes = new Uint8Array(state.buffer);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 1) {
      bytes[at] ^= part[i];
      at += 1;
      if (at === rate) {
        keccak(state);
        at = 0;
      }
    }
  }
  bytes[at] ^= 0x1f;
  bytes[rate - 1] ^= 0x80;
  at = rate;
  return (length) => {
    const squeezed = new Uint8Array(length);
    for (let i = 0; i < length;) {
      if (at === rate) {
        keccak(state);
        at = 0;
      }
      const end = Math.min(rate, at + length - i);
      squeezed.set(bytes.subarray(at, end), i);
      i += end - at;
      at = end;
    }
    return squeezed;
  };
}

// A whole number below 2^50 mod Q; every step is exact.
function reduced(whole) {
  const rest = whole - Math.floor(whole * (1 / Q)) * Q;
  return rest < 0 ? rest + Q : rest >= Q ? rest - Q : rest;
}

// The product of two numbers below Q is below 2^46.
const product = (a, b) => reduced(a * b);

// A polynomial is an Int32Array of 256 numbers below Q.
const ZETAS = Int32Array.from({ length: 256 }, (_, i) => {
  let exponent = 0;
  for (let bit = 0; bit < 8; bit += 1) exponent |= ((i >> bit) & 1) << (7 - bit);
  let zeta = 1;
  for (let k = 0; k < exponent; k += 1) zeta = zeta * 1753 % Q;
  return zeta;
});
const ZETAS_BY_Q = Float64Array.from(ZETAS, (zeta) => zeta / Q);

// `factor` times a number below 2^31, between -Q and Q: the quotient is off by one at most, and the difference is
// small, so that its lowest 32 bits are all of it. `byQ` is factor / Q.
const scaled = (factor, byQ, value) => (Math.imul(factor, value) - Math.imul(byQ * value, Q)) | 0;

// Eight layers add less than 8 Q to a number.
function toNtt(w) {
  let k = 0;
  for (let length = 128; length >= 1; length >>= 1) {
    for (let start = 0; start < 256; start += 2 * length) {
      k += 1;
      const [zeta, byQ] = [ZETAS[k], ZETAS_BY_Q[k]];
      for (let j = start; j < start + length; j += 1) {
        const t = scaled(zeta, byQ, w[j + length]);
        w[j + length] = w[j] - t;
        w[j] += t;
      }
    }
  }
  return positive(w, 1);
}

// Eight layers of sums make less than 256 Q, which is below 2^31.
function fromNtt(w) {
  let k = 256;
  for (let length = 1; length < 256; length *= 2) {
    for (let start = 0; start < 256; start += 2 * length) {
      k -= 1;
      const [zeta, byQ] = [ZETAS[k], ZETAS_BY_Q[k]];
      for (let j = start; j < start + length; j += 1) {
        const difference = w[j + length] - w[j];
        w[j] += w[j + length];
        w[j + length] = scaled(zeta, byQ, difference);
      }
    }
  }
  return positive(w, 8347681);
}

// `factor` times each number, from 0 to Q - 1.
function positive(w, factor) {
  const byQ = factor / Q;
  for (let i = 0; i < 256; i += 1) {
    const value = scaled(factor, byQ, w[i]);
    w[i] = value < 0 ? value + Q : value;
  }
  return w;
}

// 256 numbers of `bits` bits, packed from the lowest bit.
function unpack(bytes, bits) {
  const numbers = new Int32Array(256);
  const mask = 2 ** bits - 1;
  let [held, have, at] = [0, 0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    held |= bytes[i] << have;
    have += 8;
    if (have >= bits) {
      numbers[at] = held & mask;
      at += 1;
      held >>>= bits;
      have -= bits;
    }
  }
  return numbers;
}

// Algorithm 30: one polynomial of the public matrix.
function sampled(seed, row, column) {
  const next = shake(168, seed, [column, row]);
  const numbers = new Int32Array(256);
  for (let at = 0; at < 256;) {
    const block = next(168);
    for (let i = 0; i < 168 && at < 256; i += 3) {
      const number = block[i] | (block[i + 1] << 8) | ((block[i + 2] & 127) << 16);
      if (number < Q) {
        numbers[at] = number;
        at += 1;
      }
    }
  }
  return numbers;
}

// Algorithm 29: a polynomial with TAU coefficients of one or minus one.
function challengeOf(seed) {
  const next = shake(136, seed);
  const signs = next(8);
  const c = new Int32Array(256);
  for (let i = 256 - TAU; i < 256; i += 1) {
    let [j] = next(1);
    while (j > i) [j] = next(1);
    c[i] = c[j];
    const bit = i + TAU - 256;
    c[j] = (signs[bit >> 3] >> (bit & 7)) & 1 ? Q - 1 : 1;
  }
  return c;
}

// Algorithm 21: for each row the places where a hint stands, or null.
function hintsOf(bytes) {
  const hints = [];
  let at = 0;
  for (let row = 0; row < ROWS; row += 1) {
    const end = bytes[OMEGA + row];
    if (end < at || end > OMEGA) return null;
    const places = Array.from(bytes.slice(at, end));
    if (places.some((place, i) => i > 0 && place <= places[i - 1])) return null;
    hints.push(new Set(places));
    at = end;
  }
  return bytes.slice(at, OMEGA).every((byte) => byte === 0) ? hints : null;
}

// Algorithm 40 (with algorithm 36): the high bits of r, moved by the hint.
function highBits(r, hinted) {
  let low = r % (2 * GAMMA_2);
  if (low > GAMMA_2) low -= 2 * GAMMA_2;
  const [high, rest] = r - low === Q - 1 ? [0, low - 1] : [(r - low) / (2 * GAMMA_2), low];
  if (!hinted) return high;
  return rest > 0 ? (high + 1) % 16 : (high + 15) % 16;
}

function minus(a, b) {
  const difference = new Int32Array(256);
  for (let i = 0; i < 256; i += 1) difference[i] = (a[i] - b[i] + Q) % Q;
  return difference;
}

function times(a, b) {
  const products = new Int32Array(256);
  for (let i = 0; i < 256; i += 1) products[i] = product(a[i], b[i]);
  return products;
}

// The sum of the products of COLUMNS pairs of polynomials.
function dot(a, b) {
  const sum = new Int32Array(256);
  for (let i = 0; i < 256; i += 1) {
    let whole = 0;
    for (let column = 0; column < COLUMNS; column += 1) whole += a[column][i] * b[column][i];
    sum[i] = reduced(whole);
  }
  return sum;
}

const matrices = new Map();

function matrixOf(seed) {
  const name = toHex(seed);
  if (!matrices.has(name)) {
    const line = (length, of) => Array.from({ length }, (_, i) => of(i));
    matrices.set(name, line(ROWS, (row) => line(COLUMNS, (column) => sampled(seed, row, column))));
  }
  return matrices.get(name);
}

// With the empty context, as docs/record.md section 2 says.
function verifyMlDsa65(key, signature, message) {
  if (key.length !== 1952 || signature.length !== 3309) return false;
  const challenge = challengeFor(key, signature, message);
  return challenge !== null && sameBytes(challenge, signature.slice(0, CHALLENGE_BYTES));
}

// Algorithm 8 as far as its last line: the challenge that a good signature begins with, or null.
function challengeFor(key, signature, message) {
  const z = [];
  for (let i = 0; i < COLUMNS; i += 1) {
    const start = CHALLENGE_BYTES + 640 * i;
    z.push(unpack(signature.slice(start, start + 640), 20).map((value) => GAMMA_1 - value));
  }
  if (z.some((polynomial) => polynomial.some((value) => Math.abs(value) >= GAMMA_1 - BETA))) return null;
  const hints = hintsOf(signature.slice(CHALLENGE_BYTES + 640 * COLUMNS));
  if (hints === null) return null;

  const seed = key.slice(0, 32);
  const c = toNtt(challengeOf(signature.slice(0, CHALLENGE_BYTES)));
  const zs = z.map((polynomial) => toNtt(polynomial.map((value) => (value + Q) % Q)));
  const matrix = matrixOf(seed);
  const packed = [];
  for (let row = 0; row < ROWS; row += 1) {
    const start = 32 + 320 * row;
    const t1 = toNtt(unpack(key.slice(start, start + 320), 10).map((value) => value * 8192));
    const w = fromNtt(minus(dot(matrix[row], zs), times(c, t1)));
    for (let i = 0; i < 256; i += 2) packed.push(highBits(w[i], hints[row].has(i)) | (highBits(w[i + 1], hints[row].has(i + 1)) << 4));
  }
  const represented = shake(136, shake(136, key)(64), [0, 0], message)(64);
  return shake(136, represented, packed)(CHALLENGE_BYTES);
}
