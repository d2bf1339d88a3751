/** Programs inside an installer: whether each is signed, and by whom, as far as the inspector can tell. */
import { join } from 'node:path';
import { formats } from '#core/formats/registry.ts';
import type { FormatType } from '#core/formats/format.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import type { UpstreamTrust } from '#core/formats/upstream-trust.ts';
import { failures } from '#core/wire/finding/index.ts';
import { programsMax } from '../limits.ts';
import type { ProgramInside } from '../answers.ts';
import { withFile, type WrittenFile } from './file-source.ts';
import type { NestedContext } from './nested-context.ts';

/** What Windows starts or loads by its content, and verifies by Authenticode. */
const programTypes = ['pe', 'msi'] as const satisfies readonly FormatType[];
export const isProgramType = (type: FormatType | undefined): boolean =>
  programTypes.some((one) => one === type);
/** `verify: authenticode`, as a configuration would ask for it. */
const checks = {
  pe: formats.pe.compile({ type: 'pe', verify: 'authenticode' }, undefined).check,
  msi: formats.msi.compile({ type: 'msi', verify: 'authenticode' }, undefined).check,
};
const marks = { pe: [0x4d, 0x5a], msi: [0xd0, 0xcf, 0x11, 0xe0] } as const;
const wordsMax = 500;

interface Named {
  /** null: they aren't named. */
  readonly programs: ProgramInside[] | null;
  programCount: number;
}

/** Adds the file to the programs, where it is one. `place`: `!/inner.zip!/deeper`. */
export async function namePrograms(
  context: NestedContext,
  named: Named,
  { file, place, ...written }: WrittenFile & { readonly file: string; readonly place: string },
): Promise<void> {
  if (named.programs === null) return;
  const program = await nameProgram(context, { file, ...written }, named.programs.length < programsMax);
  if (program === null) return;
  named.programCount += 1;
  if (program !== 'too many') named.programs.push({ place: place.slice(2), ...program });
}

/** null: the file is none. `too many`: nobody looks closer. */
export async function nameProgram(
  context: NestedContext,
  { file, sha256, sizeBytes }: WrittenFile & { readonly file: string },
  isWanted = true,
): Promise<Omit<ProgramInside, 'place'> | 'too many' | null> {
  const written = { sha256, sizeBytes };
  const program = await withFile(join(context.folder, file), (source) =>
    programIn(source, written, context.upstream),
  );
  if (program === null) return null;
  if (!isWanted || context.programsLeft === 0) return 'too many';
  context.programsLeft -= 1;
  return { ...written, ...program };
}

/** null: it is none. Never signed is what can’t be read as a program, although it begins like one. */
async function programIn(
  source: RandomAccessSource,
  written: WrittenFile,
  upstream: UpstreamTrust | null,
): Promise<Pick<ProgramInside, 'signature' | 'about'> | null> {
  const head = await source.read(0, Math.min(4, source.size));
  const type = programTypes.find((one) => marks[one].every((byte, at) => head[at] === byte));
  if (type === undefined) return null;
  const context = { path: [], policy: null, carries: [], digestsWanted: false, ...written };
  const { facts, findings } = await formats[type].inspect(source, {
    ...context,
    sign: null,
    check: checks[type],
    upstream,
  });
  if (facts === null) return damaged(type, findings);
  if (!facts.signed) return { signature: 'unsigned', about: null };
  const [refused] = failures(findings);
  if (refused !== undefined) return { signature: 'other', about: refused.message.slice(0, wordsMax) };
  const held = findings.find(({ rule }) => rule === `${type}.upstream-signature`);
  return held === undefined
    ? { signature: 'other', about: null }
    : { signature: 'upstream', about: held.message.slice(0, wordsMax) };
}

/** A compound file is an Office document as well; what begins with MZ, Windows tries to start. */
function damaged(
  type: (typeof programTypes)[number],
  findings: Awaited<ReturnType<typeof formats.pe.inspect>>['findings'],
): Pick<ProgramInside, 'signature' | 'about'> | null {
  if (type === 'msi') return null;
  return { signature: 'unsigned', about: failures(findings)[0]?.message.slice(0, wordsMax) ?? null };
}
