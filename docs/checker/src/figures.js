// Whether all texts of a clause say the same figures: docs/record.md section 3.5.

const ZEROS = `0030 0660 06F0 07C0 0966 09E6 0A66 0AE6 0B66 0BE6 0C66 0CE6 0D66 0DE6 0E50 0ED0 0F20 1040 1090 17E0 1810 1946
  19D0 1A80 1A90 1B50 1BB0 1C40 1C50 A620 A8D0 A900 A9D0 A9F0 AA50 ABF0 FF10 104A0 10D30 11066 110F0 11136 111D0 112F0 11450
  114D0 11650 116C0 11730 118E0 11950 11C50 11D50 11DA0 16A60 16AC0 16B50 1D7CE 1D7D8 1D7E2 1D7EC 1D7F6 1E140 1E2F0 1E950 1FBF0`
  .split(/\s+/).map((code) => parseInt(code, 16));
const JOINERS = ".,:/-'\u2019\u00a0\u202f\u2009\u066b\u066c";

function digitOf(character) {
  const code = character.codePointAt(0);
  const zero = ZEROS.find((first) => first <= code && code < first + 10);
  return zero === undefined ? null : String(code - zero);
}

function figuresIn(text) {
  const characters = [...text];
  const found = [];
  for (let i = 0; i < characters.length; i += 1) {
    if (digitOf(characters[i]) === null) continue;
    const before = characters[i - 1];
    const isMinus = before === "\u2212" || (before === "-" && (i === 1 || /[ \n]/.test(characters[i - 2])));
    let figure = isMinus ? "-" : "";
    for (; i < characters.length; i += 1) {
      const digit = digitOf(characters[i]);
      const joins = digit === null && JOINERS.includes(characters[i]) && i + 1 < characters.length && digitOf(characters[i + 1]) !== null;
      if (digit === null && !joins) break;
      figure += digit ?? " ";
    }
    found.push(figure);
  }
  return found.sort();
}

// Null for a clause of one language.
function figuresAgree({ text }) {
  if (text.length < 2) return null;
  const [first, ...others] = text.map(([, said]) => figuresIn(said).join("\n"));
  return others.every((other) => other === first);
}
