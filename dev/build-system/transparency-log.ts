import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { canonicalJson } from '#core/json/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import type { SigningKey } from './keys.ts';
import { inclusionProof, rootHash } from './merkle.ts';

export const logHost = 'log.development-build-system.example';

/** What a log records, as Rekor 1 (0.0.1) and Rekor 2 (0.0.2) write it. */
export interface LogEntry {
  readonly kind: 'dsse' | 'hashedrekord';
  readonly apiVersion: '0.0.1' | '0.0.2';
  readonly spec: JsonValue;
}

/** Rekor 2 promises nothing and tells no time: an entry is what its proof says, and a timestamp authority says when. */
export type LogVersion = 1 | 2;

export interface TransparencyLog {
  /** Entry → TransparencyLogEntry of a Sigstore bundle, with promise, inclusion proof and checkpoint. */
  append(entry: LogEntry, at: Date): JsonValue;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * A log like Rekor: append-only file of one base64 body a line. A last line without its line feed was cut off
 * by a crash before anybody saw a proof of it, and is dropped. One process at a time may append.
 */
export function openTransparencyLog(
  file: string,
  key: SigningKey,
  { host = logHost, version = 1 }: { readonly host?: string; readonly version?: LogVersion } = {},
): TransparencyLog {
  return {
    append(entry, at) {
      const body = canonicalJson({ apiVersion: entry.apiVersion, kind: entry.kind, spec: entry.spec });
      const bodies = readBodies(file);
      const index = bodies.length;
      appendFileSync(file, `${base64(Buffer.from(body))}\n`, { mode: 0o600 });
      const leaves = [...bodies, new Uint8Array(Buffer.from(body))];
      const integratedTime = Math.floor(at.getTime() / 1000);
      return {
        logIndex: String(index),
        logId: { keyId: base64(key.id) },
        kindVersion: { kind: entry.kind, version: entry.apiVersion },
        ...(version === 2
          ? {}
          : {
              integratedTime: String(integratedTime),
              inclusionPromise: { signedEntryTimestamp: base64(promise(key, body, index, integratedTime)) },
            }),
        inclusionProof: {
          logIndex: String(index),
          rootHash: base64(rootHash(leaves)),
          treeSize: String(leaves.length),
          hashes: inclusionProof(index, leaves).map(base64),
          checkpoint: { envelope: checkpoint(version === 2 ? host : treeOf(host, key), host, key, leaves) },
        },
        canonicalizedBody: base64(Buffer.from(body)),
      };
    },
  };
}

function readBodies(file: string): readonly Uint8Array[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'latin1');
  const whole = text.lastIndexOf('\n') + 1;
  if (whole < text.length) truncateSync(file, whole);
  const lines = text.slice(0, whole).split('\n').slice(0, -1);
  return lines.map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

/** SignedEntryTimestamp: Rekor's signature over where and when it took the entry in. */
function promise(key: SigningKey, body: string, logIndex: number, integratedTime: number): Uint8Array {
  const payload = {
    body: base64(Buffer.from(body)),
    integratedTime,
    logID: Buffer.from(key.id).toString('hex'),
    logIndex,
  };
  return key.sign(Buffer.from(canonicalJson(payload)));
}

/** Signed note (C2SP tlog-checkpoint): origin, size, root hash; key hint and signature on the last line. */
function checkpoint(origin: string, host: string, key: SigningKey, leaves: readonly Uint8Array[]): string {
  const note = `${origin}\n${leaves.length}\n${base64(rootHash(leaves))}\n`;
  const signature = Buffer.concat([key.id.subarray(0, 4), key.sign(Buffer.from(note))]);
  return `${note}\n\u2014 ${host} ${signature.toString('base64')}\n`;
}

const treeOf = (host: string, key: SigningKey): string =>
  `${host} - ${Buffer.from(key.id).readBigUInt64BE()}`;
