// Consent to a release: docs/record.md section 20.

function readRelease(value) {
  object(value, ["audience", "entries", "expires", "letters", "not_before"]);
  lineOfWords(value.audience);
  if (integer(value.expires, 0) < integer(value.not_before, 0)) bad("a consent that ends before it begins");
  array(value.entries, 1, 512).forEach((entry, i) => {
    object(entry, ["digests", "index", "leaf"]);
    integer(entry.index, i === 0 ? 0 : value.entries[i - 1].index + 1);
    hash(string(entry.leaf));
    ascendingDigests(array(entry.digests, 0, 128).map(digestText));
  });
  ascendingDigests(array(value.letters, 0, 64).map(digestText));
}

// Whether a consent is to exactly what the file shows beside consents.
async function covers({ entries, letters }, check) {
  const shown = check.shown.filter(({ document }) => document.kind !== "consent");
  const same = entries.length === shown.length && letters.join() === check.letters.map(({ digest }) => digest).join();
  if (!same) return false;
  for (const [i, { index, leaf, document }] of shown.entries()) {
    const of = entries[i];
    if (BigInt(of.index) !== index || of.leaf !== toHex(await leafHash(leaf.bytes)) || of.digests.join() !== document.digests.join()) return false;
  }
  return true;
}

async function releaseOf(check) {
  const consents = [];
  for (const { index, document } of check.shown) {
    const release = document.kind === "consent" ? document.values.get("release") : undefined;
    if (release !== undefined) {
      const { audience, not_before: from, expires: until } = release;
      consents.push({ index, audience, from: BigInt(from), until: BigInt(until), covers: await covers(release, check) });
    }
  }
  const agreement = consents.length === 0 ? "not shown" : consents.some((one) => one.covers) ? "shown" : "another release";
  return { agreement, consents };
}
