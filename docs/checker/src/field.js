// Typed fields of a clause: docs/record.md section 3.2.

function readField(value) {
  object(value, ["name", "type", "value"]);
  const read = has(FIELD_TYPES, string(value.type)) ? FIELD_TYPES[value.type] : () => bad("not a type of field");
  read(value.value);
  return { name: lineOfWords(value.name), type: value.type, value: value.value };
}

const FIELD_TYPES = {
  instant: readInstant,
  period(value) {
    object(value, ["end", "start"]);
    if (readInstant(value.start) >= readInstant(value.end)) bad("a period that ends before it begins");
  },
  person: readName,
  organisation: readName,
  duration(value) {
    object(value, ["from", "seconds"]);
    lineOfWords(value.from);
    integer(value.seconds, 0);
  },
  point: readPoint,
  polygon(value) {
    array(value, 3, 1024).forEach(readPoint);
  },
  quantity(value) {
    object(value, ["amount", "unit"]);
    integer(value.amount, -Number.MAX_SAFE_INTEGER);
    lineOfWords(value.unit);
  },
  file(value) {
    fromBase64url(object(value, ["sha-256"])["sha-256"], 32);
  },
};

function readInstant(value) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(string(value));
  if (parts === null) bad("not an instant");
  const date = new Date(value);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== value.replace("Z", ".000Z") || value.startsWith("0000")) bad("not an instant");
  return date.getTime();
}

// A person or an organisation, and perhaps what tells it from others of its name.
function readName(value) {
  object(value, ["name"], ["reference"]);
  lineOfWords(value.name);
  if (has(value, "reference")) lineOfWords(value.reference);
}

const readAfter = (value) => integer(value, 0);

function readPoint(value) {
  object(value, ["datum", "latitude", "longitude"]);
  matching(value.datum, /^WGS84$/, "the datum");
  readDegrees(value.latitude, 90);
  readDegrees(value.longitude, 180);
}

function readDegrees(value, limit) {
  matching(value, /^-?(0|[1-9][0-9]{0,2})\.[0-9]{6}$/, "degrees");
  if (value === "-0.000000" || Math.abs(Number(value)) > limit) bad("not degrees");
}
