/**
 * Unpacks one file by another program: lists it, compares that with what may come out, lets it be extracted, and takes what
 * is there only if the program had nothing to complain of and as many files came out as were listed.
 */
import { join } from 'node:path';
import { stat, statfs } from 'node:fs/promises';
import type { ArchiveIssueCode } from '#core/formats/archive/index.ts';
import type { UnpackedOutcome } from '../messages.ts';
import type { UnpackedElsewhere } from '#core/formats/recognise/index.ts';
import { InspectorError } from '../inspector-error.ts';
import type { InspectorLimits } from '../limits.ts';
import type { Fence } from './fence.ts';
import type { ReadyUnpacker } from './machine.ts';
import { removeAll, takeFiles, type Amount } from './output.ts';
import { newOutput, runFenced, type RunEnd } from './run-fenced.ts';

export interface Unpacking {
  readonly format: UnpackedElsewhere;
  /** Real path of the file. */
  readonly input: string;
  /** An empty folder for this one. */
  readonly folder: string;
  /** What may come out of it. */
  readonly output: Amount;
  readonly limits: InspectorLimits;
  /** Wall-clock time for all of it. */
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

const listingBytesMax = 32 * 1024 * 1024;

/** Rejects with InspectorError where nothing is known of the file: aborted, or the fence can’t be started. */
export async function unpack(fence: Fence, ready: ReadyUnpacker, job: Unpacking): Promise<UnpackedOutcome> {
  const { unpacker, program, name } = ready;
  const { format, input, folder, limits } = job;
  const inputBytes = (await stat(input)).size;
  const deadline = performance.now() + job.seconds * 1000;
  const output = boundedByRatio(job.output, inputBytes, limits);
  const refuse = (code: ArchiveIssueCode, what: string, fix: string): UnpackedOutcome => ({
    ok: false,
    issue: { code, message: `${name} ${what}.`, fix },
  });
  const run = async (args: readonly string[], into: string, most: Amount): Promise<RunEnd> =>
    runFenced(fence, {
      program,
      args,
      files: { input, output: await newOutput(folder, into) },
      limits: {
        memoryMebibytes: limits.memoryMebibytes,
        cpuSeconds: Math.ceil(job.seconds) + 1,
        fileBytesMax: Math.min(most.bytes, limits.entrySizeBytesMax) + 1,
        seconds: Math.max(0, (deadline - performance.now()) / 1000),
        textBytesMax: listingBytesMax,
        output: most,
      },
      signal: job.signal,
    });
  const overLimit = (end: Exclude<RunEnd, { kind: 'exit' }>): UnpackedOutcome => {
    if (end.kind === 'aborted') throw new InspectorError('INSPECTOR_ABORTED', 'the inspection was aborted');
    if (end.kind === 'unstartable')
      throw new InspectorError('INSPECTOR_SANDBOX', `the sandbox of ${name} can't be started: ${end.why}`);
    const [code, what] = limitsReached[end.kind];
    return refuse(code, what, smaller);
  };

  const listed = await run(unpacker.list(format), 'listing', { files: 0, bytes: 0 });
  await removeAll(join(folder, 'listing'));
  if (listed.kind !== 'exit') return overLimit(listed);
  const listing = unpacker.judgeListing(format, { code: listed.code, text: listed.text, inputBytes });
  if (!listing.ok) return refuse(...refusalOf(listing));
  const { files, bytes } = listing.value;
  if (files > output.files)
    return refuse('LIMIT_ENTRIES', `lists ${files} files in it, which are too many`, smaller);
  if (bytes > output.bytes)
    return refuse('LIMIT_TOTAL_SIZE', `lists files of ${bytes} bytes in it, which are too many`, smaller);

  const extracted = await run(unpacker.extract(format), 'extracted', output);
  try {
    if (extracted.kind !== 'exit') return overLimit(extracted);
    const judged = unpacker.judgeExtraction(format, {
      code: extracted.code,
      text: extracted.text,
      inputBytes,
    });
    if (!judged.ok) {
      await checkRoom(folder, bytes, { name, said: extracted.text });
      return refuse(...refusalOf(judged));
    }
    const into = join(folder, 'files');
    const taken = await takeFiles(join(folder, 'extracted'), into);
    if (!taken.ok) {
      await removeAll(into);
      return refuse('SPECIAL_FILE', `did not unpack it into files: ${taken.why}`, leaveOut);
    }
    const counted = judged.value ?? files;
    if (taken.files.length !== files || counted !== files) {
      await removeAll(into);
      const what = `lists ${files} files in it, and unpacks ${taken.files.length}`;
      return refuse('HEADER_MISMATCH', what, leaveOut);
    }
    return { ok: true, by: name, folder: into, files: taken.files };
  } finally {
    await removeAll(join(folder, 'extracted'));
  }
}

/** As the programs and the C library say it. A file in the archive may be named so, which costs another attempt and refuses nothing less. */
const saidFull = /no space left|not enough space|disk (?:is )?full|quota exceeded|input\/output error/i;

/** Rejects where it is the disk's fault, and not the file's, that it wasn't unpacked: it isn't what people are told of the file. */
async function checkRoom(
  folder: string,
  bytes: number,
  { name, said }: { readonly name: string; readonly said: string },
): Promise<void> {
  const { bavail, bsize, ffree, files } = await statfs(folder);
  const isFull = bavail * bsize < bytes || (files > 0 && ffree === 0);
  if (!isFull && !saidFull.test(said)) return;
  throw new InspectorError(
    'INSPECTOR_IO',
    `ENOSPC: no room for what ${name} unpacks, ${bytes} bytes or more: ${bavail * bsize} are left in ${folder}`,
  );
}

/** A bomb is refused after megabytes, whatever it lists. */
function boundedByRatio(output: Amount, inputBytes: number, limits: InspectorLimits): Amount {
  const most = Math.max(limits.ratioFloorBytes, inputBytes * limits.ratioMax);
  return { files: output.files, bytes: Math.min(output.bytes, most) };
}

const smaller = 'Split it, or leave out what unpacks to so much; or ask the foundation to raise the limits.';
const leaveOut = 'Build it again, unchanged by other programs; or declare it as opaque.';

const limitsReached = {
  time: ['LIMIT_TOTAL_SIZE', 'took longer to unpack it than the signer allows'],
  text: ['LIMIT_ENTRIES', 'had more to say of it than the signer reads: there are too many files in it'],
  output: ['LIMIT_TOTAL_SIZE', 'unpacks it to more files or bytes than the signer allows'],
} as const satisfies Record<string, readonly [ArchiveIssueCode, string]>;

function refusalOf({
  why,
  encrypted,
}: {
  readonly why: string;
  readonly encrypted: boolean;
}): readonly [ArchiveIssueCode, string, string] {
  return encrypted
    ? [
        'ENCRYPTED',
        `can’t see what is in it without a password: ${why}`,
        'Pack it without encryption, or leave it out.',
      ]
    : ['BAD_HEADER', `can’t open it completely: ${why}`, leaveOut];
}
