/** Writing the portal's files of the exports that were asked for: into the artifact store, digests into the row. */
import {
  auditFormats,
  auditRecords,
  auditRecordsBy,
  headOf,
  lineOf,
  type AuditFormat,
  type AuditPeriod,
  type AuditRecord,
  type DigestedFile,
} from '#core/audit/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { useObjects } from '../uploads/index.ts';
import { rowsOf } from './rows.ts';

const fileSizeBytesMax = 4 * 1024 ** 3;
type Ports = Pick<Portal, 'db' | 'store' | 'now'>;

/** The oldest that is not written yet. May run in several portals at once, and may be interrupted anywhere. → what went wrong */
export async function makeExports(ports: Ports): Promise<readonly string[]> {
  const { db } = ports;
  const row = await db.auditExport.findFirst({
    where: { madeAt: null },
    orderBy: [{ askedAt: 'asc' }, { id: 'asc' }],
  });
  if (row === null) return [];
  const period = { from: row.periodFrom, to: row.periodTo };
  const files: DigestedFile[] = [];
  for (const record of auditRecordsBy('portal'))
    for (const format of auditFormats) files.push(await writeFile(ports, { record, format, period }));
  const objects = files.map(({ sha256 }) => sha256);
  await db.$transaction(
    async (transaction) => {
      const digests = objects.map((object) => parseSha256Hex(object));
      const at = ports.now();
      // Somebody may have removed an older file of the same content a moment ago; then all of it is written again.
      const missing = await useObjects(transaction, { store: ports.store, owners: [], digests, at });
      if (missing.length > 0) return;
      await transaction.auditExport.updateMany({
        where: { id: row.id, madeAt: null },
        data: { madeAt: at, objects, files: files.map((file) => ({ ...file })) },
      });
    },
    { timeout: 60_000 },
  );
  return [];
}

async function writeFile(
  { db, store }: Ports,
  file: { readonly record: AuditRecord; readonly format: AuditFormat; readonly period: AuditPeriod },
): Promise<DigestedFile> {
  const { record, format, period } = file;
  const { columns } = auditRecords[record];
  let rows = 0;
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    // An empty file is one, too; a stream that has nothing has no chunk.
    yield Buffer.from(headOf(format, columns), 'utf8');
    for await (const row of rowsOf(db, record, period)) {
      rows += 1;
      yield Buffer.from(lineOf(format, columns, row), 'utf8');
    }
  };
  const { sha256, sizeBytes } = await store.put({
    stream: stream(),
    expectedSha256: null,
    sizeBytesExpected: null,
    sizeBytesMax: fileSizeBytesMax,
  });
  return { name: `${record}.${format}`, sha256, sizeBytes, rows };
}
