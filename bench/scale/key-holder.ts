/** The keyholder's journal after so many signatures: its start, memory, and what a look-up costs; once more as it was written by a version without segments. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '#core/json/index.ts';
import type { JournalEntry } from '../../signer/keyholder/protocol/index.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As earlier versions wrote it: one file, an intent and a signature of RSA-3072 for each. */
async function write(path: string, signatures: number): Promise<void> {
  const file = await open(path, 'w');
  const signature = randomBytes(384);
  let [sequence, previous] = [0, '0'.repeat(64)];
  const at = new Date().toISOString();
  const line = (entry: JournalEntry): string => {
    sequence += 1;
    const text = `${canonicalJson({ sequence, previous, at, entry })}\n`;
    previous = hash(text);
    return text;
  };
  for (let start = 0; start < signatures; start += 1000) {
    const lines: string[] = [];
    for (let number = start; number < Math.min(start + 1000, signatures); number += 1) {
      const grantId = hash(`grant ${number}`);
      signature.writeUInt32BE(number);
      lines.push(
        line({
          kind: 'intent',
          grantId,
          slot: hash(`slot ${number}`),
          purpose: 'release',
          keyLabel: `project-${number % 2000}.release`,
          requestId: '0b7f8a52-0000-4000-8000-000000000001',
          toBeSignedSha256: hash(`bytes ${number}`),
          project: `project-${number % 2000}`,
          artifactSha256: hash('artifact'),
          leafPath: ['bin/program.exe'],
          unsignedSha256: hash('file'),
          policyCommit: 'c'.repeat(40),
        }),
        line({ kind: 'signed', grantId, signature: signature.toString('base64') }),
      );
    }
    await file.write(lines.join(''));
  }
  await file.sync();
  await file.close();
}

/** In a process of its own, so that its memory is its own: what the keyholder does with its journal at start, then some look-ups. */
async function measure(path: string, signatures: number): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'open-journal.ts'), path, String(signatures)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (some: Buffer) => (said += some.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? said.trim() : `ended with ${code ?? 'a signal'}`;
}

export async function keyHolder(sizes: readonly number[]): Promise<void> {
  for (const signatures of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-scale-'));
    try {
      const path = join(folder, 'journal.jsonl');
      await write(path, signatures);
      console.log(
        `keyholder, ${signatures} signatures in one file, taken over: ${await measure(path, signatures)}`,
      );
      console.log(`keyholder, ${signatures} signatures in segments: ${await measure(path, signatures)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
