/** Whether clamd answers files as it must whose answers are known. */
import { CodedError } from '#core/error/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Canary } from './canaries.ts';
import { sessionFileBytesMax } from './clamd-session.ts';
import { CutOff, type Clamd, type ScanVerdict } from './clamd.ts';

export class CanaryMissed extends CodedError<'CANARY_MISSED'> {
  static override readonly errorName = 'CanaryMissed';
  readonly unavailable: Unavailable;
  constructor(canary: Canary, answer: string) {
    super('CANARY_MISSED', canary.name);
    const message = `the virus scanner is not used: it answered the canary “${canary.name}” with ${answer}`;
    this.unavailable = new Unavailable('scanner', message, `${canary.fix}; see docs/guides/scanning.md`);
  }
}

/** Throws CanaryMissed, or Unavailable where clamd can’t be reached. */
export async function tryCanary(clamd: Clamd, canary: Canary): Promise<void> {
  const verdict = await clamd.scanStream(canary.content()).catch((error: unknown): never => {
    if (!(error instanceof Unavailable)) throw error;
    if (error instanceof CutOff && canary.isLargest === true)
      throw new CanaryMissed(canary, 'a connection that was closed before the end');
    const { message, fix } = error;
    throw new Unavailable('scanner', `${message} (canary “${canary.name}”)`, fix, error);
  });
  if (!isExpected(canary, verdict)) throw new CanaryMissed(canary, shown(verdict));
}

/** What is small, all over one connection: whether each answer is that to its own file. */
export async function tryInSession(clamd: Clamd, all: readonly Canary[]): Promise<void> {
  const small: { readonly canary: Canary; readonly bytes: Uint8Array }[] = [];
  for (const canary of all) {
    const bytes = canary.isLargest === true ? null : await wholeOf(canary);
    if (bytes !== null && bytes.length <= sessionFileBytesMax) small.push({ canary, bytes });
  }
  const verdicts = await clamd.scanEach(contentsOf(small));
  for (const [at, { canary }] of small.entries()) {
    const verdict = verdicts[at];
    if (verdict === undefined || !isExpected(canary, verdict))
      throw new CanaryMissed(
        { ...canary, name: `${canary.name}, in a session` },
        verdict === undefined ? 'nothing' : shown(verdict),
      );
  }
}

async function wholeOf({ content }: Canary): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* contentsOf(files: readonly { readonly bytes: Uint8Array }[]): AsyncGenerator<Uint8Array> {
  for (const { bytes } of files) yield await Promise.resolve(bytes);
}

function isExpected({ expects }: Canary, verdict: ScanVerdict): boolean {
  switch (expects) {
    case 'clean':
      return verdict.verdict === 'clean';
    case 'found':
      return verdict.verdict === 'infected' && verdict.viruses.some((name) => /eicar/i.test(name));
    case 'limits':
      return verdict.verdict === 'not-scanned' && verdict.reason === 'limits';
  }
}

function shown(verdict: ScanVerdict): string {
  switch (verdict.verdict) {
    case 'clean':
      return '“clean”';
    case 'infected':
      return `“${verdict.viruses.join(', ')}”`;
    case 'not-scanned':
      return `“${verdict.detail}”`;
  }
}
