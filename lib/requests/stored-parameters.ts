import { readParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';

/** A column of the portal's own, which only takes what was read before. */
export function storedParameters(value: unknown): ParameterValues {
  const read = readParameters(value);
  if (!read.ok) throw new TypeError(`stored parameters: ${read.message}`);
  return read.value;
}
