/**
 * A value of JSON's kinds → the same, where each half of a surrogate pair is U+FFFD: such a half has no octets, so nothing with it can be
 * sealed or signed. Names and texts come from hostile files, and sentences that quote them are cut.
 */
export function wellFormed<Value>(value: Value): Value {
  return repaired(value) as Value;
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(repaired);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), repaired(inner)]),
  );
}
