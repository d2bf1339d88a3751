import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import {
  ConfigurationError,
  configurationBytesMax,
  parseConfiguration,
  pathsAsWritten,
  readConfiguration,
  type Paths,
} from './index.ts';

const schema = ({ path }: Paths) =>
  z.strictObject({
    databaseUrl: z.string().regex(/^postgres:\/\//, 'a postgres:// address'),
    keysDir: path,
    pin: z
      .union([z.strictObject({ file: path }), z.strictObject({ env: z.string().regex(/^[A-Z]+$/) })])
      .optional(),
    host: z
      .union([
        z.strictObject({ local: z.strictObject({ repository: path }) }),
        z.strictObject({ remote: z.strictObject({ name: z.string(), id: z.int().max(99) }) }),
      ])
      .optional(),
    purpose: z.enum(['release', 'test']).default('test'),
    names: z.record(z.string().regex(/^[a-z]+$/, 'lower-case letters'), z.string()).default({}),
    limits: z
      .strictObject({ least: z.number().default(1), most: z.number().default(2) })
      .refine(({ least, most }) => least <= most, 'least has to be at most most')
      .prefault({}),
    roots: z.array(path).min(1).max(2).default(['root.pem']),
  });

const good = 'databaseUrl: postgres://signer@127.0.0.1/x\nkeysDir: keys\n';
const parse = (text: string | Uint8Array) =>
  parseConfiguration(
    { file: '/srv/x/signer.yaml', bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text },
    schema,
  );

function refusal(act: () => unknown): ConfigurationError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('it was taken');
}
const messageOf = (text: string | Uint8Array): string => refusal(() => parse(text)).message;

describe('a valid configuration', () => {
  it('is read with absolute paths, resolved from the file’s own folder', () => {
    const more =
      'pin: { file: ../pin }\nhost: { local: { repository: /srv/git } }\nroots: [a.pem, ./b.pem]\n';
    expect(parse(good + more)).toEqual({
      databaseUrl: 'postgres://signer@127.0.0.1/x',
      keysDir: '/srv/x/keys',
      pin: { file: '/srv/pin' },
      host: { local: { repository: '/srv/git' } },
      purpose: 'test',
      names: {},
      limits: { least: 1, most: 2 },
      roots: ['/srv/x/a.pem', '/srv/x/b.pem'],
    });
  });

  it('may have a byte order mark, Windows line ends, comments, and blocks of text', () => {
    const windows = `\ufeff# ours\r\n${good.replaceAll('\n', '\r\n')}names:\r\n  a: |\r\n    one\r\n    two\r\n`;
    expect(parse(windows)).toMatchObject({ keysDir: '/srv/x/keys', names: { a: 'one\ntwo\n' } });
  });

  it('keeps paths as written if a program makes it', () => {
    expect(schema(pathsAsWritten).parse({ databaseUrl: 'postgres://x', keysDir: 'keys' })).toMatchObject({
      keysDir: 'keys',
    });
  });
});

