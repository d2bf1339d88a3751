import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Something a person has to do first. The message says what. */
export class SetUpError extends Error {
  constructor(message, log) {
    super(message);
    this.name = 'SetUpError';
    this.log = log;
  }
}

/** What to say where this user may not write into the project's folder; null for any other error. */
export function explainUnwritable(error, projectDirectory) {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(error?.code) || !error.path?.startsWith(projectDirectory))
    return null;
  return (
    `This user may not write ${error.path}. Everything is kept inside the project's folder: run the command as ` +
    `the folder's owner, or work in a copy of your own:\n\n  git clone ${projectDirectory} countersign`
  );
}

/** Set by a program that starts another which goes on with its steps: one clock for both. */
const clockName = 'COUNTERSIGN_STARTED_AT';
const given = Number(process.env[clockName]);
const startedAt = given > 0 && given <= Date.now() ? given : Date.now();

/** For the environment of the program that goes on. */
export const sameClock = { [clockName]: String(startedAt) };

/** Since the first of the programs was started. */
export const secondsSoFar = () => Math.round((Date.now() - startedAt) / 1000);

const plainEveryMs = 15_000;

function elapsed(since = startedAt) {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * Shows one step of a long set-up: on a terminal a line that changes in place, elsewhere a line now and then.
 * `work` gets a function that says what is going on; the step's line ends with how long it took.
 */
export async function step(title, work) {
  const began = Date.now();
  const terminal = process.stdout.isTTY === true && process.env.CI === undefined;
  let detail = '';
  let shownAt = began;
  const width = () => Math.max(40, process.stdout.columns ?? 80) - 1;
  const show = () => {
    const line = `[${elapsed()}] ${title}${detail === '' ? ' …' : `: ${detail}`}`;
    if (terminal) process.stdout.write(`\r\x1b[2K${line.slice(0, width())}`);
    else if (Date.now() - shownAt >= plainEveryMs) {
      console.log(line);
      shownAt = Date.now();
    }
  };
  if (terminal) show();
  else console.log(`[${elapsed()}] ${title} …`);
  const timer = setInterval(show, terminal ? 200 : 1000);
  try {
    const result = await work((message) => {
      detail = message;
    });
    const took = Date.now() - began >= 1000 ? ` (${elapsed(began)})` : '';
    if (terminal) process.stdout.write(`\r\x1b[2K[${elapsed()}] ✓ ${title}${took}\n`);
    else if (took !== '') console.log(`[${elapsed()}] ✓ ${title}${took}`);
    return result;
  } catch (error) {
    if (terminal) process.stdout.write(`\r\x1b[2K`);
    console.log(`[${elapsed()}] ✗ ${title}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Programs that run now. Each leads a process group, so that ending it ends what it has started. */
const children = new Set();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function endChildren(signal) {
  for (const child of children) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended, or belongs to root and ends by itself.
    }
  }
}

/** If this process is ended while a program runs, it ends the program first. If nobody else listens, the signal then has its default effect. */
function passOn(signal) {
  endChildren('SIGTERM');
  process.off(signal, passOn);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
process.on('exit', () => endChildren('SIGTERM'));

/** Starts a program that a signal to this process ends, too. Signals are listened for first: one may come as soon as the program runs. */
function startTracked(start) {
  if (children.size === 0) for (const signal of signals) process.on(signal, passOn);
  const child = start();
  const forget = () => {
    children.delete(child);
    if (children.size === 0) for (const signal of signals) process.off(signal, passOn);
  };
  if (child.pid === undefined) forget();
  else children.add(child);
  child.once('exit', forget);
  return child;
}

/**
 * Runs a program whose output goes to a log; its last line is the step's progress. Rejects with the log's tail when
 * it fails or takes longer than the limit.
 */
export function runLogged(command, args, { log, report, env = process.env, cwd, timeoutSeconds = 1800 }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: 'a' });
  file.write(`\n$ ${command} ${args.join(' ')}\n`);
  const child = startTracked(() =>
    spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      cwd,
      timeout: timeoutSeconds * 1000,
      detached: true,
    }),
  );
  let tail = '';
  const listen = (chunk) => {
    file.write(chunk);
    tail = (tail + chunk.toString('utf8')).slice(-4000);
    const last = tail.split(/[\r\n]+/).findLast((line) => line.trim() !== '');
    if (last !== undefined) report(last.trim());
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      file.end();
      reject(new SetUpError(`${command} can't be run: ${error.message}`, log));
    });
    child.once('close', (code, signal) => {
      file.end();
      if (code === 0) resolve();
      else {
        const lines = tail.trimEnd().split('\n').slice(-12).join('\n  ');
        reject(
          new SetUpError(
            `${command} ${args[0] ?? ''} failed (${signal ?? `exit code ${code}`}):\n  ${lines}`,
            log,
          ),
        );
      }
    });
  });
}
