/**
 * An operation of the child, which may ask in its middle to have files unpacked by other programs. Each runs in a sandbox of its own
 * over one file that the child wrote, and what comes out lies where the child may read. How often, for how long and how much is
 * bounded here, whatever the child says.
 */
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InspectorError } from './inspector-error.ts';
import { unpackingSecondsMax, unpackingsMax, type InspectorLimits } from './limits.ts';
import type { Message, UnpackedMessage, UnpackedOutcome, UnpackQuestion } from './messages.ts';
import { parseUnpackQuestion } from './protocol.ts';
import type { InspectorChild } from './sandbox/child.ts';
import { probeMachine, unpack, type Amount } from './unpackers/index.ts';

export interface Asker {
  readonly child: InspectorChild;
  /** The folder that the operation writes to. */
  readonly work: string;
  /** A folder that the child may read. */
  readonly unpacked: string;
  readonly limits: InspectorLimits;
  readonly signal: AbortSignal | undefined;
}

/** → what the child says at last, of still unknown shape. */
export async function answerQuestions(asker: Asker, request: Message): Promise<unknown> {
  const { child, limits, signal } = asker;
  const deadline = performance.now() + limits.timeoutSeconds * 1000;
  const left = (): number => (deadline - performance.now()) / 1000;
  // Of all that it may have unpacked at once: what lies there stays until the operation ends.
  const room = { files: limits.entryCountMax, bytes: limits.unpackedSizeBytesMax };
  let value = await child.ask(request, signal);
  for (let count = 1; ; count += 1) {
    const question = questionIn(value);
    if (question === null) return value;
    const outcome =
      count > unpackingsMax ? tooMany : await answer(asker, question, { count, room, seconds: left() });
    if (outcome.ok) {
      room.files -= outcome.files.length;
      room.bytes -= outcome.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    }
    const message: UnpackedMessage = { operation: 'unpacked', outcome };
    value = await child.ask(message, signal, left());
  }
}

function questionIn(value: unknown): UnpackQuestion | null {
  try {
    return parseUnpackQuestion(value);
  } catch (cause) {
    const message = "the inspector's question doesn't match the protocol";
    throw new InspectorError('INSPECTOR_PROTOCOL', message, '', { cause });
  }
}

async function answer(
  { work, unpacked, limits, signal }: Asker,
  { format, file, filesMax, bytesMax }: UnpackQuestion,
  { count, room, seconds }: { readonly count: number; readonly room: Amount; readonly seconds: number },
): Promise<UnpackedOutcome> {
  const { fence, formats } = await probeMachine();
  const ready = formats[format];
  if (fence === null || !ready.ok) return closed(ready.ok ? 'there is no sandbox' : ready.why);
  const input = join(work, file);
  // Nothing but a file that the child wrote: a link would lead the program to another.
  const isFile = await lstat(input).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) throw new InspectorError('INSPECTOR_PROTOCOL', 'it names no file of its own');
  const folder = join(unpacked, String(count));
  await mkdir(folder, { mode: 0o700 });
  return unpack(fence, ready.by, {
    format,
    input,
    folder,
    output: {
      files: Math.min(filesMax, room.files),
      bytes: Math.min(bytesMax, room.bytes),
    },
    limits,
    seconds: Math.max(0, Math.min(unpackingSecondsMax, seconds)),
    signal,
  });
}

const closed = (why: string): UnpackedOutcome => ({
  ok: false,
  issue: {
    code: 'UNSUPPORTED',
    message: `It can’t be opened on the signer’s machine: ${why}.`,
    fix: 'Ask the foundation to install what is missing, or leave the file out.',
  },
});

const tooMany: UnpackedOutcome = {
  ok: false,
  issue: {
    code: 'LIMIT_ENTRIES',
    message: `The artifact contains more than ${unpackingsMax} installers and archives that other programs have to open.`,
    fix: 'Split the artifact.',
  },
};
