/**
 * A damage, what notices it, the command that reconciles, and the count afterwards. What the HSM signed is kept here beside all that
 * the damage takes: every signature must be named by the journal or by a report of what was lost, and none may be made twice.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { programArguments } from '../../../scripts/processes/program.ts';
import { readKeyHolderJournal } from '../../../signer/keyholder/index.ts';
import { pinnedNode, startPostgres } from '../../stack/index.ts';
import { patience } from '../patience.ts';
import { packageWith, sha256 } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

export interface SignedRequest {
  readonly id: string;
  readonly artifact: Uint8Array;
  /** As the portal wrote it, for submitting it again. */
  readonly row: Readonly<Record<string, unknown>>;
}

const configSchema = z.object({
  keyHolder: z.object({ journal: z.string() }),
  policyRepository: z.object({ directory: z.string() }),
});
/** One signature that the HSM gave. */
export interface Made {
  readonly slot: string;
  readonly requestId: string;
  readonly grantId: string;
  readonly sha256: string;
}

/** Every signature in a keyholder's journal; an intent names the place, the signature follows. */
export async function madeBy(journal: string): Promise<readonly Made[]> {
  const intents = new Map<string, { readonly slot: string; readonly requestId: string }>();
  const made: Made[] = [];
  await readKeyHolderJournal(journal, ({ entry }) => {
    if (entry.kind === 'intent') intents.set(entry.grantId, entry);
    if (entry.kind !== 'signed') return;
    const { slot, requestId } = intents.get(entry.grantId) ?? { slot: entry.grantId, requestId: '' };
    const digest = sha256(Buffer.from(entry.signature, 'base64'));
    made.push({ slot, requestId, grantId: entry.grantId, sha256: digest });
  });
  return made;
}

export class Rehearsal {
  readonly system: FoundationUnderTest;
  readonly keyHolderJournal: string;
  readonly clone: string;
  readonly #made: Made[] = [];
  #count = 0;

  private constructor(system: FoundationUnderTest, config: z.infer<typeof configSchema>) {
    this.system = system;
    this.keyHolderJournal = config.keyHolder.journal;
    this.clone = config.policyRepository.directory;
  }

  static async start(): Promise<Rehearsal> {
    const system = await FoundationUnderTest.start();
    const text = await readFile(system.foundation.signerConfig, 'utf8');
    return new Rehearsal(system, configSchema.parse(parse(text)));
  }

  async stop(): Promise<void> {
    await this.system.stop();
  }

  async asked(): Promise<SignedRequest> {
    const { system } = this;
    this.#count += 1;
    const artifact = await packageWith(`rehearsal ${this.#count}`);
    const id = await system.ask({ artifact });
    const { rows } = await system.portal.query<Record<string, unknown>>(
      'SELECT * FROM portal.signing_request WHERE id = $1',
      [id],
    );
    return { id, artifact, row: rows[0] ?? {} };
  }

  async waiting(): Promise<SignedRequest> {
    const request = await this.asked();
    await this.system.untilStatus(request.id, 'waiting-for-approval');
    return request;
  }

  async signed(): Promise<SignedRequest> {
    const request = await this.waiting();
    await this.finish(request);
    return request;
  }

  /** Approved, and released. */
  async finish({ id, artifact }: SignedRequest): Promise<void> {
    await this.system.approve(id, artifact);
    await this.system.untilStatus(id, 'completed');
    await this.#remember();
  }

  /** The very row that the database has lost. */
  async submitAgain(request: SignedRequest): Promise<void> {
    const names = Object.keys(request.row);
    const places = names.map((_, index) => `$${index + 1}`).join(', ');
    const insert = `INSERT INTO portal.signing_request (${names.join(', ')}) VALUES (${places})`;
    await vi.waitFor(() => this.system.portal.query(insert, Object.values(request.row)), patience);
    await this.system.untilStatus(request.id, 'waiting-for-approval');
    await this.finish(request);
  }

  async #remember(): Promise<void> {
    const known = new Set(this.#made.map(({ grantId, sha256: digest }) => `${grantId} ${digest}`));
    for (const one of await madeBy(this.keyHolderJournal))
      if (!known.has(`${one.grantId} ${one.sha256}`)) this.#made.push(one);
  }

  /** The signer ends, what `damage` does is done, and the signer is started: it doesn't become ready before it was reconciled. */
  async damaged(damage: () => Promise<void>): Promise<{ readonly ready: Promise<void> }> {
    await this.#remember();
    await this.endSigner();
    await damage();
    const ready = this.system.restartSigner();
    ready.catch(() => undefined); // awaited once the rehearsal comes to it
    return { ready };
  }

  async endSigner(): Promise<void> {
    // Its keyholder ends with the pipe; until then it may still write. It may write into no other folder than its journal's.
    const keyHolders = async (): Promise<number> => {
      const { stdout } = await run('ps', ['-ww', '-eo', 'args=']);
      return stdout.split('\n').filter((line) => line.includes(`=${dirname(this.keyHolderJournal)}/`)).length;
    };
    expect(await keyHolders()).toBeGreaterThan(0);
    this.system.killSigner();
    await vi.waitFor(async () => expect(await keyHolders()).toBe(0), patience);
  }

