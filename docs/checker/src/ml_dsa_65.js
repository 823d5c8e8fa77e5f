// ML-DSA-65 verification: FIPS 204 algorithms 3, 8 and those they call. No WebCrypto in wide use has it.

const Q = 8380417;
const [ROWS, COLUMNS] = [6, 5];
const GAMMA_1 = 1 << 19;
const GAMMA_2 = (Q - 1) / 32;
const [TAU, BETA, OMEGA] = [49, 196, 55];
const CHALLENGE_BYTES = 48;

// Keccak-f[1600] on 25 lanes of two 32-bit halves, low half first.
const ROTATIONS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];
const LANES = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];
const ROUND_CONSTANTS = [
  1, 0, 0x8082, 0, 0x808a, 0x80000000, 0x80008000, 0x80000000, 0x808b, 0, 0x80000001, 0,
  0x80008081, 0x80000000, 0x8009, 0x80000000, 0x8a, 0, 0x88, 0, 0x80008009, 0, 0x8000000a, 0,
  0x8000808b, 0, 0x8b, 0x80000000, 0x8089, 0x80000000, 0x8003, 0x80000000, 0x8002, 0x80000000,
  0x80, 0x80000000, 0x800a, 0, 0x8000000a, 0x80000000, 0x80008081, 0x80000000, 0x8080, 0x80000000,
  0x80000001, 0, 0x80008008, 0x80000000];

const columns = new Int32Array(10);

function keccak(s) {
  const c = columns;
  for (let round = 0; round < 24; round += 1) {
    for (let x = 0; x < 10; x += 1) c[x] = s[x] ^ s[x + 10] ^ s[x + 20] ^ s[x + 30] ^ s[x + 40];
    for (let x = 0; x < 5; x += 1) {
      const before = 2 * ((x + 4) % 5);
      const after = 2 * ((x + 1) % 5);
      const low = c[before] ^ ((c[after] << 1) | (c[after + 1] >>> 31));
      const high = c[before + 1] ^ ((c[after + 1] << 1) | (c[after] >>> 31));
      for (let y = 0; y < 50; y += 10) {
        s[y + 2 * x] ^= low;
        s[y + 2 * x + 1] ^= high;
      }
    }
    let low = s[2];
    let high = s[3];
    for (let i = 0; i < 24; i += 1) {
      const at = 2 * LANES[i];
      const by = ROTATIONS[i];
      const nextLow = s[at];
      const nextHigh = s[at + 1];
      const a = by < 32 ? low : high;
      const b = by < 32 ? high : low;
      const bits = by % 32;
      s[at] = bits === 0 ? a : (a << bits) | (b >>> (32 - bits));
      s[at + 1] = bits === 0 ? b : (b << bits) | (a >>> (32 - bits));
      low = nextLow;
      high = nextHigh;
    }
    for (let y = 0; y < 50; y += 10) {
      for (let i = 0; i < 10; i += 1) c[i] = s[y + i];
      for (let i = 0; i < 10; i += 1) s[y + i] ^= ~c[(i + 2) % 10] & c[(i + 4) % 10];
    }
    s[0] ^= ROUND_CONSTANTS[2 * round];
    s[1] ^= ROUND_CONSTANTS[2 * round + 1];
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

// a * b mod Q for two numbers below Q: the product is below 2^46, so that every step is exact.
function product(a, b) {
  const whole = a * b;
  const rest = whole - Math.floor(whole * (1 / Q)) * Q;
  return rest < 0 ? rest + Q : rest >= Q ? rest - Q : rest;
}

// A polynomial is an Int32Array of 256 numbers below Q.
const ZETAS = Int32Array.from({ length: 256 }, (_, i) => {
  let exponent = 0;
  for (let bit = 0; bit < 8; bit += 1) exponent |= ((i >> bit) & 1) << (7 - bit);
  let zeta = 1;
  for (let k = 0; k < exponent; k += 1) zeta = zeta * 1753 % Q;
  return zeta;
});

function toNtt(w) {
  let k = 0;
  for (let length = 128; length >= 1; length >>= 1) {
    for (let start = 0; start < 256; start += 2 * length) {
      k += 1;
      const zeta = ZETAS[k];
      for (let j = start; j < start + length; j += 1) {
        const t = product(zeta, w[j + length]);
        const [low, high] = [w[j] - t, w[j] + t];
        w[j + length] = low < 0 ? low + Q : low;
        w[j] = high >= Q ? high - Q : high;
      }
    }
  }
  return w;
}

function fromNtt(w) {
  let k = 256;
  for (let length = 1; length < 256; length *= 2) {
    for (let start = 0; start < 256; start += 2 * length) {
      k -= 1;
      const zeta = Q - ZETAS[k];
      for (let j = start; j < start + length; j += 1) {
        const [sum, difference] = [w[j] + w[j + length], w[j] - w[j + length]];
        w[j] = sum >= Q ? sum - Q : sum;
        w[j + length] = product(zeta, difference < 0 ? difference + Q : difference);
      }
    }
  }
  return w.map((value) => product(value, 8347681));
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

function plus(a, b) {
  const sum = new Int32Array(256);
  for (let i = 0; i < 256; i += 1) sum[i] = (a[i] + b[i]) % Q;
  return sum;
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
  const z = [];
  for (let i = 0; i < COLUMNS; i += 1) {
    const start = CHALLENGE_BYTES + 640 * i;
    z.push(unpack(signature.slice(start, start + 640), 20).map((value) => GAMMA_1 - value));
  }
  if (z.some((polynomial) => polynomial.some((value) => Math.abs(value) >= GAMMA_1 - BETA))) return false;
  const hints = hintsOf(signature.slice(CHALLENGE_BYTES + 640 * COLUMNS));
  if (hints === null) return false;

  const seed = key.slice(0, 32);
  const challenge = signature.slice(0, CHALLENGE_BYTES);
  const c = toNtt(challengeOf(challenge));
  const zs = z.map((polynomial) => toNtt(polynomial.map((value) => (value + Q) % Q)));
  const matrix = matrixOf(seed);
  const packed = [];
  for (let row = 0; row < ROWS; row += 1) {
    const start = 32 + 320 * row;
    const t1 = toNtt(unpack(key.slice(start, start + 320), 10).map((value) => value * 8192));
    const sum = matrix[row].map((polynomial, i) => times(polynomial, zs[i])).reduce(plus);
    const w = fromNtt(minus(sum, times(c, t1)));
    const high = w.map((value, i) => highBits(value, hints[row].has(i)));
    for (let i = 0; i < 256; i += 2) packed.push(high[i] | (high[i + 1] << 4));
  }
  const represented = shake(136, shake(136, key)(64), [0, 0], message)(64);
  return sameBytes(shake(136, represented, packed)(CHALLENGE_BYTES), challenge);
}
