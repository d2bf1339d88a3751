import { dirname, join } from 'node:path';

/** Where prisma/ lies. Built itself (decision 0059), this file lies in dist/. */
export const projectDirectory = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '..', '..')
  : dirname(import.meta.dirname);
