import type { TestProject } from 'vitest/node';
import { startTestServices, type TestServices } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

/** Starts what integration tests share, once per run, and fails the run when a test left something behind. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { services, release } = await startTestServices();
  project.provide('services', services);
  return release;
}
