// Ed25519, strict: docs/log.md section 2. WebCrypto computes the equation where it does so without the
// cofactor; what WebCrypto leaves open (encodings, small order) is looked at here first.

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const ROOT_OF_MINUS_ONE = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;

// y of the eight points of small order, in canonical encoding; both signs of x.
const ORDER_EIGHT_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL_ORDER_Y = [0n, 1n, P - 1n, ORDER_EIGHT_Y, P - ORDER_EIGHT_Y];

const mod = (value) => ((value % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n, square = square * square % P) {
    if (left & 1n) result = result * square % P;
  }
  return result;
}

const littleEndian = (bytes) => BigInt("0x" + toHex(Uint8Array.from(bytes).reverse()));
const yOf = (bytes) => littleEndian(bytes) & ((1n << 255n) - 1n);

// The point of 32 bytes as [X, Y, Z, T], or null if they are none or are not canonical.
function decodePoint(bytes) {
  const y = yOf(bytes);
  const sign = bytes[31] >> 7;
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const v3 = v * v % P * v % P;
  let x = u * v3 % P * power(u * v3 % P * v3 % P * v % P, (P - 5n) / 8n) % P;
  const square = v * x % P * x % P;
  if (square === mod(-u)) x = x * ROOT_OF_MINUS_ONE % P;
  else if (square !== u) return null;
  if (x === 0n && sign === 1) return null;
  if (Number(x & 1n) !== sign) x = P - x;
  return [x, y, 1n, x * y % P];
}

function encodePoint([x, y, z]) {
  const inverse = power(z, P - 2n);
  const bytes = new Uint8Array(32);
  let left = (y * inverse % P) | ((x * inverse % P & 1n) << 255n);
  for (let i = 0; i < 32; i += 1, left >>= 8n) bytes[i] = Number(left & 255n);
  return bytes;
}

// RFC 8032 section 5.1.4.
function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = (y1 - x1) * (y2 - x2) % P;
  const b = (y1 + x1) * (y2 + x2) % P;
  const c = 2n * D * t1 % P * t2 % P;
  const d = 2n * z1 * z2 % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

const BASE_POINT = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n, 1n,
  46827403850823179245072216630277197565144205554125654976674165829533817101731n];

// [a]B + [b]point, in one pass.
function combine(a, b, point) {
  const both = addPoints(BASE_POINT, point);
  let sum = [0n, 1n, 1n, 0n];
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = addPoints(sum, sum);
    const [ofBase, ofPoint] = [(a >> bit) & 1n, (b >> bit) & 1n];
    if (ofBase && ofPoint) sum = addPoints(sum, both);
    else if (ofBase) sum = addPoints(sum, BASE_POINT);
    else if (ofPoint) sum = addPoints(sum, point);
  }
  return sum;
}

const hasSmallOrder = (bytes) => SMALL_ORDER_Y.includes(yOf(bytes));

const knownKeys = new Map();

function isEd25519Key(bytes) {
  const name = toHex(bytes);
  if (!knownKeys.has(name)) {
    knownKeys.set(name, bytes.length === 32 && !hasSmallOrder(bytes) && decodePoint(bytes) !== null);
  }
  return knownKeys.get(name);
}

async function verifiesHere(key, signature, message) {
  const [x, y, z, t] = decodePoint(key);
  const nonce = signature.slice(0, 32);
  const k = littleEndian(await sha512(nonce, key, message)) % ORDER;
  const sum = combine(littleEndian(signature.slice(32)), k, [mod(-x), y, z, mod(-t)]);
  return sameBytes(encodePoint(sum), nonce);
}

async function verifiesByEngine(key, signature, message) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

// A signature that holds only if the equation is multiplied by the cofactor, and one that always holds.
const WITH_COFACTOR_ONLY = {
  key: "3deb8ca9e3d031548d729bed3aa7f3840e256888362f1ea239c189f03b281f24",
  signature: "7e297dd1368821d6f8c0acbf5259aed9c42c71ee069c38e4b6d99a685e02649fde9075eaa05b6051affe9d08f4f0b1d322a13a9fccd46a8ecb12dfc180f3dc07",
  message: "636f666163746f722030",
};
const ALWAYS = {
  key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  message: "",
};

let engine = null;

// Whether this browser's WebCrypto knows Ed25519 and judges as docs/log.md asks; else our own code does it.
function engineServes() {
  engine ??= (async () => {
    const asked = ({ key, signature, message }) =>
      verifiesByEngine(fromHex(key), fromHex(signature), fromHex(message));
    try {
      return await asked(ALWAYS) && !await asked(WITH_COFACTOR_ONLY);
    } catch {
      return false;
    }
  })();
  return engine;
}

async function verifyEd25519(key, signature, message) {
  if (signature.length !== 64 || !isEd25519Key(key)) return false;
  const nonce = signature.slice(0, 32);
  if (yOf(nonce) >= P || hasSmallOrder(nonce)) return false;
  if (littleEndian(signature.slice(32)) >= ORDER) return false;
  return await engineServes()
    ? verifiesByEngine(key, signature, message)
    : verifiesHere(key, signature, message);
}
