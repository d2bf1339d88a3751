import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { openArtifactStore } from '../../ground/store/index.ts';
import { objectPath } from '../../../lib/host/object-store/index.ts';
import { receiveArtifact } from './index.ts';

const submitted = Buffer.from('what was submitted');
const sha256 = parseSha256Hex(createHash('sha256').update(submitted).digest('hex'));

describe('an artifact from the store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-received-'));
    mkdirSync(path.join(folder, 'private'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function receive(bytes: Uint8Array | null, sizeBytesMax = 1000, named: Sha256Hex = sha256) {
    if (bytes !== null) {
      const file = objectPath(folder, named);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    return receiveArtifact({
      store: openArtifactStore(folder),
      request: { artifactSha256: sha256 } as ClaimedRequest,
      directory: path.join(folder, 'private'),
      sizeBytesMax,
    });
  }
  const rules = async (result: ReturnType<typeof receive>) => {
    const { ok, findings } = await result;
    return {
      ok,
      failed: findings.filter((finding) => finding.outcome === 'fail').map((finding) => finding.rule),
    };
  };

  it('is the signer’s own copy with the digest that was submitted', async () => {
    const result = await receive(submitted);
    expect(result).toMatchObject({ ok: true, value: { digests: { sha256, sizeBytes: submitted.length } } });
  });

  it('is refused if its bytes are not those submitted, whatever their name', async () => {
    for (const bytes of [Buffer.from('what was submitteD'), Buffer.alloc(0)]) {
      expect(await rules(receive(bytes))).toEqual({ ok: false, failed: ['received.digest'] });
      rmSync(path.join(folder, 'private', 'artifact'));
    }
  });

  it('is refused if it is missing, or larger than the signer accepts', async () => {
    expect(await rules(receive(null))).toEqual({ ok: false, failed: ['received.artifact'] });
    expect(await rules(receive(submitted, submitted.length - 1))).toEqual({
      ok: false,
      failed: ['received.size'],
    });
  });
});
