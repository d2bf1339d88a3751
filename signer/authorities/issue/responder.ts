/** The key of status answers: it runs out like others, and nobody names it in a policy. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKeyRegistry } from '../../keyholder/index.ts';

export interface ResponderGeneration {
  /** As the ceremony's ocspGeneration: of the one that there is, or of the one to make. */
  readonly generation: number;
  readonly wanted: boolean;
}

/** With that many days left the successor is made; answers go on with the old one until then. */
const renewDays = 60;

export async function responderGeneration(keysDirectory: string, now: Date): Promise<ResponderGeneration> {
  const file = join(keysDirectory, 'registry.json');
  const { keys } = parseKeyRegistry(await readFile(file, 'utf8'), file);
  const responders = keys.filter((entry) => entry.purpose === 'ocsp');
  const soon = new Date(now.getTime() + renewDays * 86_400_000);
  for (const { certificate, label } of responders) {
    const { validToDate } = new X509Certificate(await readFile(join(keysDirectory, certificate)));
    if (validToDate > soon) return { generation: generationOf(label), wanted: false };
  }
  return { generation: Math.max(0, ...responders.map(({ label }) => generationOf(label))) + 1, wanted: true };
}

/** `foundation-ocsp` is the first, `foundation-ocsp.2` the second. */
function generationOf(label: string): number {
  return Number(/[.]([0-9]+)$/.exec(label)?.[1] ?? 1);
}
