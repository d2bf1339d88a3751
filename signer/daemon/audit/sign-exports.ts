/**
 * Signs the exports that the portal requests. The signer writes and hashes its own files from its own tables, walks
 * the journal's chain, and adds the portal's digests as claims of the portal. Only digests, numbers and times get
 * into the signed digest.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestSha256, formatDigest, type AuditDigest, type DigestedFile } from '#core/audit/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { auditSigned, type JournalEntry } from '#core/wire/journal/index.ts';
import { parseNoteKey } from '#core/pki/note/index.ts';
import { messageOf } from '../../ground/availability/index.ts';
import type { SignerConfig } from '../../ground/config/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { append } from '../../ground/journal/index.ts';
import { parseKeyRegistry, signLogText, type LogSigner } from '../../keyholder/index.ts';
import { openReleaseStore, type ReleaseStore } from '../../ground/store/index.ts';
import { AuditError } from './error.ts';
import { journalRow, readApprovals, readPolicyHistory } from './read-records.ts';
import { openWalk } from './walk-journal.ts';
import { readRequestedExports, type RequestedExport } from './requested.ts';
import { writeRecord } from './write-record.ts';

export interface ExportPorts {
  readonly database: Database;
  readonly log: LogSigner;
  readonly store: ReleaseStore;
  readonly workDirectory: string;
  readonly anchorFile: string;
  readonly now: () => Date;
}

/** The ports as configured. Throws NO_LOG_KEY. */
export async function portsOf(
  config: SignerConfig,
  database: Database,
  now: () => Date = () => new Date(),
): Promise<ExportPorts> {
  const { auditLog, keyHolder, workDirectory, journalAnchor: anchorFile } = config;
  const registry = parseKeyRegistry(await readFile(keyHolder.registry, 'utf8'), keyHolder.registry);
  if (auditLog === undefined || registry.logKey === undefined) {
    throw new AuditError(
      'NO_LOG_KEY',
      auditLog === undefined
        ? 'the signer’s configuration has no auditLog: it says where the PIN of the log’s token is (docs/guides/audit.md)'
        : `${keyHolder.registry} knows no logKey: the key ceremony makes it (docs/guides/ceremony.md)`,
    );
  }
  return {
    database,
    now,
    workDirectory,
    anchorFile,
    store: openReleaseStore(config.store.released),
    log: {
      module: keyHolder.module,
      moduleEnvironment: keyHolder.moduleEnvironment,
      pin: auditLog.pin,
      softhsmConf: keyHolder.softhsmConf,
      key: registry.logKey,
    },
  };
}

export interface ExportsSigned {
  readonly signed: readonly { readonly exportId: string; readonly number: number }[];
  /** Exports that could not be signed, each with the reason. */
  readonly problems: readonly string[];
}

/** One round over the requested exports. Rejects only where the requests can't be read. */
export async function signExports(ports: ExportPorts): Promise<ExportsSigned> {
  const { requested, problems } = await readRequestedExports(ports.database, ports.now());
  const signed: { exportId: string; number: number }[] = [];
  const failed: string[] = [];
  for (const requestedExport of requested) {
    try {
      const number = await signExport(ports, requestedExport);
      if (number !== null) signed.push({ exportId: requestedExport.id, number });
    } catch (error) {
      failed.push(`export ${requestedExport.id} is not signed: ${messageOf(error)}`);
    }
  }
  return { signed, problems: [...problems, ...failed] };
}

/** → the digest's number; null: another process signed it meanwhile. */
async function signExport(ports: ExportPorts, requested: RequestedExport): Promise<number | null> {
  const { database, store, log } = ports;
  const folder = join(ports.workDirectory, `audit-${requested.id}`);
  // Left over from an interrupted run.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const key = parseNoteKey(log.key.verifierKey);
    const walk = await openWalk(database, { period: requested, key, anchorFile: ports.anchorFile });
    const files = [
      ...(await writeRecord(folder, 'journal', rowsOf(walk.entries()))),
      ...(await writeRecord(folder, 'approvals', readApprovals(database, requested))),
      ...(await writeRecord(folder, 'policy-history', readPolicyHistory(database, requested))),
    ];
    for (const { name, sha256 } of files) await store.put(join(folder, name), parseSha256Hex(sha256));
    return await signAndKeep(ports, requested, { journal: walk.summary(), signer: files });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* rowsOf(entries: AsyncIterable<JournalEntry>) {
  for await (const entry of entries) yield journalRow(entry);
}

const lastSchema = z.object({ number: z.number(), sha256: z.string() });

async function signAndKeep(
  { database, log, now }: ExportPorts,
  requested: RequestedExport,
  own: Pick<AuditDigest, 'journal'> & { readonly signer: readonly DigestedFile[] },
): Promise<number | null> {
  const { id: exportId, from, to, portal } = requested;
  return database.transaction(async (transaction) => {
    // One at a time: numbers have no gaps, and each digest names its predecessor.
    await transaction.query(`SELECT 1 FROM signer.mutex WHERE name = 'audit' FOR UPDATE`);
    const { rows: same } = await transaction.query('SELECT 1 FROM signer.audit_digest WHERE export_id = $1', [
      exportId,
    ]);
    if (same.length > 0) return null;
    const { rows } = await transaction.query(
      'SELECT number, sha256 FROM signer.audit_digest ORDER BY number DESC LIMIT 1',
    );
    const last = rows[0] === undefined ? null : lastSchema.parse(rows[0]);
    const signedAt = now();
    const number = (last?.number ?? 0) + 1;
    const text = formatDigest({
      number,
      previous: last?.sha256 ?? null,
      exportId,
      from,
      to,
      signedAt,
      portal,
      ...own,
    });
    const note = await signLogText(log, text);
    const sha256 = digestSha256(text);
    await transaction.query(
      `INSERT INTO signer.audit_digest (number, export_id, sha256, note, files, signed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [number, exportId, sha256, note, JSON.stringify(own.signer), signedAt],
    );
    // So that the journal records which digests exist, too.
    await append(transaction, signedAt, {
      requestId: null,
      event: auditSigned({ number, exportId, sha256, from: from.toISOString(), to: to.toISOString() }),
    });
    return number;
  });
}
