/** A portal that answers over HTTP, and a workflow that speaks SignPath's protocol to it as its public Action 2.x does. For tests. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { POST } from '../../app/api/signpath/[organization]/SigningRequests/route.ts';
import { GET as getSigned } from '../../app/api/signpath/[organization]/SigningRequests/[id]/SignedArtifact/route.ts';
import { GET as getStatus } from '../../app/api/signpath/[organization]/SigningRequests/[id]/Status/route.ts';

const organisation = '94f3bd0a-2b0d-4c5e-8d43-9c6b1d6dbb6f';

/** The connector's routes, as Next.js finds them. */
export async function serveConnector() {
  let cutting = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const cut = cutting > 0;
      if (cut) cutting -= 1;
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const answer = await route(await webRequest(request, gone.signal));
      // What a proxy does whose patience has ended: the portal has done its work all the same.
      if (cut) {
        response.writeHead(504).end('gateway timeout');
        return;
      }
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    connectorUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/signpath`,
    /** The next so many answers get lost. */
    lose: (count: number) => {
      cutting = count;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function webRequest(request: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = 'GET', url = '/', headers } = request;
  const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) };
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return new Request(`http://portal.example${url}`, {
    method,
    headers: Object.fromEntries(sent),
    signal,
    ...body,
  });
}

function route(request: Request): Promise<Response> {
  const [, id = '', verb] =
    /^\/api\/signpath\/[^/]+\/SigningRequests(?:\/([^/]+)\/(\w+))?$/.exec(new URL(request.url).pathname) ??
    [];
  const context = { params: Promise.resolve({ id }) };
  if (request.method === 'POST') return POST(request);
  return verb === 'Status' ? getStatus(request, context) : getSigned(request, context);
}

export interface WorkflowInputs {
  readonly connectorUrl: string;
  readonly apiToken: string;
  readonly artifactId: string;
  readonly runId: string;
  readonly repository: string;
  readonly gitHubToken: string;
  readonly projectSlug: string;
  readonly signingPolicySlug: string;
  readonly artifactConfigurationSlug?: string;
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
}

const retriedStatuses = [429, 502, 503, 504];
const retriesMax = 12;
/** Of the Action's, so that a test takes no minutes. */
const hurry = 50;

/** One step `uses: signpath/github-action-submit-signing-request@v2`. */
export function workflowStep(inputs: WorkflowInputs) {
  const base = `${inputs.connectorUrl}/${organisation}/SigningRequests`;
  const headers = { authorization: `Bearer ${inputs.apiToken}`, 'content-type': 'application/json' };

  async function call(address: string, init: RequestInit = {}): Promise<Response> {
    for (let retry = 0; ; retry += 1) {
      const response = await fetch(`${base}${address}?api-version=1.0`, { headers, ...init });
      if (!retriedStatuses.includes(response.status) || retry === retriesMax) return response;
      await response.body?.cancel();
      await sleep((100 * 2 ** retry) / hurry);
    }
  }

  async function refusal(response: Response): Promise<Error> {
    const { error } = (await response.json()) as { readonly error?: unknown };
    if (typeof error === 'string') return new Error(error);
    return new Error('Unexpected response: check connector-url');
  }

  return {
    async submit(): Promise<{ readonly id: string; readonly url: string }> {
      const response = await call('', {
        method: 'POST',
        body: JSON.stringify({
          artifactId: inputs.artifactId,
          gitHubWorkflowRunId: inputs.runId,
          gitHubRepository: inputs.repository,
          gitHubToken: inputs.gitHubToken,
          signPathProjectSlug: inputs.projectSlug,
          signPathSigningPolicySlug: inputs.signingPolicySlug,
          signPathArtifactConfigurationSlug: inputs.artifactConfigurationSlug ?? '',
          parameters: inputs.parameters ?? [],
        }),
      });
      if (!response.ok) throw await refusal(response);
      const body = (await response.json()) as Readonly<Record<string, unknown>>;
      if ('validationResult' in body) throw new Error('CI system validation failed.');
      return { id: String(body['signingRequestId']), url: String(body['signingRequestUrl']) };
    },
    /** wait-for-completion: true. Rejects where the end isn't the good one. */
    async completed(id: string): Promise<readonly string[]> {
      const seen: string[] = [];
      for (let pause = 10_000; ; pause = Math.min(2 * pause, 1_200_000)) {
        const response = await call(`/${id}/Status`);
        if (!response.ok) throw await refusal(response);
        const told = (await response.json()) as { readonly status: string; readonly isFinalStatus: boolean };
        seen.push(told.status);
        if (told.isFinalStatus && told.status === 'Completed') return seen;
        if (told.isFinalStatus) throw new Error(`The signing request is not completed: ${told.status}`);
        await sleep(pause / (20 * hurry));
      }
    },
    /** output-artifact-directory: file name → bytes, as an independent program unpacks them. */
    async download(id: string, folder: string): Promise<ReadonlyMap<string, Buffer>> {
      const response = await call(`/${id}/SignedArtifact`);
      if (!response.ok) throw await refusal(response);
      const into = await mkdtemp(join(folder, 'output-'));
      const file = `${into}.zip`;
      await writeFile(file, Buffer.from(await response.arrayBuffer()));
      await promisify(execFile)('unzip', ['-q', file, '-d', into]);
      const names = await readdir(into);
      const read = names.map(async (name) => [name, await readFile(join(into, name))] as const);
      return new Map(await Promise.all(read));
    },
  };
}
