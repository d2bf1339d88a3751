import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * For a machine with many times the work it can do: these bounds tell a test that hangs from one that is slow, and nothing
 * else. A test waits for a condition, never for a time.
 */
const patience = { testTimeout: 900_000, hookTimeout: 900_000, expect: { poll: { timeout: 300_000 } } };

/** Tests that need a service or a program of the outside: x.db.test.ts, x.hsm.test.ts … */
const integration = ['**/*.{db,hsm,clamd,git,oracle,process,stack}.test.ts'];
const exclude = [...configDefaults.exclude, '.next/**', '.countersign/**', 'dist/**', 'e2e/**'];

/** Property tests get their values from a fixed seed; which file says how. */
const properties = join(import.meta.dirname, 'dev/test/properties.ts');
const fixedSeed = {
  name: 'fixed-seed',
  enforce: 'pre',
  resolveId: (source: string, importer?: string) =>
    source === 'fast-check' && importer !== properties ? properties : null,
} as const;

/** GitHub's parser imports JSON as bundlers allow, and names maps that its package doesn't have. */
const workflowParser = '@actions/workflow-parser';
const withoutMaps = {
  name: 'without-maps',
  enforce: 'pre',
  load: (id: string) =>
    id.includes(`/node_modules/${workflowParser}/`) && id.endsWith('.js')
      ? { code: readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, ''), map: null }
      : null,
} as const;

export default defineConfig({
  test: {
    // Most of what tests do is waiting for programs, leases and retries: one worker more than cores, so that none is idle meanwhile.
    maxWorkers: Math.max(2, availableParallelism() + 1),
    projects: [
      {
        plugins: [fixedSeed, withoutMaps],
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...exclude, ...integration],
          // A worker keeps the modules it has loaded for its next file (decision 0077).
          isolate: false,
          setupFiles: ['dev/test/leaves-nothing.ts'],
          server: { deps: { inline: [workflowParser] } },
          env: { COUNTERSIGN_LOG_LEVEL: 'error' },
          ...patience,
        },
      },
      {
        test: {
          name: 'integration',
          include: integration,
          exclude,
          globalSetup: ['dev/test/global-setup.ts'],
          env: { COUNTERSIGN_LOG_LEVEL: 'error' },
          ...patience,
        },
      },
    ],
  },
});
