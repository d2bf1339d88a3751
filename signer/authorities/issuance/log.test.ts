import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIssuanceLog, readLoggedSerials } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-issuance-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = new Date('2026-11-27T12:00:00Z');
const file = (): string => join(folder, 'issuance.jsonl');
const about = (signer: string) => ({
  label: 'widget.release',
  signer,
  kind: 'release' as const,
  tbsCertificate: Uint8Array.of(0x30, 0),
  lint: [{ rule: 'version', requirement: 'RFC 5280', broken: null }],
});

describe('the issuance log', () => {
  it('records what is to be signed before it is signed, with the rules that it passed', async () => {
    const log = await openIssuanceLog(folder);
    const serial = log.newSerial();
    await log.intend({ ...about('foundation-issuing'), serial }, now);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      event: 'intended',
      serial,
      label: 'widget.release',
      rules: ['version'],
      tbsCertificate: 'MAA=',
    });
    expect(await readLoggedSerials(folder, 'foundation-issuing')).toEqual({ issued: [], open: [serial] });
    await log.issued({ serial, der: Uint8Array.of(0x30, 0) }, now);
    expect(await readLoggedSerials(folder, 'foundation-issuing')).toEqual({ issued: [serial], open: [] });
    expect(await readLoggedSerials(folder, 'foundation-root')).toEqual({ issued: [], open: [] });
  });

  it('issues no serial number twice, even if the random numbers are equal', async () => {
    const alike = (): Buffer => Buffer.alloc(16, 0x11);
    const log = await openIssuanceLog(folder, alike);
    const serial = log.newSerial();
    await log.intend({ ...about('foundation-issuing'), serial }, now);
    const again = await openIssuanceLog(folder, alike);
    expect(() => again.newSerial()).toThrow(expect.objectContaining({ code: 'SERIAL_TAKEN' }));
    await expect(again.intend({ ...about('foundation-issuing'), serial }, now)).rejects.toMatchObject({
      code: 'SERIAL_TAKEN',
    });
  });

  it('continues after a line truncated by a crash', async () => {
    const first = await openIssuanceLog(folder);
    const before = first.newSerial();
    await first.intend({ ...about('foundation-issuing'), serial: before }, now);
    appendFileSync(file(), '{"event":"intended","ser');
    const log = await openIssuanceLog(folder);
    const after = log.newSerial();
    await log.intend({ ...about('foundation-issuing'), serial: after }, now);
    expect((await readLoggedSerials(folder, 'foundation-issuing')).open).toEqual([before, after]);
  });

  it('names a malformed line', async () => {
    appendFileSync(file(), '{"event":"issued","serial":"00"}\n');
    await expect(openIssuanceLog(folder)).rejects.toMatchObject({
      code: 'ISSUANCE_LOG_INVALID',
      message: expect.stringContaining('line 1') as string,
    });
  });
});
