/** What each operation of the API is asked, by its operationId. */
import type { Case } from './case.ts';
import { readingCases } from './reading-cases.ts';
import type { World } from './world.ts';
import { uploadCases } from './upload-cases.ts';
import { writingCases } from './writing-cases.ts';

export function casesOf(world: World): Readonly<Record<string, readonly Case[]>> {
  return { ...writingCases(world), ...uploadCases(world), ...readingCases(world) };
}
