/** The scripts as the shells themselves run them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksTools } from '../dev/test/lacks.ts';
import { completionCommand } from './completion.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  for (const shell of ['bash', 'zsh', 'fish'])
    completionCommand([shell], (text) => writeFileSync(join(folder, shell), text));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (program: string, args: readonly string[]): readonly string[] =>
  execFileSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, NODE_ENV: 'test' },
  })
    .split('\n')
    .map((line) => line.replace(/\t.*/, ''))
    .filter((line) => line !== '');

/** What each shell offers after these words; the last one is begun. */
const shells = {
  bash: (words: readonly string[]) =>
    lines('bash', [
      '-c',
      `source ./bash; COMP_WORDS=(countersign "$@"); COMP_CWORD=$#; _countersign; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      ...words,
    ]),
  // Of zsh's own functions only what the script calls.
  zsh: (words: readonly string[]) =>
    lines('zsh', [
      '-fc',
      `compdef() {}; _files() {}; compadd() { shift; for one in "$@"; do [[ $one == $PREFIX* ]] && print -r -- "$one"; done; true }
       source ./zsh; words=(countersign "$@"); CURRENT=$#words; PREFIX=$words[-1]; _countersign`,
      'zsh',
      ...words,
    ]),
  fish: (words: readonly string[]) =>
    lines('fish', ['--no-config', '-c', `source ./fish; complete -C "countersign ${words.join(' ')}"`]),
};

describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (shell) => {
  const offers = (...words: readonly string[]) => [...shells[shell](words)].sort();

  it.skipIf(lacksTools(shell))('commands, options and values are completed', () => {
    expect(offers('sub')).toEqual(['submit']);
    expect(offers('')).toEqual(expect.arrayContaining(['cancel', 'download', 'validate', 'verify-origin']));
    expect(offers('wait', '--un')).toEqual(['--until']);
    expect(offers('wait', '--until', '')).toEqual(['done', 'gate']);
    expect(offers('tokens', 're')).toEqual(['revoke']);
    expect(offers('submit', '--pa')).toEqual(['--param', '--parameter']);
    expect(offers('completion', 'z')).toEqual(['zsh']);
    expect(offers('status', '--supe')).toEqual([]);
  });
});

it('a shell that isn’t known is told which are', () => {
  expect(() => completionCommand(['tcsh'], () => undefined)).toThrow(
    'completion is followed by one of bash, zsh, fish',
  );
  expect(() => completionCommand([], () => undefined)).toThrow('completion is followed by');
});
