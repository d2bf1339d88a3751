/** Every key has its words, every annotated example is what its process reads, and the check finds faults without reading secrets. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { key, keys, parseConfiguration } from '../../lib/host/configuration/index.ts';
import { checkConfigurations } from './check.ts';
import { configuredProcesses, type ConfiguredProcess } from './processes.ts';
import { configurationReference } from './reference.ts';
import { settingsOf, unitOf, type Setting } from './settings.ts';
import { variables } from './variables.ts';

const root = join(import.meta.dirname, '..', '..');
const top = mkdtempSync(join(tmpdir(), 'countersign-config-check-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

function* everyKey(settings: readonly Setting[], path: string): Generator<readonly [string, Setting]> {
  for (const setting of settings) {
    const at = `${path}.${setting.name}`;
    yield [at, setting];
    for (const below of setting.below) yield* everyKey(below, at);
  }
}
const exampleFile = (name: string): string => join(root, 'deploy', 'examples', `${name}.yaml`);
const parse = ({ name, schema }: ConfiguredProcess, text: string): unknown =>
  parseConfiguration(
    { file: `/etc/countersign/${name}.yaml`, bytes: new TextEncoder().encode(text) },
    schema,
  );

describe.each(configuredProcesses.map((process) => [process.name, process] as const))(
  'the configuration of %s',
  (name, process) => {
    const all = [...everyKey(settingsOf(process), name)];

    it('says of every key what it means, and of every number what it counts', () => {
      expect(all.length).toBeGreaterThan(5);
      for (const [path, setting] of all) {
        expect(setting.words.means, path).toMatch(/^\S.*[.:]$/s);
        expect(unitOf(setting), `${path} needs a unit`).not.toBeNull();
      }
    });

    it('says where each path leads, and of each secret how it comes', () => {
      for (const [path, { name: own, type, words }] of all) {
        if (/(?:Pin|pin|secret|token|private|password)(?:.*File)?$/i.test(own) && type !== 'text')
          expect(words.secret, `${path} is a secret`).toBeDefined();
        if (/(?:File|Dir|Directory|Store)$/.test(own)) expect(words.names, path).toBeDefined();
      }
    });

    it('says what an optional key without a constant default does when it is left out', () => {
      for (const [path, { isRequired, fallback, words }] of all)
        if (!isRequired && fallback === undefined) expect(words.default, path).toBeDefined();
    });

    it('has an annotated example that it reads, and every key of the example’s is in it', () => {
      const text = readFileSync(exampleFile(name), 'utf8');
      expect(() => parse(process, text)).not.toThrow();
      for (const { name: own, words } of settingsOf(process)) {
        if (words.notInExample !== true) expect(text, own).toMatch(new RegExp(`^#?${own}:`, 'm'));
        expect(text.includes(words.means.slice(0, 40)), own).toBe(words.notInExample !== true);
      }
      expect(text).not.toMatch(/^[^#]*(?:TODO|…)/m);
    });

    it('is read with everything that its example has commented out, too', () => {
      const text = readFileSync(exampleFile(name), 'utf8')
        .split('\n')
        // A placeholder shows no value; `# ` begins a comment, `#name:` a setting.
        .filter((line) => !line.endsWith(': …'))
        .map((line) => line.replace(/^( *)#(?=[^ ]|(?: {2})+[^ #])/, '$1'))
        .join('\n');
      expect(() => parse(process, text)).not.toThrow();
    });
  },
);

it('a key without words can’t be described', () => {
  const schema = () => keys({ a: key('A.', z.string()) }).extend({ b: z.string() });
  expect(() => settingsOf({ name: 'x', title: '', start: '', schema })).toThrow('x.b has no words');
  expectTypeOf<{ readonly a: z.ZodString }>().not.toExtend<Parameters<typeof keys>[0]>();
});

it('the reference has every key, and every environment variable that the sources read', async () => {
  const reference = configurationReference();
  for (const process of configuredProcesses)
    for (const { name } of settingsOf(process)) expect(reference).toContain(`\`${name}\``);
  const { stdout } = await promisify(execFile)(
    'git',
    [
      'grep',
      '-hoE',
      String.raw`env(ironment)?(\.|\[')COUNTERSIGN_[A-Z_]+`,
      '--',
      'app',
      'lib',
      'signer',
      'cli',
      'server.ts',
      'scripts/database',
      ':!*.test.ts',
      ':!*.fixture.ts',
    ],
    { cwd: root },
  );
  const read = [...new Set(stdout.match(/COUNTERSIGN_[A-Z_]+/g))];
  expect(read.length).toBeGreaterThan(5);
  expect(read.filter((name) => !variables.some((variable) => variable.name === name))).toEqual([]);
});

describe('config check', () => {
  let folder: string;
  let credentials: string;
  beforeEach(() => {
    folder = mkdtempSync(join(top, 'case-'));
    credentials = join(folder, 'credentials');
    mkdirSync(credentials);
    mkdirSync(join(folder, 'pki'));
    mkdirSync(join(folder, 'state'));
    writeFileSync(join(folder, 'register.json'), '{}', { mode: 0o644 });
    writeFileSync(join(folder, 'registry.json'), '{}', { mode: 0o644 });
    writeFileSync(join(credentials, 'pin-issuing'), '918273\n', { mode: 0o600 });
  });
  const authority = {
    version: 1,
    register: 'register.json',
    publication: 'pki',
    stateFile: 'state/state.json',
    keyHolder: {
      tokenLabel: 'issuing',
      pin: { credential: 'pin-issuing' },
      registry: 'registry.json',
      journal: 'state/keyholder/journal.jsonl',
    },
  };
  const check = (name: string, value: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(value, null, 2), { mode: 0o644 });
    return checkConfigurations([file], { as: null, credentials });
  };
  const said = async (name: string, value: unknown): Promise<readonly string[]> =>
    (await check(name, value)).remarks.map(
      ({ line, severity, message, fix }) =>
        `${line}: ${severity}: ${message.replaceAll(folder, '')} ${fix.replaceAll(folder, '')}`,
    );

  it('has nothing to say of what is right, and tells by the keys whose it is', async () => {
    expect(await check('authority.yaml', authority)).toEqual({
      checked: [{ file: join(folder, 'authority.yaml'), process: 'authority' }],
      remarks: [],
    });
    expect((await check('another.yaml', authority)).checked[0]?.process).toBe('authority');
    expect((await said('strange.yaml', { a: 1 }))[0]).toMatch(
      /No process has these keys\. Say whose it is: --as/,
    );
  });

  it('names line, value and fix of every fault at once, and for an unknown key the nearest name', async () => {
    expect(await said('authority.yaml', { ...authority, listDays: 11, refreshHour: 4, parts: 2 })).toEqual([
      '14: error: `listDays` is 11. Write a number that is at most 10.',
      '15: error: `refreshHour` is not known. Did you mean `refreshHours`? Otherwise remove it.',
      expect.stringMatching(/^16: error: `parts` is 2\./),
    ]);
  });

  it('looks where paths lead: what isn’t there, what others may change, secrets that others may read', async () => {
    chmodSync(join(folder, 'registry.json'), 0o666);
    chmodSync(join(folder, 'pki'), 0o777);
    chmodSync(join(credentials, 'pin-issuing'), 0o644);
    rmSync(join(folder, 'register.json'));
    const lines = await said('authority.yaml', authority);
    expect(lines).toEqual([
      '3: error: `register`: /register.json isn’t there. Make it, or name the right one.',
      expect.stringMatching(/^4: error: `publication`: Others may change \/pki \(mode 777\)\./),
      expect.stringMatching(
        /^9: error: `keyHolder\.pin\.credential`: Others may read .*pin-issuing \(mode 644\), which holds a secret\. Change the secret, then: chmod 600/,
      ),
      expect.stringMatching(/^11: error: `keyHolder\.registry`: Others may change .*chmod go-w/),
    ]);
    expect(lines.join('')).not.toContain('918273');
  });

  it('takes the mode that systemd gives a credential in a unit, there alone, and no wider one', async () => {
    const file = join(folder, 'authority.yaml');
    writeFileSync(file, JSON.stringify(authority));
    const faults = async (mode: number, areHandedOver: boolean): Promise<number> => {
      chmodSync(join(credentials, 'pin-issuing'), mode);
      const { remarks } = await checkConfigurations([file], { as: null, credentials, areHandedOver });
      return remarks.filter(({ message }) => message.includes('Others may read')).length;
    };
    expect([await faults(0o440, true), await faults(0o440, false), await faults(0o444, true)]).toEqual([
      ...[0, 1, 1],
    ]);
  });

  it('warns of what is allowed but dangerous', async () => {
    const tsa = {
      version: 1,
      listen: { host: '0.0.0.0', port: 8318 },
      serialFile: 'state/serial',
      keyHolder: { ...authority.keyHolder, pin: { env: 'PIN' } },
    };
    const lines = await said('tsa.yaml', tsa);
    expect(lines.every((line) => line.includes(': warning: '))).toBe(true);
    for (const name of ['policyOid', 'clock.servers', 'listen.host', 'keyHolder.pin.env'])
      expect(lines.join('\n')).toContain(`\`${name}\``);
  });

  it('compares what two processes have to say alike', async () => {
    const files = ['authority', 'responder'].map((name) => join(folder, `${name}.yaml`));
    writeFileSync(files[0] ?? '', JSON.stringify(authority));
    const responder = { version: 1, listen: { port: 80 }, publication: 'state' };
    writeFileSync(files[1] ?? '', JSON.stringify(responder));
    const { remarks } = await checkConfigurations(files, { as: null, credentials });
    expect(remarks).toMatchObject([
      {
        severity: 'warning',
        file: files[1],
        message: expect.stringMatching(/another one than `publication`/) as unknown,
      },
    ]);
  });

  it.each([
    ['right', authority, 0],
    ['dangerous', { ...authority, keyHolder: { ...authority.keyHolder, pin: { env: 'PIN' } } }, 3],
    ['wrong', { ...authority, version: 2 }, 1],
  ])('exits by what it found: %s', async (_, value, status) => {
    const file = join(folder, 'authority.yaml');
    writeFileSync(file, JSON.stringify(value), { mode: 0o644 });
    const program = join(root, 'scripts', 'configuration', 'main.ts');
    const args = [program, 'check', file, '--credentials', credentials];
    const found = await promisify(execFile)(process.execPath, args).then(
      () => 0,
      (error: unknown) => (error as { readonly code: number }).code,
    );
    expect(found).toBe(status);
  });
});
