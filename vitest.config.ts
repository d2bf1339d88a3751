import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that need a service or a program of the outside: x.db.test.ts, x.hsm.test.ts … */
const integration = ['**/*.{db,hsm,clamd,git,oracle,process,stack}.test.ts'];
const exclude = [...configDefaults.exclude, '.next/**', '.countersign/**', 'e2e/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...exclude, ...integration],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: integration,
          exclude,
          globalSetup: ['dev/test/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
