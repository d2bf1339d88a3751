import { z } from 'zod';
import { readParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';

/** Values of a request for its artifact configuration, in the form of such; the policy says which there are. */
export const parameterValues = z.unknown().transform((value, context): ParameterValues => {
  const read = readParameters(value);
  if (read.ok) return read.value;
  context.addIssue({
    code: 'custom',
    message: read.message,
    ...(read.name === null ? {} : { path: [read.name] }),
  });
  return z.NEVER;
});
