/** What this machine has for unpacking: the fence, and the programs that run in it. Found out once for a process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackedElsewhere, type UnpackedElsewhere } from '#core/formats/recognise/index.ts';
import { findFenced, probeFence, type Fence, type FencedProgram } from './fence.ts';
import type { UnpackersHere } from '../messages.ts';
import { unpackers, type Unpacker } from './programs.ts';
import { newOutput, runFenced } from './run-fenced.ts';

export interface ReadyUnpacker {
  readonly unpacker: Unpacker;
  readonly program: FencedProgram;
  /** `7-Zip 26.02` */
  readonly name: string;
}

export type Readiness =
  | { readonly ok: true; readonly by: ReadyUnpacker }
  /** The end of a sentence. */
  | { readonly ok: false; readonly why: string };

export interface UnpackingMachine {
  readonly fence: Fence | null;
  readonly formats: Readonly<Record<UnpackedElsewhere, Readiness>>;
}

let probed: Promise<UnpackingMachine> | null = null;

export function probeMachine(): Promise<UnpackingMachine> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<UnpackingMachine> {
  const found = await probeFence();
  const readiness = new Map<Unpacker, Readiness>();
  for (const unpacker of unpackers)
    readiness.set(unpacker, found.ok ? await tryOut(found.fence, unpacker) : { ok: false, why: found.why });
  const formats = Object.fromEntries(
    unpackedElsewhere.map((format) => {
      const unpacker = unpackers.find((one) => one.formats.includes(format));
      const ready = unpacker === undefined ? undefined : readiness.get(unpacker);
      return [format, ready ?? { ok: false, why: 'no program is known for it' }];
    }),
  );
  return {
    fence: found.ok ? found.fence : null,
    formats: formats as Record<UnpackedElsewhere, Readiness>,
  };
}

/** In its fence, where it will run. */
async function tryOut(fence: Fence, unpacker: Unpacker): Promise<Readiness> {
  const program = await findFenced(unpacker.program);
  if (program === null) return { ok: false, why: `${unpacker.name} (${unpacker.program}) is not installed` };
  const folder = await mkdtemp(join(tmpdir(), 'countersign-unpacker-'));
  try {
    const input = join(folder, 'input');
    await writeFile(input, '');
    const output = await newOutput(folder, 'output');
    const end = await runFenced(fence, {
      program,
      args: unpacker.versionArgs,
      files: { input, output },
      limits: {
        memoryMebibytes: 256,
        cpuSeconds: 10,
        fileBytesMax: 1024,
        seconds: 10,
        textBytesMax: 256 * 1024,
        output: { files: 0, bytes: 0 },
      },
    });
    const version = end.kind === 'exit' ? unpacker.version.exec(end.text)?.[1] : undefined;
    return version === undefined
      ? { ok: false, why: `${unpacker.name} doesn’t start in its sandbox` }
      : { ok: true, by: { unpacker, program, name: `${unpacker.name} ${version}` } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As the inspector hears of it. */
export function unpackersHere({ formats }: UnpackingMachine): UnpackersHere {
  const words = (readiness: Readiness) => ({
    ok: readiness.ok,
    words: readiness.ok ? readiness.by.name : readiness.why,
  });
  return { nsis: words(formats.nsis), '7z': words(formats['7z']), inno: words(formats.inno) };
}

/** For the log and the health page, in one line. */
export function describeMachine({ fence, formats }: UnpackingMachine): string {
  const names = new Set<string>();
  const reasons = new Set<string>();
  for (const readiness of Object.values(formats)) {
    if (readiness.ok) names.add(readiness.by.name);
    else reasons.add(readiness.why);
  }
  const missing = [...reasons].join('; ');
  if (fence === null || names.size === 0) return `installers and 7z archives are not opened: ${missing}`;
  const opened = `${[...names].join(' and ')} open installers and 7z archives, in bubblewrap ${fence.version}`;
  return missing === '' ? opened : `${opened}; ${missing}`;
}
