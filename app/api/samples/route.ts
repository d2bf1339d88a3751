/**
 * What the page “Try a file” sends, for people who are signed in:
 *   PUT   ?name=…[&for=…&parameters={…}]   raw bytes, streamed to the store → {id, url}
 *   POST  multipart/form-data                   for a browser without scripts; held in memory, so bounded
 */
import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { formatBytes } from '#core/text/size/index.ts';
import { parametersMax, type ParameterValues } from '#core/wire/parameters/index.ts';
import { typedParameters } from '../../(public)/projects/[slug]/submit/upload-problem.ts';
import { authoriseSample, dropSample } from '../../../lib/samples/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { formBytesMax } from '../projects/[slug]/upload/form.ts';
import { json } from '../_edge/answer.ts';
import { answerPerson } from '../_edge/answer-person.ts';
import { chunksOf, contentLength } from '../_edge/body.ts';
import { checked, identified } from '../_edge/check.ts';
import { fileNameOf } from '../_edge/file-name.ts';
import { formOf } from '../_edge/form.ts';
import { BadRequest } from '../_edge/problem.ts';
import { sampleCookie } from './form.ts';

/** What they may be, the room says. */
const typed = z
  .record(z.string(), z.string())
  .refine((values) => Object.keys(values).length <= parametersMax);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const given = (value: FormDataEntryValue | null): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** `PROJECT/CONFIGURATION`, `PROJECT`, or nothing, as the form's one choice has it. */
function placeOf(choice: string | null) {
  const [project = '', configuration = ''] = (choice ?? '').split('/');
  return {
    project: project === '' ? null : identified(parseProjectSlug, project),
    configuration: configuration === '' ? null : identified(parsePolicySlug, configuration),
  };
}

export async function PUT(request: Request): Promise<Response> {
  return answerPerson(request, async (ctx) => {
    const query = new URL(request.url).searchParams;
    const id = await drop(ctx, {
      choice: query.get('for'),
      name: query.get('name') ?? '',
      parameters: checked(typed, jsonOf(query.get('parameters') ?? '{}')),
      stream: chunksOf(request),
      sizeBytesExpected: contentLength(request),
    });
    return json({ id, url: `/samples/${id}` }, { status: 201 });
  });
}

/** Answers with a page to go to: the sample's, or the form with what is wrong in a cookie that only it gets. */
export async function POST(request: Request): Promise<Response> {
  const kept: { choice: string | null; values: Readonly<Record<string, string>> } = {
    choice: null,
    values: {},
  };
  const answer = await answerPerson(request, async (ctx) => {
    const length = contentLength(request);
    if (length === null || length > formBytesMax)
      throw new BadRequest({
        code: 'ARTIFACT_TOO_LARGE',
        message: `${length === null ? 'The form doesn’t say its size' : `The form has ${formatBytes(length)}`}; without scripts a file of at most ${formatBytes(formBytesMax - 8 * 1024 ** 2)} can be sent here.`,
        fix: 'Allow scripts on this page, or look at the file on your own machine: countersign preflight FILE --suggest',
      });
    // Nobody's form is read who may drop nothing.
    await authoriseSample(ctx, placeOf(new URL(request.url).searchParams.get('for')).project);
    const form = await formOf(request);
    kept.choice = given(form.get('for'));
    kept.values = Object.fromEntries(
      [...form].flatMap(([name, value]) =>
        name.startsWith('parameters.') && typeof value === 'string' && value !== ''
          ? [[name, value] as const]
          : [],
      ),
    );
    const file = form.get('artifact');
    if (!(file instanceof File) || file.size === 0)
      throw new BadRequest({
        code: 'ARTIFACT_MISSING',
        message: 'No file was chosen, or it is empty.',
        fix: 'Choose the file that is to be looked at.',
      });
    const id = await drop(ctx, {
      choice: kept.choice,
      name: file.name,
      parameters: typedParameters(form, kept.choice ?? ''),
      stream: file.stream(),
      sizeBytesExpected: file.size,
    });
    return new Response(null, { status: 303, headers: { location: `/samples/${id}` } });
  });
  if (answer.status === 303) return answer;
  const query = new URLSearchParams({ problem: '1', ...(kept.choice === null ? {} : { for: kept.choice }) });
  const headers = new Headers({ location: `/samples?${query.toString()}`, 'cache-control': 'no-store' });
  headers.append('set-cookie', await sampleCookie(answer, kept.values));
  return new Response(null, { status: 303, headers });
}

function drop(
  ctx: Context,
  input: {
    readonly choice: string | null;
    readonly name: string;
    readonly parameters: ParameterValues;
    readonly stream: AsyncIterable<Uint8Array>;
    readonly sizeBytesExpected: number | null;
  },
): Promise<string> {
  const { choice, name, ...rest } = input;
  return dropSample({ ctx, input: { ...placeOf(choice), name: fileNameOf(name), ...rest } });
}
