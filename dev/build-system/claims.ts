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

export function workflowUri(run: WorkflowRun): string {
  return `${run.repository.uri}/${run.workflow}@${run.ref}`;
}

export function runUri(run: WorkflowRun): string {
  return `${run.repository.uri}/actions/runs/${run.runId}/attempts/${run.attempt}`;
}
