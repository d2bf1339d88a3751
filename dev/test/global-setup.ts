import type { TestProject } from 'vitest/node';
import { startTestServices, type TestServices } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

/** Services that somebody else has started for many short runs, as JSON of TestServices; who did stops them. */
export const startedServicesVariable = 'COUNTERSIGN_TEST_SERVICES';

/** Starts what integration tests share, once per run, and fails the run when a test left something behind. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const started = process.env[startedServicesVariable];
  if (started !== undefined) {
    project.provide('services', JSON.parse(started) as TestServices);
    return () => Promise.resolve();
  }
  const { services, release } = await startTestServices();
  project.provide('services', services);
  return release;
}
