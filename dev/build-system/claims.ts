import { utf8String } from '#core/pki/asn1/index.ts';

/** One run of a workflow, as GitHub's identity token describes it. */
export interface WorkflowRun {
  readonly issuer: string;
  readonly repository: { readonly id: string; readonly ownerId: string; readonly uri: string };
  readonly workflow: string;
  readonly ref: string;
  readonly commit: string;
  readonly trigger: string;
  readonly runner: string;
  readonly runId: string;
  readonly attempt: number;
  readonly visibility: string;
  readonly environment: string | null;
  /** Workflow that signs, with its ref; the run's own workflow unless it calls a reusable one. */
  readonly signerUri: string | null;
}

/**
 * Changes to single extensions, by the last arc of their identifier: null leaves one out, a list writes it
 * several times, bytes go in as they are. For certificates that no honest build system would issue.
 */
export type ExtensionChanges = Readonly<Record<number, string | Uint8Array | null | readonly string[]>>;

export const developmentIssuer = 'https://token.development-build-system.example';

export const exampleRun: WorkflowRun = {
  issuer: developmentIssuer,
  repository: { id: '123456789', ownerId: '1234567', uri: 'https://github.com/example/widget' },
  workflow: '.github/workflows/release.yml',
  ref: 'refs/heads/main',
  commit: '0123456789abcdef0123456789abcdef01234567',
  trigger: 'push',
  runner: 'github-hosted',
  runId: '1000000001',
  attempt: 1,
  visibility: 'public',
  environment: null,
  signerUri: null,
};

export interface BuildExtension {
  readonly oid: string;
  readonly value: Uint8Array;
}

const fulcio = '1.3.6.1.4.1.57264.1';

function workflowUri(run: WorkflowRun): string {
  return `${run.repository.uri}/${run.workflow}@${run.ref}`;
}

export function signerUri(run: WorkflowRun): string {
  return run.signerUri ?? workflowUri(run);
}

export function runUri(run: WorkflowRun): string {
  return `${run.repository.uri}/actions/runs/${run.runId}/attempts/${run.attempt}`;
}

/** A run → Fulcio's extensions for it: raw strings up to arc 6, DER UTF8String from arc 8 on. */
export function buildExtensions(run: WorkflowRun, changes: ExtensionChanges = {}): readonly BuildExtension[] {
  const repositoryName = new URL(run.repository.uri).pathname.slice(1);
  const values: Readonly<Record<number, string | null>> = {
    1: run.issuer,
    2: run.trigger,
    3: run.commit,
    4: 'Release',
    5: repositoryName,
    6: run.ref,
    8: run.issuer,
    9: signerUri(run),
    10: run.commit,
    11: run.runner,
    12: run.repository.uri,
    13: run.commit,
    14: run.ref,
    15: run.repository.id,
    16: run.repository.uri.split('/').slice(0, -1).join('/'),
    17: run.repository.ownerId,
    18: workflowUri(run),
    19: run.commit,
    20: run.trigger,
    21: runUri(run),
    22: run.visibility,
    23: run.environment,
    24: `repo:${repositoryName}:ref:${run.ref}`,
  };
  return Object.entries(values).flatMap(([key, usual]) => {
    const arc = Number(key);
    const change = changes[arc];
    const value = change === undefined ? usual : change;
    if (value === null) return [];
    const several = typeof value === 'string' || value instanceof Uint8Array ? [value] : value;
    return several.map((item) => ({ oid: `${fulcio}.${arc}`, value: encode(arc, item) }));
  });
}

function encode(arc: number, value: string | Uint8Array): Uint8Array {
  if (typeof value !== 'string') return value;
  return arc < 8 ? new TextEncoder().encode(value) : utf8String(value);
}
