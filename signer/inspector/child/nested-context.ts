/** What opening the files of one request shares: where they go, what may still be unpacked, and who opens what the inspector can’t. */
import type { UnpackBudget } from '#core/formats/archive/index.ts';
import type { SearchWork } from '#core/formats/recognise/index.ts';
import type { UpstreamTrust } from '#core/formats/upstream-trust.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { programsOfRequestMax } from '../limits.ts';
import type { InsideAnswer, InsidePlace } from '../answers.ts';
import type { Elsewhere } from './open-elsewhere.ts';
import { newTries } from './try-stream.ts';

export interface NestedContext {
  readonly folder: string;
  readonly budget: UnpackBudget;
  readonly inside: InsideAnswer[];
  readonly copies: InsidePlace[];
  /** Content that is already among the files to be scanned. */
  readonly known: Set<Sha256Hex>;
  /** → an unused file name in the folder. */
  readonly newFile: () => string;
  readonly elsewhere: Elsewhere;
  /** Judges signatures of programs inside. */
  readonly upstream: UpstreamTrust | null;
  /** Programs that may still be named. */
  programsLeft: number;
  givenUp: number;
  /** For streams that begin somewhere inside a file and are tried, all files together. */
  readonly tries: SearchWork;
}

type Given = Omit<NestedContext, 'known' | 'programsLeft' | 'givenUp' | 'tries'>;

export function newNestedContext(given: Given): NestedContext {
  return { ...given, known: new Set(), programsLeft: programsOfRequestMax, givenUp: 0, tries: newTries() };
}
