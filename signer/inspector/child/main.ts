/** The inspector child: a line with a request in, the lines of its answer out, and so on. Started only by sandbox/child.ts. */
import { ArchiveError } from '#core/formats/archive/index.ts';
import { FormatError } from '#core/formats/format.ts';
import { RandomAccessError } from '#core/formats/random-access.ts';
import type { AnswerFailure } from '../answers.ts';
import type { Line, Message, UnpackedOutcome, UnpackQuestion } from '../messages.ts';
import { FollowError } from '#core/follow/index.ts';
import { answerLines } from '../answer-lines.ts';
import { follow } from './follow.ts';
import { InputError } from './input-error.ts';
import { inspect } from './inspect.ts';
import { rebuild } from './rebuild.ts';
import { embed, findSubject } from './sign-file.ts';

async function run(message: Message): Promise<unknown> {
  switch (message.operation) {
    case 'inspect':
      return inspect(message, askToUnpack);
    case 'embed':
      return embed(message);
    case 'subject':
      return findSubject(message);
    case 'rebuild':
      return rebuild(message);
    case 'follow':
      return follow(message);
  }
}

function failureOf(error: unknown): AnswerFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ArchiveError && error.code === 'NOT_REWRITABLE')
    return { ok: false, code: 'NOT_REWRITABLE', message, fix: error.fix.slice(0, 5000) };
  const isInput = [InputError, ArchiveError, FormatError, FollowError, RandomAccessError].some(
    (kind) => error instanceof kind,
  );
  if (isInput) return { ok: false, code: 'INPUT', message };
  if (error instanceof RangeError && /allocat/i.test(message)) return { ok: false, code: 'MEMORY', message };
  if (error instanceof Error && 'syscall' in error) return { ok: false, code: 'IO', message };
  return { ok: false, code: 'DEFECT', message: error instanceof Error ? (error.stack ?? message) : message };
}

function say(value: object): void {
  for (const line of answerLines(value)) process.stdout.write(line);
}

/** What an operation waits for that has asked for a file to be unpacked. */
let unpacked: ((outcome: UnpackedOutcome) => void) | null = null;

function askToUnpack(question: UnpackQuestion): Promise<UnpackedOutcome> {
  return new Promise((resolve) => {
    unpacked = resolve;
    say({ ok: 'unpack', question });
  });
}

async function answerTo(message: Message): Promise<void> {
  const answer = await run(message).then(
    (result) => ({ ok: true, result }),
    (error: unknown) => ({ ...failureOf(error), message: failureOf(error).message.slice(0, 5000) }),
  );
  say(answer);
}

function hear(line: Line): void {
  if (line.operation === 'unpacked') {
    unpacked?.(line.outcome);
    unpacked = null;
  } else working = working.then(() => answerTo(line));
}

let received: string[] = [];
let working = Promise.resolve();
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  const lines = chunk.split('\n');
  for (const [at, part] of lines.entries()) {
    received.push(part);
    if (at === lines.length - 1) return;
    const line = received.join('');
    received = [];
    hear(JSON.parse(line) as Line);
  }
});
// The daemon holds this open: when it dies, so does its child.
process.stdin.on('end', () => process.exit(1));
