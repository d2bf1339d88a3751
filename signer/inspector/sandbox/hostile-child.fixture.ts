/** Plays a parser that an artifact has compromised: tries what the request names and reports the result. */
import { mkdir, open, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';

/** Only a script is given one. */
declare const require: ((name: string) => unknown) | undefined;

interface Attack {
  readonly attack: string;
  readonly target?: string;
}

async function perform({ attack, target = '' }: Attack): Promise<unknown> {
  switch (attack) {
    case 'read':
      return (await readFile(target)).length;
    case 'list':
      return (await readdir(target)).length;
    case 'write':
      return writeFile(target, 'x');
    case 'open-for-append':
      return (await open(target, 'a')).close();
    case 'folder':
      return mkdir(target);
    case 'link-and-read':
      await symlink('/etc/passwd', target);
      return (await readFile(target)).length;
    case 'rename':
      return rename(target, `${target}.moved`);
    case 'import':
      return typeof (await import(target));
    case 'builtin':
      return typeof process.getBuiltinModule(target);
    case 'member': {
      const member: unknown = Reflect.get(process, target);
      return typeof member === 'function' ? Reflect.apply(member, process, [process.ppid, 0]) : 'absent';
    }
    case 'require':
      return typeof require === 'undefined' ? 'absent' : typeof require(target);
    case 'require-members':
      return typeof require === 'undefined' ? 'absent' : Reflect.ownKeys(require).map(String).sort();
    case 'global':
      return typeof Reflect.get(globalThis, target);
    case 'evaluate':
      return typeof Reflect.construct(Function, ['return 1']);
    case 'connect':
      return connect(Number(target));
    case 'environment':
      return process.env;
    case 'parent':
      return process.ppid;
    case 'crash':
      return process.exit(3);
    case 'abort':
      return process.abort();
    case 'uncaught':
      setTimeout(() => {
        throw new Error('uncaught');
      });
      return new Promise(() => undefined);
    case 'silence':
      return new Promise(() => setInterval(() => undefined, 1000));
    case 'spin':
      for (;;);
    case 'buffers': {
      const kept: Uint8Array[] = [];
      for (;;) kept.push(new Uint8Array(32 * 1024 * 1024).fill(1));
    }
    case 'heap': {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 100_000 }, (_none, index) => index + 0.5));
    }
    case 'flood':
      for (;;) await new Promise((resolve) => process.stdout.write('x'.repeat(1024 * 1024), resolve));
    case 'twice':
      process.stdout.write('{}\n{}\n');
      return new Promise(() => setInterval(() => undefined, 1000));
    case 'answer-and-more':
      setTimeout(() => process.stdout.write('{}\n'), 50);
      setInterval(() => undefined, 1000);
      return 'first';
    case 'garbage':
      process.stdout.write('no json\n', () => process.exit(0));
      return new Promise(() => undefined);
    default:
      throw new Error(`unknown attack ${attack}`);
  }
}

/** Only reachable without the lockdown: shows that the namespace alone keeps the network away. */
async function connect(port: number): Promise<string> {
  const { connect: open } = await import('node:net');
  return new Promise((resolve) => {
    const socket = open({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      resolve('connected');
    });
    socket.on('error', (error) => {
      resolve(`refused: ${error.message}`);
    });
  });
}

process.stdin.once('data', (chunk: Buffer) => {
  perform(JSON.parse(chunk.toString('utf8')) as Attack).then(
    (result) => {
      process.stdout.write(`${JSON.stringify({ result: result ?? null })}\n`, () => {
        if (result !== 'first') process.exit(0);
      });
    },
    (error: unknown) => {
      process.stdout.write(`${JSON.stringify({ refused: String(error) })}\n`, () => process.exit(0));
    },
  );
});
