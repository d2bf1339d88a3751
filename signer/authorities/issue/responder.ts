/** The key that signs status answers: it expires like others, and no policy names it. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKeyRegistry } from '../../keyholder/index.ts';

export interface ResponderGeneration {
  /** As the ceremony's ocspGeneration: of the existing one, or of the one to make. */
  readonly generation: number;
  readonly isDue: boolean;
}

/** With this many days left the successor is made; until then answers are signed with the old one. */
const renewDays = 60;

export async function responderGeneration(keysDirectory: string, now: Date): Promise<ResponderGeneration> {
  const file = join(keysDirectory, 'registry.json');
  const { keys } = parseKeyRegistry(await readFile(file, 'utf8'), file);
  const responders = keys.filter((entry) => entry.purpose === 'ocsp');
  const soon = new Date(now.getTime() + renewDays * 86_400_000);
  for (const { certificate, label } of responders) {
    const { validToDate } = new X509Certificate(await readFile(join(keysDirectory, certificate)));
    if (validToDate > soon) return { generation: generationOf(label), isDue: false };
  }
  return { generation: Math.max(0, ...responders.map(({ label }) => generationOf(label))) + 1, isDue: true };
}

/** `foundation-ocsp` is the first, `foundation-ocsp.2` the second. */
function generationOf(label: string): number {
  return Number(/[.]([0-9]+)$/.exec(label)?.[1] ?? 1);
}