describe('a configuration with mistakes', () => {
  it('reports all of them at once, each with file, line, column, value and fix, in the file’s order', () => {
    const text = [
      'databaseUrl: mysql://x',
      'keysDirr: keys',
      'purpose: relese',
      'names:',
      '  Upper: x',
      'limits:',
      '  least: lots',
      'roots: []',
    ].join('\n');
    expect(messageOf(text).split('\n')).toEqual([
      '/srv/x/signer.yaml:1:1: `keysDir` is missing. Write a path.',
      '/srv/x/signer.yaml:1:14: `databaseUrl` is "mysql://x". Write a postgres:// address.',
      '/srv/x/signer.yaml:2:1: `keysDirr` is not known. Did you mean `keysDir`? Otherwise remove it.',
      '/srv/x/signer.yaml:3:10: `purpose` is "relese". Write "release" or "test"; did you mean "release"?',
      '/srv/x/signer.yaml:5:3: `names.Upper` can’t be a name here. Write lower-case letters.',
      '/srv/x/signer.yaml:7:10: `limits.least` is "lots". Write a number.',
      '/srv/x/signer.yaml:8:1: `roots` is a list. Write at least 1 of them.',
    ]);
  });

  it('says for members that don’t fit together what is required', () => {
    expect(messageOf(`${good}limits: { least: 3 }`)).toBe(
      '/srv/x/signer.yaml:3:1: `limits` doesn’t fit together. Least has to be at most most.',
    );
  });

  it('says for alternatives what is wrong with the intended one, or names them all', () => {
    expect(messageOf(`${good}host:\n  remote:\n    name: 1\n    id: 100\n`).split('\n')).toEqual([
      '/srv/x/signer.yaml:5:11: `host.remote.name` is 1. Write a text (numbers in quotes).',
      '/srv/x/signer.yaml:6:9: `host.remote.id` is 100. Write a number that is at most 99.',
    ]);
    expect(messageOf(`${good}pin: {}`)).toBe(
      '/srv/x/signer.yaml:3:1: `pin` is names and values. Write { file: … }, or { env: … }.',
    );
    expect(messageOf(`${good}pin: { fil: x }`)).toContain('Write { file: … }, or { env: … }.');
    expect(messageOf(`${good}pin: 1`)).toContain('Write { file: … }, or { env: … }.');
    expect(messageOf(`${good}limits: 1`)).toContain('`limits` is 1. Write { … }.');
  });

  it('lists the known keys if an unknown key resembles none', () => {
    expect(messageOf(`${good}limits: { colour: red }`)).toContain(
      '`limits.colour` is not known. Remove it; known here: least, most.',
    );
  });

  it.each([
    ['a PIN where its place belongs', 'pin: 918273', '918273'],
    ['a PIN as a text', 'pin: "918273"', '918273'],
    ['a PIN where the name of a variable belongs', 'pin: { env: "918273" }', '918273'],
    ['the password of an address', 'purpose: "postgres//user:hunter2@db"', 'hunter2'],
  ])('repeats no secret: %s', (_name, line, secret) => {
    const error = refusal(() => parse(good + line));
    expect(error.message).not.toContain(secret);
    expect(JSON.stringify(error)).not.toContain(secret);
    // Loggers print causes.
    expect(error.cause).toBeUndefined();
  });

  it('shows only the beginning of a long value', () => {
    expect(messageOf(`${good}purpose: ${'x'.repeat(10_000)}`).length).toBeLessThan(300);
  });

  it('lists fifty mistakes of thousands, and says how many there are', () => {
    const message = messageOf(good + Array.from({ length: 3000 }, (_, at) => `key${at}: 1\n`).join(''));
    expect(message.split('\n')).toHaveLength(51);
    expect(message).toContain('2950 more problems follow.');
  });
});

describe('malformed files are refused with a message and a position', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', ':1:1: The file is empty.'],
    ['only comments', '# one\n# two\n', ':1:1: The file is empty.'],
    ['a list', '- databaseUrl: x\n', 'The file holds a list.'],
    ['a word', 'hello', 'The file holds "hello".'],
    ['NUL', `${good}purpose: te\0st`, ':3:12: Character U+0000 can’t be seen.'],
    [
      'NUL behind an escape, in a path',
      'keysDir: "a\\0b"\n',
      '`keysDir` is "a\\u0000b". Write a path without NUL.',
    ],
    ['a turned-around comment', `${good}# \u202e x`, ':3:3: Character U+202E'],
    ['UTF-16', new Uint8Array(Buffer.from(`\ufeff${good}`, 'utf16le')), 'It is not UTF-8.'],
    ['Latin-1', new Uint8Array(Buffer.from('keysDir: schl\xfcssel', 'latin1')), 'It is not UTF-8.'],
    ['a tab as indentation', 'limits:\n\tleast: 1\n', ':2:1: A tab is used as indentation.'],
    ['broken YAML', 'limits: {least: 1', 'Not YAML:'],
    ['a duplicate key', `${good}keysDir: other\n`, ':3:1: `keysDir` is here twice. Keep one'],
    ['an alias', 'keysDir: &a x\ndatabaseUrl: *a\n', ':2:14: An alias stands here: `*a`.'],
    ['an anchor', 'keysDir: &a x\n', ':1:10: An anchor stands here: `&a`.'],
    ['a tag', 'keysDir: !!binary aGFsbG8=\n', ':1:10: A tag stands here: `!!binary`.'],
    ['a directive', '%YAML 1.1\n---\nkeysDir: x\n', ':1:1: A directive stands here'],
    ['a merge key', 'limits:\n  <<: { least: 1 }\n', ':2:3: A merge key stands here.'],
    ['a key that is no text', '1: x\n', ':1:1: This key is not a text.'],
    ['a key that is a list', '? [a]\n: x\n', 'This key is not a text.'],
    ['a key with a meaning of its own', '__proto__: { keysDir: x }\n', '`__proto__` can’t be a key.'],
    ['two documents', `${good}---\n${good}`, 'A second document starts here.'],
    ['a number that isn’t one', `${good}limits: { least: .nan }`, '`limits.least` is NaN. Write a number.'],
    ['no value', 'keysDir:\n', '`keysDir` is empty.'],
  ])('%s', (_name, text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(50_000)],
    ['lists on one line', '- '.repeat(100_000)],
    ['keys on one line', '? '.repeat(100_000)],
    ['lists behind brackets left open', `a: [\n${'- '.repeat(100_000)}`],
    ['indentation', Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
    [
      'lists, indented',
      Array.from({ length: 60 }, (_, at) => `${' '.repeat(at * 16)}${'- '.repeat(8)}\n`).join(''),
    ],
    [
      '33 levels',
      `${Array.from({ length: 33 }, (_, at) => `${' '.repeat(at)}a:\n`).join('')}${' '.repeat(33)}b: 1`,
    ],
  ])('%s nested without end', (_name, text) => {
    expect(messageOf(text)).toContain('Nested deeper than 32 levels.');
  });

  it('as many keys as fit, in time that isn’t quadratic', () => {
    const text = Array.from({ length: 25_000 }, (_, at) => `k${at}: 1\n`).join('');
    // It needs 0.6 s; compared each with each, they take 16.
    expect(cpuTimeOf(() => messageOf(text))).toBeLessThan(6000);
    expect(messageOf(text)).toContain('`databaseUrl` is missing');
  });
});

