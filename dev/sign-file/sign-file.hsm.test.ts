/** The engine that npm run sign-file opens: what it signs, other programs accept; what it refuses, it explains. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filledInstaller } from '#core/formats/msi/contents/contents.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { openRunFolder, removeRunFolder } from '../test/run-folder.ts';
import { openEngine, type Engine } from './engine.ts';

const configuration = `apiVersion: countersign/v1
kind: ArtifactConfiguration
root:
  type: zip
  contents:
    - { type: pe, path: app.exe, sign: { method: authenticode } }
    - { type: file, path: '*.txt' }
`;

describe('a file signed for trying out', () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = (await openRunFolder()).state;
    engine = await openEngine(folder);
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    removeRunFolder(folder);
  });
  const put = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it('is accepted by osslsigncode, in an archive that is otherwise the same', async () => {
    const program = buildProgram();
    const artifact = put('in.zip', zip([{ name: 'app.exe', content: program }, { name: 'notes.txt' }]));
    const signed = await engine.sign(configuration, artifact);
    expect(signed.findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    const inside = execFileSync('unzip', ['-p', signed.file ?? '', 'app.exe']);
    const roots = ['-CAfile', engine.root, '-TSA-CAfile', engine.root];
    const verdict = execFileSync('osslsigncode', ['verify', ...roots, put('app.exe', inside)], {
      encoding: 'utf8',
    });
    expect(verdict).toContain('Signature verification: ok');
    expect(verdict).toContain('Timestamp Server Signature verification: ok');
  });

  it('is an installer with its programs, each of which other programs accept', async () => {
    const program = buildProgram();
    const files = [
      { key: 'Main', name: 'app.exe', content: program },
      { key: 'Note', name: 'read me.txt', content: 'Read me.' },
    ];
    const text = configuration
      .replace('type: zip', 'type: msi\n  requireSignedInside: true\n  sign: { method: authenticode }')
      .replace('path: app.exe', 'path: Widget Maker/app.exe')
      .replace("path: '*.txt' }", "path: '**', matches: { min: 2, max: 2 } }");
    const signed = await engine.sign(text, put('in.msi', await filledInstaller({ files })));
    expect(signed.findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    const msi = signed.file ?? '';
    execFileSync('sh', ['-c', 'msiinfo extract "$1" product.cab > product.cab', 'sh', msi], { cwd: folder });
    execFileSync('cabextract', ['-q', '-F', 'Main', 'product.cab'], { cwd: folder });
    for (const file of [msi, join(folder, 'Main')]) {
      const said = execFileSync(
        'osslsigncode',
        ['verify', '-CAfile', engine.root, '-TSA-CAfile', engine.root, '-in', file],
        { encoding: 'utf8' },
      );
      expect(said).toContain('Signature verification: ok');
    }
  });

  it('is refused as in the signer, with every reason', async () => {
    const signed = await engine.sign(configuration, put('other.zip', zip([{ name: 'app.dll' }])));
    const failed = signed.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);
    expect([signed.file, failed.length > 0]).toEqual([null, true]);
    await expect(
      engine.sign(configuration.replace('pe,', 'pie,'), put('x', Uint8Array.of())),
    ).rejects.toThrow(/windows-package.yaml:6/);
  });
});
