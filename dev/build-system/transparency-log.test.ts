import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestBuildSystem } from './fixture.ts';
import { openBuildSystem } from './index.ts';
import { newKey } from './keys.ts';
import { inclusionProof, rootHash } from './merkle.ts';
import { openTransparencyLog } from './transparency-log.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'transparency-log-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the Merkle tree', () => {
  it('hashes as RFC 6962 prescribes', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((text) => new TextEncoder().encode(text)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    const leaf = (bytes: Uint8Array) => sha256(Uint8Array.of(0), bytes);
    const node = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);
    expect(hex(rootHash([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(rootHash([a]))).toBe(hex(leaf(a)));
    expect(hex(rootHash([a, b, c]))).toBe(hex(node(node(leaf(a), leaf(b)), leaf(c))));
    expect(inclusionProof(2, [a, b, c]).map(hex)).toEqual([hex(node(leaf(a), leaf(b)))]);
    expect(() => inclusionProof(3, [a, b, c])).toThrow(RangeError);
  });
});

describe('the transparency log', () => {
  it('gives proofs that verify at every size of the tree', async () => {
    const build = await openTestBuildSystem();
    const bundles = [];
    for (let size = 1; size <= 17; size += 1) bundles.push(await build.attest());
    for (const bundle of bundles) expect(await build.failedRules(bundle)).toEqual([]);
    build.remove();
  });

  it('continues after a restart, with the same trust root', async () => {
    const build = await openTestBuildSystem();
    const before = await build.attest();
    const reopened = await openBuildSystem(build.dir);
    expect(reopened.trustedRoot()).toEqual(build.buildSystem.trustedRoot());
    const subjects = [{ name: 'x', digest: { sha256: 'a'.repeat(64) } }];
    expect(await reopened.attest({ subjects })).toMatchObject({
      verificationMaterial: { tlogEntries: [{ logIndex: '1' }] },
    });
    expect(await build.failedRules(before)).toEqual([]);
    build.remove();
  });

  it('keeps its keys from other users', async () => {
    const build = await openTestBuildSystem();
    expect(statSync(join(build.dir, 'root.key.pem')).mode & 0o077).toBe(0);
    build.remove();
  });

  it('drops a line that a crash cut off', () => {
    const file = join(folder, 'cut.jsonl');
    const log = openTransparencyLog(file, newKey());
    const entry = { kind: 'dsse', apiVersion: '0.0.1', spec: {} } as const;
    log.append(entry, new Date());
    appendFileSync(file, 'AAAA');
    expect(log.append(entry, new Date())).toMatchObject({ logIndex: '1' });
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });
});