  async health(component: string): Promise<string> {
    const { rows } = await this.system.portal.query<{ state: string; detail: string }>(
      'SELECT state, detail FROM signer.signer_health WHERE component = $1',
      [component],
    );
    return `${rows[0]?.state}: ${rows[0]?.detail}`;
  }

  /** As /readyz and the service state page have it. */
  async until(component: string, said: RegExp): Promise<void> {
    await vi.waitFor(async () => expect(await this.health(component)).toMatch(said), patience);
  }

  async reconcile(...args: readonly string[]): Promise<string> {
    const given = [...programArguments('reconcile'), '--config', this.system.foundation.signerConfig];
    return (await run(pinnedNode, [...given, ...args])).stdout;
  }

  /** Shows the plan, confirms it → what was shown. */
  async reconciled(): Promise<string> {
    const said = await this.reconcile();
    const plan = /Plan ([0-9a-f]{12})/.exec(said)?.[1] ?? '';
    expect(plan, said).not.toBe('');
    expect(await this.reconcile('--confirm', plan)).toMatch(/Entry \d+ says what was lost/);
    return said;
  }

  /** The last report in the journal. */
  async report(): Promise<Record<string, unknown>> {
    const { rows } = await this.system.portal.query<{ body: string }>(
      `SELECT body FROM signer.journal WHERE kind = 'journal.reconciled' ORDER BY seq DESC LIMIT 1`,
    );
    return JSON.parse(rows[0]?.body ?? '{}') as Record<string, unknown>;
  }

  async savedDatabase(): Promise<() => Promise<void>> {
    const { stack } = this.system.foundation;
    const data = await realpath(stack.paths.postgres);
    const save = `${data}-backup-${this.#count}`;
    await this.#endPostgres();
    await run('cp', ['-a', data, save]);
    await this.#startPostgres();
    return async () => {
      await this.#endPostgres();
      await rm(data, { recursive: true });
      await run('cp', ['-a', save, data]);
      await this.#startPostgres();
    };
  }

  #postgres: { stop(): Promise<void> } | null = null;

  #endPostgres(): Promise<void> {
    return (this.#postgres ?? this.system.foundation.stack.postgres).stop();
  }

  async #startPostgres(): Promise<void> {
    this.#postgres = this.system.keep(await startPostgres(this.system.foundation.stack.paths));
  }

  /** The keyholder's journal with all that belongs to it, which lies in a folder of its own. */
  async savedKeyHolder(): Promise<() => Promise<void>> {
    const folder = dirname(this.keyHolderJournal);
    const save = `${folder}-backup-${this.#count}`;
    await cp(folder, save, { recursive: true, preserveTimestamps: true });
    return async () => {
      await rm(folder, { recursive: true });
      await cp(save, folder, { recursive: true, preserveTimestamps: true });
    };
  }

  /** Without its configuration; a backup of a signer that runs, so files may be of different moments. */
  async savedState(): Promise<() => Promise<void>> {
    const folder = this.system.foundation.stack.paths.signer;
    const save = `${folder}-backup-${this.#count}`;
    await cp(folder, save, { recursive: true, preserveTimestamps: true });
    return async () => {
      await rm(folder, { recursive: true });
      await cp(save, folder, { recursive: true, preserveTimestamps: true });
    };
  }

  async loseKeyHolder(): Promise<void> {
    const folder = dirname(this.keyHolderJournal);
    await rm(folder, { recursive: true });
    await mkdir(folder, { mode: 0o700 });
  }

  /** All that the signer keeps beside its configuration: anchor, accepted policy, stops, register, clone, keyholder's journal. */
  async loseState(): Promise<void> {
    const folder = this.system.foundation.stack.paths.signer;
    const kept = new Set(['config.yaml', 'development-trusted-root.json']);
    for (const name of await readdir(folder))
      if (!kept.has(name)) await rm(join(folder, name), { recursive: true });
  }

  /** The files of these requests, from the store of released files. */
  async loseReleased(...requests: readonly SignedRequest[]): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const { id } of requests) {
      const file = await this.system.releasedFile(id);
      if (file === null) throw new RangeError(`${id} has no release`);
      lost.push(file);
    }
    for (const file of lost) await rm(file);
    return lost;
  }

  /**
   * Everything that the HSM ever gave is accounted for: by an entry of the journal, or, where both databases that knew it are gone, by
   * the report that names its release. One place has one signature. The chain holds, and signing goes on.
   */
  async accounted(): Promise<void> {
    const after = await this.signed();
    expect((await this.system.journal(after.id)).map(({ kind }) => kind)).toContain('request.released');
    const bySlot = Map.groupBy(this.#made, ({ slot }) => slot);
    for (const [slot, made] of bySlot)
      expect(new Set(made.map((one) => one.sha256)).size, `signatures of ${slot}`).toBe(1);
    const client = new pg.Client({ connectionString: this.system.foundation.stack.database.signer });
    await client.connect();
    try {
      const { rows } = await client.query<{ digest: string | null }>(
        `SELECT DISTINCT body::jsonb->>'signatureSha256' AS digest FROM signer.journal
          WHERE kind IN ('sign.done', 'signature.recovered')`,
      );
      const named = new Set(rows.map(({ digest }) => digest));
      expect(this.#made.filter((one) => !named.has(one.sha256))).toEqual([]);
    } finally {
      await client.end();
    }
    expect(await this.system.verifyJournal()).toMatchObject({ intact: true });
    await this.until('signer', /^ok: /);
  }
}
