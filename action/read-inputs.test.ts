import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputs } from './environment.fixture.ts';
import { readInputs } from './read-inputs.ts';

const usual = {
  portal: 'https://sign.example',
  project: 'widget',
  policy: 'release-signing',
  file: 'out/*.msi',
};
const id = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('the inputs', () => {
  it('of a submission end the job by themselves, with the job’s own identity', () => {
    expect(
      readInputs(
        inputs({ ...usual, portal: 'https://Sign.example/', parameters: '\n version=1.2.3 \nname = a=b\n' }),
      ),
    ).toEqual({
      portal: 'https://sign.example',
      task: {
        kind: 'submit',
        source: { kind: 'file', pattern: 'out/*.msi' },
        project: 'widget',
        policy: 'release-signing',
        parameters: { version: '1.2.3', name: 'a=b' },
        bundle: null,
        bundleFrom: null,
        supersede: false,
      },
      wait: 'gate',
      timeoutSeconds: 3600,
      output: null,
      token: null,
    });
  });

  it('name where the attestation is kept, for this run, in place of a bundle', () => {
    const kept = { ...usual, 'bundle-from': 'github', 'bundle-token': 'ghs_x' };
    expect(readInputs({ ...inputs(kept), GITHUB_RUN_ID: '4711' })).toMatchObject({
      task: { bundle: null, bundleFrom: { host: 'github', runId: '4711', token: 'ghs_x' } },
    });
    expect(readInputs(inputs({ ...usual, 'bundle-from': 'github' }))).toMatchObject({
      task: { bundleFrom: { host: 'github' } },
    });
  });

  it('of somebody who attaches wait for the outcome by themselves', () => {
    const given = {
      portal: 'http://127.0.0.1:3000',
      'request-id': id,
      output: 'signed',
      'api-token': 'csn_x',
    };
    expect(readInputs(inputs(given))).toMatchObject({
      task: { kind: 'attach', request: id },
      wait: 'poll',
      output: 'signed',
      token: 'csn_x',
    });
  });

  it.each<readonly [string, Record<string, string>, RegExp]>([
    ['with no portal', { portal: '' }, /portal: is missing/],
    ['with a bundle, and where it is kept', { 'bundle-from': 'github', bundle: 'a.json' }, /only one can be/],
    ['with another host that keeps it', { 'bundle-from': 'gitlab' }, /"gitlab" is none of github/],
    ['with a token to look by, and nowhere to look', { 'bundle-token': 'x' }, /goes with bundle-from/],
    ['with a portal without encryption', { portal: 'http://sign.example' }, /no https/],
    ['with a portal with a path', { portal: 'https://sign.example/api' }, /is all that belongs there/],
    [
      'with a portal with a name to sign in',
      { portal: 'https://a:b@sign.example' },
      /is all that belongs there/,
    ],
    ['with no file', { file: '' }, /Exactly one of .* None is there/],
    ['with two sources', { 'artifact-name': 'a' }, /file and artifact-name are there/],
    ['with an artifact’s name as id', { file: '', 'artifact-id': 'a' }, /artifact-id: "a" is no number/],
    ['with no project', { project: '' }, /project: is missing/],
    ['with a policy that can’t be one', { policy: '../x' }, /policy: "..\/x" is no name/],
    ['with parameters of another form', { parameters: 'version: 1' }, /no form of NAME=VALUE/],
    ['with a parameter twice', { parameters: 'a=1\na=2' }, /"a" is there twice/],
    ['with a value that can’t be one', { parameters: 'a=*' }, /can’t be used/],
    ['with another wait', { wait: 'yes' }, /wait: "yes" is none of gate, poll, none/],
    ['with a time without measure', { 'timeout-minutes': '0.5' }, /timeout-minutes/],
    ['with a half truth', { supersede: 'maybe' }, /neither true nor false/],
    [
      'with a folder for what isn’t there yet',
      { output: 'signed' },
      /with wait: gate there is no signed file yet/,
    ],
    [
      'with a request and what it has already',
      { file: '', 'request-id': id, bundle: 'b' },
      /bundle: the request has them already/,
    ],
    ['with no request', { file: '', 'request-id': 'x' }, /no id of a request/],
  ])('%s are refused', (_, change, said) => {
    expect(() => readInputs(inputs({ ...usual, ...change }))).toThrow(said);
  });

  it('that are wrong are named all at once', () => {
    expect(() => readInputs(inputs({ ...usual, portal: 'x', wait: 'y' }))).toThrow(/portal: .*wait: /);
  });
});

it('action.yml declares just the inputs that are read', () => {
  const read = new Set<string>();
  const given = (more: Readonly<Record<string, string>>) =>
    new Proxy(more, {
      get(target, name): string | undefined {
        if (typeof name !== 'string') return undefined;
        if (name.startsWith('INPUT_')) read.add(name.slice('INPUT_'.length).toLowerCase());
        return target[name];
      },
    });
  for (const one of [{ INPUT_FILE: 'a' }, { 'INPUT_REQUEST-ID': id }] as readonly Record<string, string>[])
    expect(() => readInputs(given(one))).toThrow();
  const text = readFileSync(path.join(import.meta.dirname, 'action.yml'), 'utf8');
  const [, section = ''] = /^inputs:\n([^]*?)^outputs:/m.exec(text) ?? [];
  expect([...section.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name).toSorted()).toEqual(
    [...read].toSorted(),
  );
});
