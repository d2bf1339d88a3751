import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { openRevocationRegister, readRegister, type KnownRevocation } from './index.ts';

const serial = '5a3c01';
const now = new Date('2026-11-27T08:00:00Z');

/** A snapshot that revokes, from when on and why. */
function revoking(effectiveAt: string, reason = 'privilegeWithdrawn', of = serial) {
  return changed({
    [`revocations/${of}.yaml`]: `apiVersion: countersign/v1
kind: Revocation
serial: '${of}'
project: esbuild-demo
certificate: release
trigger: malware
reason: ${reason}
effectiveAt: '${effectiveAt}'
statement: It held malware.
`,
  });
}

let folder: string;
let told: KnownRevocation[];
const file = (): string => join(folder, 'revocations.json');
const open = () =>
  openRevocationRegister({
    file: file(),
    now: () => now,
    signerId: 'one',
    journalled: () => Promise.resolve({ seq: 0n, entries: [] }),
    published: () => Promise.resolve([]),
    asPublished: (register) => register,
    onLearned: (learned) => Promise.resolve(void told.push(...learned)),
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-register-'));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the register of revocations', () => {
  it('records a revocation once, on disk before it counts', async () => {
    const register = await open();
    const snapshot = revoking('2026-11-20T00:00:00Z');
    const known = await register.learn(snapshot);
    expect(known.get(serial)).toMatchObject({
      project: 'esbuild-demo',
      learnedAt: now,
      reason: 'privilegeWithdrawn',
    });
    expect((await readRegister(file())).get(serial)).toEqual(known.get(serial));
    await register.learn(snapshot);
    await register.learn(revoking('2026-11-20T00:00:00Z'));
    expect(told).toHaveLength(1);
  });

  it('never forgets a revocation: not in a later policy without the file, nor after a restart, nor when another is added', async () => {
    await (await open()).learn(revoking('2026-11-20T00:00:00Z'));
    const again = await open();
    expect((await again.learn(changed({}))).has(serial)).toBe(true);
    await again.learn(revoking('2026-11-21T00:00:00Z', 'superseded', '5a3c02'));
    expect([...again.known().keys()]).toEqual([serial, '5a3c02']);
    expect([...(await readRegister(file())).keys()]).toEqual([serial, '5a3c02']);
  });

  it('adopts an earlier date and a compromised key, but no later date and no milder reason', async () => {
    const register = await open();
    await register.learn(revoking('2026-11-20T00:00:00Z'));
    await register.learn(revoking('2026-11-25T00:00:00Z'));
    expect(register.known().get(serial)?.effectiveAt).toEqual(new Date('2026-11-20T00:00:00Z'));
    await register.learn(revoking('2026-11-10T00:00:00Z', 'keyCompromise'));
    await register.learn(revoking('2026-11-20T00:00:00Z', 'superseded'));
    expect(register.known().get(serial)).toMatchObject({
      effectiveAt: new Date('2026-11-10T00:00:00Z'),
      reason: 'keyCompromise',
    });
    expect(told).toHaveLength(2);
  });

  it('doesn’t count what couldn’t be written, and reports it; the next attempt writes it', async () => {
    const register = await open();
    // Nobody writes a file where a folder is; modes would not stop root.
    mkdirSync(`${file()}.new`);
    await expect(register.learn(revoking('2026-11-20T00:00:00Z'))).rejects.toMatchObject({
      code: 'POLICY_UNAVAILABLE',
    });
    expect(register.known().size).toBe(0);
    rmSync(`${file()}.new`, { recursive: true, force: true });
    expect((await register.learn(revoking('2026-11-20T00:00:00Z'))).size).toBe(1);
  });

  it('refuses to start from a malformed file', async () => {
    writeFileSync(file(), '{}');
    await expect(open()).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_INVALID' });
    expect(readFileSync(file(), 'utf8')).toBe('{}');
  });
});
