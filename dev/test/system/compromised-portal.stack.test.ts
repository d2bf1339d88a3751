/** The product's promise: an attacker who controls the portal, its database role and its store gets no signature. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { eicar, projectDirectory, runCommand } from '../../stack/index.ts';
import { keepSshKey } from '../../git-host/index.ts';
import { askOsslsigncode, difference, extract } from '../../demo/outside.ts';
import { demoRun, packageWith, sha256 } from './demo-package.ts';
import { FoundationUnderTest, type Ask } from './foundation-under-test.ts';
import { processesInMemory } from './mapped-files.ts';

describe('a compromised portal', () => {
  let system: FoundationUnderTest;
  beforeAll(async () => {
    system = await FoundationUnderTest.start();
  });
  afterAll(() => system.stop());

  async function expectUnsigned(id: string): Promise<void> {
    expect(await system.keyHolderEntries(id)).toEqual([]);
    expect(await system.releasedFile(id)).toBeNull();
    expect((await system.journal(id)).map((entry) => entry.kind)).not.toContain('sign.intent');
  }

  it('gets a signature for what is attested, clean and approved, which outside tools accept', async () => {
    const artifact = await packageWith('honest');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await expectUnsigned(id);
    await system.approve(id, artifact);
    await system.untilStatus(id, 'completed', 'denied', 'failed');
    expect(await system.failedRules(id)).toEqual([]);
    // What the other tests find missing is there when something was signed.
    expect(await system.keyHolderEntries(id)).not.toEqual([]);

    const released = await system.releasedFile(id);
    const folder = join(system.foundation.stack.paths.state, 'honest');
    const signed = await extract(released ?? '', 'package/esbuild.exe', join(folder, 'signed'));
    const unsigned = await extract(
      system.objectPath(sha256(artifact)),
      'package/esbuild.exe',
      join(folder, 'unsigned'),
    );
    const { rootCertificate: ca } = system.foundation.keys;
    // Where the certificate says it is, nothing serves it here: there is no portal.
    const published = join(system.foundation.stack.paths.publication, 'foundation-issuing.crl');
    const list = join(folder, 'list.pem');
    await runCommand('openssl', ['crl', '-inform', 'DER', '-in', published, '-out', list]);
    expect(await askOsslsigncode(signed, { ca, tsaCa: ca, list })).toMatchObject({ ok: true });
    expect(await difference(unsigned, signed)).toBeNull();
  });

  it('reaches no process with the PKCS#11 module in memory: only keyholders have it', async () => {
    const { pids } = system.foundation.stack.paths;
    // The package that loads a PKCS#11 module, and SoftHSM's own.
    const reachesKeys = /pkcs11[.]node$|softhsm2[.]so$/;
    const all = processesInMemory(pids, projectDirectory);
    const holders = all.filter(({ mapped }) => mapped.some((path) => reachesKeys.test(path)));
    const of = (service: string) =>
      holders.filter((holder) => holder.service === service).map((holder) => holder.script);
    expect(of('signer')).toEqual(['dist/keyholder.js']);
    expect(of('tsa')).toEqual(['dist/keyholder.js']);
    expect(holders.filter(({ script }) => !/^dist[/](?:log-)?keyholder[.]js$/.test(script))).toEqual([]);
    for (const one of ['daemon', 'timestamp-authority', 'revocation-authority', 'responder'])
      expect(all.map(({ script }) => script)).toContain(`dist/${one}.js`);
  });

  it('cannot sign without an approval, whatever rows it writes', async () => {
    const artifact = await packageWith('unapproved');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    for (const signature of [
      '',
      'approved',
      '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n',
    ]) {
      await system.handIn(id, system.statementFor(id, artifact), signature);
      await system.handIn(id, '{"decision":"approve"}', signature);
    }
    await system.untilRead(id);
    await sleep(2500);
    // What is worthless was read, and started no check.
    expect(await system.state(id)).toMatchObject({ status: 'waiting-for-approval', pass: 1 });
    await expectUnsigned(id);
  });

  it('cannot approve with a key of its own, of a person who may not, or for another purpose', async () => {
    const artifact = await packageWith('wrong-key');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    const own = await keepSshKey(join(system.foundation.stack.paths.state, 'own'), 'portal');
    const statement = system.statementFor(id, artifact);
    await system.handIn(id, statement, await system.sign(statement, own.privateKeyFile));
    await system.handIn(id, statement, await system.sign(statement, system.keyOf('demo-reviewer')));
    await system.handIn(id, statement, await system.sign(statement, system.keyOf('demo-approver'), 'git'));
    await system.untilRead(id);
    await sleep(2500);
    await expectUnsigned(id);
  });

  it('cannot use an approval for another request, file, source commit or time', async () => {
    const artifact = await packageWith('replay');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    const others = [
      { request: randomUUID() },
      { artifactSha256: sha256('another file') },
      { sourceCommit: '1'.repeat(40) },
      { policyCommit: '2'.repeat(40) },
      { policy: 'test-signing' },
      { submittedBy: 'person:demo-reviewer' },
      { parameters: { version: '1.2.3' } },
      { expiresAt: new Date(Date.now() - 1000).toISOString() },
      { expiresAt: '2999-01-01T00:00:00.000Z' },
    ];
    for (const change of others) {
      const statement = system.statementFor(id, artifact, change);
      await system.handIn(id, statement, await system.sign(statement, system.keyOf('demo-approver')));
    }
    await system.until(id, (state) => state.pass >= 2 && state.status === 'waiting-for-approval');
    await sleep(3000);
    expect((await system.state(id))?.status).toBe('waiting-for-approval');
    await expectUnsigned(id);
  });

  it('cannot give values that the accepted configuration doesn’t ask for, or that are no values', async () => {
    for (const [parameters, step] of [
      [{ version: '1.2.3' }, 'policy'],
      [{ version: '*' }, 'received'],
    ] as const) {
      const id = await system.ask({ artifact: await packageWith('values'), row: { parameters } });
      await system.untilStatus(id, 'denied');
      expect((await system.state(id))?.step).toBe(step);
      await expectUnsigned(id);
    }
  });

  it('cannot swap the file after it was approved', async () => {
    const artifact = await packageWith('swapped');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await writeFile(system.objectPath(sha256(artifact)), await packageWith('malicious'));
    await system.approve(id, artifact);
    await system.untilStatus(id, 'denied');
    expect(await system.failedRules(id)).toEqual(['received.digest']);
    await expectUnsigned(id);
  });

  it('cannot pass off other origins, other attestations or none', async () => {
    const artifact = await packageWith('origin');
    const cases = [
      { rule: 'origin.ref', ask: { run: { ...demoRun, ref: 'refs/heads/experiment' } } },
      {
        rule: 'origin.repository',
        ask: { run: { ...demoRun, repository: { ...demoRun.repository, id: '1' } } },
      },
      { rule: 'origin.runner', ask: { run: { ...demoRun, runner: 'self-hosted' } } },
      { rule: 'origin.trigger', ask: { run: { ...demoRun, trigger: 'pull_request_target' } } },
      { rule: 'origin.visibility', ask: { run: { ...demoRun, visibility: 'private' } } },
      // By the right workflow, about this very file, and no proof of how it was built.
      { rule: 'origin.statement', ask: { statement: 'sbom-spdx' } },
      { rule: 'origin.statement', ask: { statement: 'test-failed' } },
      { rule: 'origin.statement', ask: { statement: 'verification-failed' } },
      { rule: 'origin.statement', ask: { statement: 'release' } },
      { rule: 'origin.time', ask: { at: new Date(Date.now() + 24 * 3_600_000) } },
      { rule: 'origin.age', ask: { at: new Date(Date.now() - 31 * 24 * 3_600_000) } },
      { rule: 'origin.digest', ask: { attested: await packageWith('something else') } },
      { rule: 'origin.bundle', ask: { bundle: null } },
      { rule: 'origin.bundle', ask: { bundle: Buffer.from('{"mediaType":"nonsense"}') } },
      { rule: 'origin.bundle', ask: { bundle: Buffer.from('not even JSON') } },
    ] satisfies readonly { readonly rule: string; readonly ask: Partial<Ask> }[];
    for (const { rule, ask } of cases) {
      const id = await system.ask({ artifact, ...ask });
      await system.untilStatus(id, 'denied');
      expect(await system.failedRules(id)).toContain(rule);
      await expectUnsigned(id);
    }
  });

  it('cannot get malware, unexpected files or already signed programs past the checks', async () => {
    const infected = await packageWith('infected', { 'package/README.md': eicar });
    // Nobody sees into the archive, clamd no more than the inspector: its "OK" says nothing.
    const locked = zip([{ name: 'tool.com', content: eicar, flags: 1 }]);
    const encrypted = await packageWith('encrypted', { 'package/README.md': locked });
    const nested = await packageWith('nested', {
      'package/README.md': zip([{ name: 'a', content: locked }]),
    });
    const hidden = await packageWith('hidden', {
      'package/README.md': zip([{ name: 'a.zst', content: zstdCompressSync(Buffer.from(eicar)) }]),
    });
    const extra = await packageWith('extra', { 'package/backdoor.dll': 'MZ' });
    const broken = await packageWith('broken', { 'package/esbuild.exe': 'MZ and nothing else' });
    for (const [artifact, rule] of [
      [infected, /^scan\.infected$/],
      [encrypted, /^scan\.not-scanned$/],
      [nested, /^scan\.not-scanned$/],
      [hidden, /^scan\.infected$/],
      [extra, /^artifact\./],
      [broken, /^pe\./],
    ] as const) {
      const id = await system.ask({ artifact });
      await system.untilStatus(id, 'denied');
      expect(
        (await system.failedRules(id)).some((failedRule) => rule.test(failedRule)),
        String(rule),
      ).toBe(true);
      await expectUnsigned(id);
    }
  });

  it('cannot use the release key by naming a less strict policy', async () => {
    const artifact = await packageWith('test-policy');
    const id = await system.ask({ artifact, policy: 'test-signing', bundle: null });
    await system.untilStatus(id, 'completed');
    const { rows } = await system.portal.query<{ certificate_sha256: string }>(
      'SELECT certificate_sha256 FROM signer.signature WHERE request_id = $1',
      [id],
    );
    const test = system.foundation.keys.certificateOf('esbuild-demo', 'test');
    const fingerprint = await runCommand('openssl', [
      'x509',
      '-in',
      test,
      '-noout',
      '-fingerprint',
      '-sha256',
    ]);
    expect(rows.map((row) => row.certificate_sha256)).toEqual([
      fingerprint.split('=')[1]?.trim().replaceAll(':', '').toLowerCase(),
    ]);
  });

  it('cannot invent projects, policies or rows that trip the signer', async () => {
    const artifact = await packageWith('invented');
    const unknown = await system.ask({ artifact, project: 'no-such-project' });
    const malformed = await system.ask({ artifact, row: { project_slug: '../../etc', policy_slug: '' } });
    const digest = await system.ask({ artifact, row: { artifact_sha256: '../../../etc/passwd' } });
    for (const id of [unknown, malformed, digest]) {
      await system.untilStatus(id, 'denied');
      await expectUnsigned(id);
    }
    const after = await system.ask({ artifact });
    await system.untilStatus(after, 'waiting-for-approval');
  });

  it('ends a request where an approver says no, even after somebody said yes', async () => {
    const artifact = await packageWith('denied');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await system.deny(id, artifact);
    await system.untilStatus(id, 'denied');
    await system.approve(id, artifact);
    await sleep(2000);
    expect((await system.state(id))?.status).toBe('denied');
    await expectUnsigned(id);
  });

  it('cannot have a request approved by its submitter, nor hide who that was', async () => {
    const artifact = await packageWith('own request');
    for (const [submitted_by, found] of [
      ['person:demo-approver', 'nobody'],
      ['token:esbuild-demo/ci by person:demo-approver', 'nobody'],
      ['token:esbuild-demo/ci', 'token:esbuild-demo/ci'],
      ['somebody', 'somebody'],
    ] as const) {
      const id = await system.ask({ artifact, row: { submitted_by } });
      await system.untilStatus(id, 'denied');
      expect(await system.failedRules(id)).toEqual(['approval.submitter']);
      expect(JSON.stringify(await system.journal(id))).toContain(`"found":"${found}"`);
      await expectUnsigned(id);
    }
  });

  it('cannot bury a denial under 199 submissions and an approval', async () => {
    const artifact = await packageWith('buried');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    const [no, yes] = (['deny', 'approve'] as const).map((decision) =>
      system.statementFor(id, artifact, { decision }),
    );
    const key = system.keyOf('demo-approver');
    const [noSigned, yesSigned] = await Promise.all([
      system.sign(no ?? '', key),
      system.sign(yes ?? '', key),
    ]);
    const client = await system.portal.connect();
    try {
      // All at once, with times of the attacker's choice, so that no look of the signer comes in between.
      const insert = `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by, submitted_at)
        SELECT gen_random_uuid(), $1, $2, $3, 'test', now() + n * interval '1 hour' FROM generate_series($4::int, $5::int) AS n`;
      await client.query('BEGIN');
      await client.query(insert, [id, no, noSigned, 0, 0]);
      await client.query(insert, [id, yes, noSigned, 1, 199]);
      await client.query(insert, [id, yes, yesSigned, 200, 200]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await system.untilStatus(id, 'denied', 'completed');
    expect(await system.failedRules(id)).toEqual(['approval.denied']);
    await expectUnsigned(id);
  });

  it('signs once, however often the request, its job and its approval are repeated', async () => {
    const artifact = await packageWith('once');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await Promise.all([
      system.approve(id, artifact),
      system.approve(id, artifact),
      system.approve(id, artifact),
    ]);
    await system.untilStatus(id, 'completed');
    await system.approve(id, artifact);
    await sleep(2500);
    const kinds = (await system.journal(id)).map((entry) => entry.kind);
    expect(kinds.filter((kind) => kind === 'sign.done')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'request.released')).toHaveLength(1);
  });

  it('cannot make the signer read other files through the store', async () => {
    const digest = 'ab'.repeat(32);
    const secret = join(system.foundation.stack.paths.secrets, 'pin-signing');
    await mkdir(dirname(system.objectPath(digest)), { recursive: true });
    await symlink(secret, system.objectPath(digest));
    const id = await system.ask({ artifact: await packageWith('link'), row: { artifact_sha256: digest } });
    await system.untilStatus(id, 'denied');
    expect(JSON.stringify(await system.journal(id))).not.toContain(sha256(await readFile(secret)));
  });

  it('cannot stop the signer with a malformed id, a huge request, or by changing the queue’s tables', async () => {
    const artifact = await packageWith('stop');
    await system.ask({ artifact, row: { id: '00000000-0000-0000-0000-000000000000' } });
    const huge = await system.ask({ artifact, row: { artifact_name: 'x'.repeat(50_000_000) } });
    await system.untilStatus(huge, 'denied');
    for (const table of ['version', 'job', 'queue'])
      await expect(system.portal.query(`DELETE FROM pgboss.${table}`)).rejects.toThrow(/permission denied/);
    system.killSigner();
    await system.restartSigner();
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await system.approve(id, artifact);
    await system.untilStatus(id, 'completed');
  });

  it('cannot delay the signer with locks, nor keep it from starting while the queue is locked', async () => {
    const locking = await system.portal.connect();
    const owner = new pg.Client({ connectionString: system.foundation.stack.database.owner });
    await owner.connect();
    try {
      const artifact = await packageWith('locked');
      const id = randomUUID();
      await locking.query('SELECT pg_advisory_lock(hashtextextended($1, 0)), pg_advisory_lock(7305201101)', [
        `countersign:request:${id}`,
      ]);
      await locking.query('BEGIN');
      for (const table of ['signing_request', 'emergency_stop_submission'])
        await locking.query(`LOCK TABLE portal.${table} IN ROW EXCLUSIVE MODE`);
      await locking.query('LOCK TABLE portal.approval_submission IN ACCESS SHARE MODE');
      for (const table of ['journal', 'request_state', 'open_request', 'mutex', 'signer_health'])
        await locking.query(`LOCK TABLE signer.${table} IN ACCESS SHARE MODE`);
      // Stronger than anything that the portal's role can get there.
      await owner.query(
        'BEGIN; LOCK TABLE pgboss.version, pgboss.queue, pgboss.job IN ACCESS EXCLUSIVE MODE',
      );
      system.killSigner();
      await system.restartSigner();
      await system.ask({ artifact, row: { id } });
      await system.untilStatus(id, 'waiting-for-approval');
      await system.approve(id, artifact);
      await system.untilStatus(id, 'completed');
    } finally {
      locking.release(true);
      await owner.end();
    }
  });

  it('cannot write the signer’s tables', async () => {
    const statements = [
      `INSERT INTO signer.journal (seq, at, kind, body, previous_hash, entry_hash) VALUES (1, now(), 'x', '{}', '', '')`,
      `UPDATE signer.request_state SET status = 'completed'`,
      `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at) VALUES (gen_random_uuid(), '', 0, '', now())`,
      `INSERT INTO signer.accepted_snapshot (commit, accepted_at) VALUES ('evil', now())`,
      `DELETE FROM portal.signing_request`,
      `UPDATE portal.signing_request SET artifact_sha256 = ''`,
      `UPDATE portal.approval_submission SET statement = ''`,
    ];
    for (const statement of statements) {
      await expect(system.portal.query(statement), statement).rejects.toThrow(/permission denied/);
    }
  });
});
