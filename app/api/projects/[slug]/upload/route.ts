/**
 * What the page “Submit a file” sends: for people who are signed in, and for nobody else's pages. Programs use /api/v1.
 *   PUT   ?policy=…[&sha256=…][&parameters={…}]  raw bytes, streamed to the store → {sha256, sizeBytes}
 *   POST  JSON                  asks for the signature of what was put
 *   POST  multipart/form-data   both at once, for a browser without scripts; held in memory, so bounded
 */
import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import { formatBytes } from '#core/text/size/index.ts';
import { noParameters, parametersMax } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { typedParameters } from '../../../../(public)/projects/[slug]/submit/upload-problem.ts';
import {
  authoriseSubmission,
  readUploadedBundle,
  submitRequest,
  uploadArtifact,
} from '../../../../../lib/requests/index.ts';
import type { Context } from '../../../../../lib/platform/portal/index.ts';
import { json } from '../../../_edge/answer.ts';
import { chunksOf, contentLength, jsonBody, mediaType } from '../../../_edge/body.ts';
import { checked, identified } from '../../../_edge/check.ts';
import { fileNameOf } from '../../../_edge/file-name.ts';
import { formOf } from '../../../_edge/form.ts';
import { BadRequest } from '../../../_edge/problem.ts';
import { answerPerson } from '../../../_edge/answer-person.ts';
import { formBytesMax, problemCookie } from './form.ts';
import type { UploadValues } from './form.ts';

interface Route {
  readonly params: Promise<{ readonly slug: string }>;
}

/** Each is checked at its field, against the policy. */
const typed = z
  .record(z.string().max(64), z.string().max(1000))
  .refine((values) => Object.keys(values).length <= parametersMax);
const asked = z.strictObject({
  policy: z.string().max(200),
  sha256: z.string().max(200),
  /** Checked by itself, for words of its own. */
  name: z.string(),
  bundle: z.string().nullable(),
  parameters: typed.default(noParameters),
});
const jsonBytesMax = 9 * 1024 * 1024;

export async function PUT(request: Request, { params }: Route): Promise<Response> {
  return answerPerson(request, async (ctx) => {
    const project = identified(parseProjectSlug, (await params).slug);
    const query = new URL(request.url).searchParams;
    const policy = identified(parsePolicySlug, query.get('policy'));
    const expectedSha256 = query.get('sha256');
    const sha256 = expectedSha256 === null ? null : identified(parseSha256Hex, expectedSha256);
    const typedIn = query.get('parameters');
    const parameters = typedIn === null ? {} : { parameters: checked(typed, jsonOf(typedIn)) };
    // Checked first: nobody should upload gigabytes only to learn that they may not submit.
    await authoriseSubmission({ ctx, input: { project, policy, ...parameters } });
    const stored = await uploadArtifact({
      ctx,
      input: { project, sha256, stream: chunksOf(request), sizeBytesExpected: contentLength(request) },
    });
    return json(
      { sha256: stored.sha256, sizeBytes: stored.sizeBytes },
      { status: stored.created ? 201 : 200 },
    );
  });
}

export async function POST(request: Request, { params }: Route): Promise<Response> {
  const { slug } = await params;
  if (mediaType(request) === 'multipart/form-data') return sendForm(request, slug);
  return answerPerson(request, async (ctx) => {
    const { policy, sha256, name, bundle, parameters } = checked(
      asked,
      await jsonBody(request, jsonBytesMax),
    );
    const artifact = { sha256: identified(parseSha256Hex, sha256), name: fileNameOf(name) };
    const project = identified(parseProjectSlug, slug);
    const id = await submit(ctx, { project, policy, artifact, bundle, parameters });
    return json({ id, url: `/requests/${id}?submitted=1` });
  });
}

/** Answers with a page to go to: the request, or the form with what is wrong in a cookie that only it gets. */
async function sendForm(request: Request, slug: string): Promise<Response> {
  let values: UploadValues = { policy: '', sha256: '', parameters: {} };
  let configuration: string | null = null;
  const answer = await answerPerson(request, async (ctx) => {
    const project = identified(parseProjectSlug, slug);
    const length = contentLength(request);
    if (length === null || length > formBytesMax) {
      throw new BadRequest({
        code: 'ARTIFACT_TOO_LARGE',
        message: `Without scripts a file of at most ${formatBytes(formBytesMax - 8 * 1024 ** 2)} can be sent here.`,
        fix: 'Allow scripts on this page, or use the command line.',
      });
    }
    // The form is read at once; callers who may not submit are refused before that.
    const query = new URL(request.url).searchParams;
    if (query.has('policy'))
      await authoriseSubmission({
        ctx,
        input: { project, policy: identified(parsePolicySlug, query.get('policy')) },
      });
    const form = await formOf(request);
    values = {
      policy: textOf(form, 'policy'),
      sha256: textOf(form, 'sha256'),
      parameters: Object.fromEntries(
        [...form].flatMap(([name, value]) =>
          name.startsWith('parameters.') && typeof value === 'string' ? [[name, value] as const] : [],
        ),
      ),
    };
    const file = form.get('artifact');
    if (!(file instanceof File) || file.size === 0) {
      throw new BadRequest({
        code: 'ARTIFACT_MISSING',
        message: 'No file was chosen, or it is empty.',
        fix: 'Choose the file that is to be signed.',
      });
    }
    const policy = identified(parsePolicySlug, form.get('policy'));
    const allowed = await authoriseSubmission({ ctx, input: { project, policy } });
    configuration = allowed.policy.artifactConfiguration;
    const parameters = typedParameters(form, configuration);
    const expectedSha256 = values.sha256.trim().toLowerCase();
    const { sha256 } = await uploadArtifact({
      ctx,
      input: {
        project,
        sha256: expectedSha256 === '' ? null : identified(parseSha256Hex, expectedSha256),
        stream: file.stream(),
        sizeBytesExpected: file.size,
      },
    });
    const bundle = form.get('bundle');
    const text = bundle instanceof File && bundle.size > 0 ? await bundle.text() : null;
    const artifact = { sha256, name: fileNameOf(file.name) };
    const id = await submit(ctx, { project, policy, artifact, bundle: text, parameters });
    return new Response(null, { status: 303, headers: { location: `/requests/${id}?submitted=1` } });
  });
  if (answer.status === 303) return answer;
  const headers = new Headers({
    location: `/projects/${encodeURIComponent(slug)}/submit?problem=1`,
    'cache-control': 'no-store',
  });
  headers.append('set-cookie', await problemCookie(slug, answer, values, configuration));
  return new Response(null, { status: 303, headers });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

async function submit(
  ctx: Context,
  input: {
    readonly project: ProjectSlug;
    readonly policy: string;
    readonly artifact: { readonly sha256: ReturnType<typeof parseSha256Hex>; readonly name: string };
    readonly bundle: string | null;
    readonly parameters: ParameterValues;
  },
) {
  const bundle = input.bundle === null ? null : readUploadedBundle(input.bundle, input.artifact.sha256);
  const { project, artifact, parameters } = input;
  const { id } = await submitRequest({
    ctx,
    input: {
      project,
      policy: identified(parsePolicySlug, input.policy),
      artifact,
      bundle,
      parameters,
      idempotencyKey: null,
    },
  });
  return id;
}
