/** The demo's policy repository with its people's keys. Keys and signed commit are made once in a run; each test has a copy. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { seedPolicyRepository, type SeededPolicies } from '../foundation/index.ts';
import { projectDirectory } from '../stack/index.ts';
import './global-setup.ts';

/** Puts repository and `secrets` into the folder, which only this test writes. */
export async function testPolicies(folder: string): Promise<SeededPolicies> {
  cpSync(await template(), folder, { recursive: true });
  return seed(folder);
}

/** Keeps what exists. */
const seed = (folder: string): Promise<SeededPolicies> =>
  seedPolicyRepository({
    seed: join(projectDirectory, 'policies'),
    repositories: folder,
    secrets: join(folder, 'secrets'),
  });

async function template(): Promise<string> {
  const { templates } = inject('services');
  const folder = join(templates, 'policies');
  if (existsSync(folder)) return folder;
  mkdirSync(templates, { recursive: true, mode: 0o700 });
  const made = mkdtempSync(join(templates, 'policies-'));
  await seed(made);
  try {
    renameSync(made, folder);
  } catch (error) {
    // Another worker was first.
    if (!existsSync(folder)) throw error;
    rmSync(made, { recursive: true });
  }
  return folder;
}
