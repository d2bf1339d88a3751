/** Paths in a configuration: relative to the file's folder, read as absolute ones. */
import { resolve } from 'node:path';
import { z } from 'zod';

export interface Paths {
  /** Schema of a member that is a path. */
  readonly path: z.ZodType<string, string>;
  /** For members that are only sometimes a path. */
  readonly absolute: (written: string) => string;
}

const written = z
  .string('a path')
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'a path without NUL');

export function pathsFrom(folder: string): Paths {
  const absolute = (path: string): string => resolve(folder, path);
  return { absolute, path: written.transform(absolute) };
}

/** For a configuration made by a program, whose paths are final. */
export const pathsAsWritten: Paths = { absolute: (path) => path, path: written };