describe('what isn’t a readable file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-configuration-'));
    writeFileSync(inside('good.yaml'), good, { mode: 0o644 });
  });
  afterAll(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  const inside = (name: string): string => join(folder, name);
  const read = (file: string) => readConfiguration(file, schema);

  it('is distinguished from one that is', () => {
    expect(read(inside('good.yaml')).keysDir).toBe(inside('keys'));
    // Mounted configurations are links.
    mkdirSync(inside('mounted'));
    symlinkSync(inside('good.yaml'), inside('mounted/signer.yaml'));
    expect(read(inside('mounted/signer.yaml')).keysDir).toBe(inside('mounted/keys'));
  });

  it('a pipe without a writer is refused at once', () => {
    execFileSync('mkfifo', [inside('pipe')]);
    expect(refusal(() => read(inside('pipe'))).message).toBe(
      `${inside('pipe')}: It is a pipe. Name a plain file.`,
    );
  });

  it('nor is a socket, a folder, a device, or nothing', async () => {
    const server = createServer().listen(inside('socket'));
    await once(server, 'listening');
    expect(refusal(() => read(inside('socket'))).message).toMatch(/socket/);
    server.close();
    expect(refusal(() => read(folder)).message).toContain('It is a folder.');
    expect(refusal(() => read('/dev/zero')).message).toContain('It is a device.');
    expect(refusal(() => read(inside('none'))).message).toContain('There is no such file.');
    expect(refusal(() => read(`${inside('good.yaml')}/x`)).message).toContain('can’t be read');
  });

  it('a world-writable file is refused', () => {
    writeFileSync(inside('open.yaml'), good);
    chmodSync(inside('open.yaml'), 0o646);
    expect(refusal(() => read(inside('open.yaml'))).message).toContain(
      'Everybody on this machine may change it (mode 646).',
    );
    chmodSync(inside('open.yaml'), 0o664);
    expect(read(inside('open.yaml')).keysDir).toBe(inside('keys'));
  });

  it('a file that this user can’t read is refused', () => {
    writeFileSync(inside('closed.yaml'), good, { mode: 0o000 });
    chmodSync(folder, 0o711);
    const [user, asUser] = [process.getuid?.() ?? -1, process.seteuid?.bind(process)];
    // Whoever may do everything steps down.
    if (user === 0) asUser?.(65_534);
    try {
      expect(refusal(() => read(inside('closed.yaml'))).message).toContain('This program may not read it.');
    } finally {
      if (user === 0) asUser?.(0);
    }
  });

  it('ten megabytes are not read, and exactly the limit is', () => {
    writeFileSync(inside('large.yaml'), '');
    truncateSync(inside('large.yaml'), 10 * 1024 * 1024);
    expect(refusal(() => read(inside('large.yaml'))).message).toContain('It is larger than 262144 bytes.');
    writeFileSync(inside('most.yaml'), `${good}#${'x'.repeat(configurationBytesMax - good.length - 1)}`);
    expect(read(inside('most.yaml')).keysDir).toBe(inside('keys'));
    writeFileSync(inside('most.yaml'), `${good}#${'x'.repeat(configurationBytesMax - good.length)}`);
    expect(refusal(() => read(inside('most.yaml'))).message).toContain('It is larger');
  });
});
