/** The oldest PostgreSQL that is said to do (docs/guides/installation.md): Debian 12's. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { debianPostgres } from '../stack/postgres/binaries.ts';
import { lacksTools } from './lacks.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const runner = join(import.meta.dirname, 'older-postgres.ts');
const oldest = '15';

describe('PostgreSQL 15', () => {
  it.skipIf(lacksTools(join(debianPostgres(oldest), 'postgres')))(
    'takes roles, migrations and grants, and answers what is asked of the newest',
    async () => {
      const { stdout } = await run(process.execPath, [runner, oldest, '--short'], {
        cwd: root,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      });
      // None failed, or was left out: vitest says how many there were, too.
      const [, passed, all] = /Test Files +(\d+) passed \((\d+)\)/.exec(stdout) ?? [];
      expect(passed).toBe(all);
      const files = [...stdout.matchAll(/✓ \|integration\| (\S+) \(\d+ tests?\)/g)].map(([, file]) => file);
      expect(files).toHaveLength(Number(all));
      for (const part of [
        'dev/stack/postgres/roles.db.test.ts',
        'scripts/database/migrations.db.test.ts',
        'lib/audit-records/audit-records.db.test.ts',
        'lib/requests/read-step.db.test.ts',
        'signer/daemon/session-guard/',
      ])
        expect(files, part).toContainEqual(expect.stringContaining(part));
    },
  );

  it('is what the guide says, and a version that isn’t there is refused by name', async () => {
    const guide = readFileSync(join(root, 'docs', 'guides', 'installation.md'), 'utf8');
    expect(guide).toContain(`PostgreSQL ${oldest} or later`);
    await expect(run(process.execPath, [runner, '99'], { cwd: root })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('apt-get install postgresql-99') as unknown,
    });
  });
});
