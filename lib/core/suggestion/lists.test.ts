import { describe, expect, it } from 'vitest';
import { compileConfiguration } from '../artifact/index.ts';
import { suggest } from './index.ts';
import { file, parsed, pe, sampleOf, textOf } from './sample.fixture.ts';

describe('a suggestion for an archive with lists', () => {
  it('has lists follow what gets signed, before a pattern for their ending takes them', () => {
    const lists = [
      'latest.yml',
      'SHA256SUMS',
      'x.exe.sha256',
      'x.exe.blockmap',
      'a.installer.yaml',
      'bom.json',
    ];
    const found = suggest(sampleOf([pe('x.exe'), file('other.yml'), ...lists.map((path) => file(path))]));
    const matcher = compileConfiguration(parsed(found?.text ?? ''));
    expect(lists.map((path) => matcher.matchEntry(0, path)?.follows)).toEqual([
      'electron-updater',
      'checksums',
      'checksums',
      'electron-blockmap',
      'winget',
      'cyclonedx',
    ]);
    expect(matcher.matchEntry(0, 'other.yml')?.follows).toBeNull();
  });

  it('says of a list that can’t follow what becomes of it', () => {
    const text = textOf(sampleOf([pe('x.exe'), file('SHA256SUMS', { failed: true })]));
    expect(text).toContain('what they state of signed files will be false');
    expect(compileConfiguration(parsed(text)).matchEntry(0, 'SHA256SUMS')?.follows).toBeNull();
  });

  it('has nothing follow where nothing in the container gets signed', () => {
    const inner = file('docs.zip', {
      detected: 'zip',
      opened: { type: 'zip', files: [file('SHA256SUMS'), file('readme.txt')] },
    });
    expect(textOf(sampleOf([pe('x.exe'), inner]))).not.toContain('follows');
  });
});
