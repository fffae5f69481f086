/**
 * What the server says of each setting of a stream: its meaning, its limits, its default.
 *
 * @typedef {object} Known
 * @property {string} path         as `tracker.track_thresh`
 * @property {string} meaning
 * @property {"number" | "integer" | "boolean" | "string" | "other"} type
 * @property {boolean} optional    null is a value of its own
 * @property {number} [least]
 * @property {number} [most]
 * @property {string[]} [choices]
 * @property {any} standard        its default
 */

/**
 * The settings by path, read from the description of the API.
 * @param {{components: {schemas: Record<string, any>}}} api
 * @returns {Map<string, Known>}
 */
export function knownSettings({ components: { schemas } }) {
  /** @type {Map<string, Known>} */
  const found = new Map();
  const read = (/** @type {string} */ name, /** @type {string} */ prefix) => {
    for (const [field, schema] of Object.entries(schemas[name].properties)) {
      const below = schema.$ref?.split("/").pop();
      if (below === "TrackerSettings" || below === "DetectionSettings") read(below, `${field}.`);
      else found.set(prefix + field, known(prefix + field, schema));
    }
  };
  read("StreamSettings", "");
  return found;
}

/** @param {string} path @param {any} schema @returns {Known} */
function known(path, schema) {
  const kinds = schema.anyOf ?? [schema];
  const optional = kinds.some((/** @type {any} */ kind) => kind.type === "null");
  const own = kinds.filter((/** @type {any} */ kind) => kind.type !== "null");
  const [kind] = own;
  const simple = own.length === 1 && ["number", "integer", "boolean", "string"].includes(kind.type);
  return {
    path,
    meaning: schema.description ?? "",
    type: simple ? kind.type : "other",
    optional,
    least: kind.minimum ?? kind.exclusiveMinimum,
    most: kind.maximum ?? kind.exclusiveMaximum,
    choices: kind.enum,
    standard: schema.default ?? null,
  };
}

/** The value at a path. @param {Record<string, any>} settings @param {string} path */
export function valueAt(settings, path) {
  return path.split(".").reduce((value, name) => value?.[name], /** @type {any} */ (settings)) ?? null;
}

/** A merge patch that sets the values at some paths. @param {Iterable<[string, any]>} values */
export function patchAt(values) {
  /** @type {Record<string, any>} */
  const patch = {};
  for (const [path, value] of values) {
    const names = path.split(".");
    const last = /** @type {string} */ (names.pop());
    let place = patch;
    for (const name of names) place = place[name] ??= {};
    place[last] = value;
  }
  return patch;
}
