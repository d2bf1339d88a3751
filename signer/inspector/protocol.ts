/**
 * The protocol between daemon and inspector child: lines of JSON, a request on the child's standard input, then its
 * answer on the standard output (answer-lines.ts), then the next. The daemon parses each answer as hostile input.
 */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { detectedTypes } from '#core/formats/detected-type/index.ts';
import { existingSignaturesMax, signerNameMax } from '#core/formats/existing-signature.ts';
import { factTextMax } from '#core/formats/format.ts';
import { fileKinds } from '#core/formats/kind/index.ts';
import { unpackedElsewhere } from '#core/formats/recognise/index.ts';
import { formatTypes } from '#core/formats/registry.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { closedMax, programsMax } from './limits.ts';
import type {
  AnswerFailure,
  EmbedAnswer,
  FollowedAnswer,
  InspectAnswer,
  RebuildAnswer,
  SubjectAnswer,
} from './answers.ts';
import type { UnpackQuestion } from './messages.ts';
import { pieceAt, pieceName } from './piece.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text): Sha256Hex => parseSha256Hex(text));
const sizeBytes = z.number().int().nonnegative();
const path = z.array(z.string().max(1024)).max(16);
/** What is signed of an envelope is its payload, of up to 16 MiB. */
const base64 = z.base64().max(24 * 1024 * 1024);
const text = z.string().max(100_000);
/** The only forms of file names that the child may use, so that an answer can't point anywhere else: of a file of its own, */
const ownName = z.string().regex(/^(?:[0-9]{8}\.leaf|artifact)$/);
/** and of that or a piece of the one that holds the small ones, of the size that the answer states. */
const leafName = z.union([ownName, z.string().regex(pieceName)]);
const isOfItsSize = ({
  file,
  sizeBytes: stated,
}: {
  readonly file: string;
  readonly sizeBytes: number;
}): boolean => (pieceAt(`/${file}`)?.sizeBytes ?? stated) === stated;

const policyLocation = z.strictObject({ file: text, line: sizeBytes, column: sizeBytes });
const finding = z
  .strictObject({
    rule: z.string().regex(/^[a-z]+(?:-[a-z]+)*\.[a-z0-9-]+$/),
    outcome: z.enum(['pass', 'fail', 'info']),
    message: text,
    expected: text.nullable(),
    found: text.nullable(),
    fix: text.nullable(),
    policy: policyLocation.nullable(),
    path,
    sha256: sha256.optional(),
  })
  // An absent digest stays absent: the journal hashes findings as they are.
  .transform(({ sha256: digest, ...rest }) => (digest === undefined ? rest : { ...rest, sha256: digest }));

const detected = z.enum(detectedTypes);
const content = z.strictObject({
  detected,
  formats: z.array(text).max(100),
  files: sizeBytes,
  covered: z.boolean(),
  openedBy: z.array(z.string().max(100)).max(10),
  programs: z
    .array(
      z.strictObject({
        place: z.string().max(8192),
        sha256,
        sizeBytes,
        signature: z.enum(['unsigned', 'upstream', 'other', 'request']),
        about: z.string().max(1000).nullable(),
      }),
    )
    .max(programsMax),
  programCount: sizeBytes,
  unaccounted: text.nullable(),
  passedOver: text.nullable(),
  closed: z
    .array(z.strictObject({ place: z.string().max(8192), format: text, message: text, fix: text }))
    .max(closedMax),
  closedCount: sizeBytes,
});
const facts = z.strictObject({
  type: z.enum(formatTypes),
  signed: z.boolean(),
  kind: z.enum(fileKinds).nullable(),
  texts: z.record(z.string().max(64), z.string().max(factTextMax)).nullable(),
});
const signerName = z.string().max(signerNameMax).nullable();
const signatures = z
  .array(
    z.strictObject({
      method: z.string().max(64),
      signer: signerName,
      issuer: signerName,
      certificateSha256: sha256.nullable(),
      signedAt: z.iso.datetime().nullable(),
      standing: z.enum(['verified', 'refused', 'unverified']),
    }),
  )
  .max(existingSignaturesMax)
  .nullable();
const subject = z.strictObject({ digest: z.string().regex(/^(?:[0-9a-f]{2}){20,64}$/), content: base64 });
/** The last step continues into undeclared containers. */
const insidePath = z.array(z.string().max(8192)).min(1).max(16);

const insidePlace = {
  within: path,
  inner: z.array(z.string().max(8192)).min(1).max(16),
  sha256,
  sizeBytes,
  detected,
  covered: z.boolean(),
};

/** A field of a list that follows, and the paths in its container that it is about. */
const field = {
  line: z.number().int().positive(),
  label: z.string().max(1024),
  of: z.array(z.string().max(1024)).min(1).max(100_000),
};

const inspectAnswer = z.strictObject({
  sha256,
  sizeBytes,
  unpackedSizeBytes: sizeBytes,
  findings: z.array(finding).max(2000),
  tree: z.array(
    z.strictObject({
      path,
      type: z.enum(['file', 'directory']),
      sizeBytes,
      sha256: z.union([sha256, z.literal('')]),
    }),
  ),
  leaves: z.array(
    z
      .strictObject({
        path,
        file: leafName,
        element: sizeBytes,
        sha256,
        sizeBytes,
        facts: facts.nullable(),
        signatures,
        content,
      })
      .refine(isOfItsSize),
  ),
  containers: z.array(
    z.strictObject({
      path,
      file: ownName,
      element: sizeBytes,
      sha256,
      sizeBytes,
      facts: facts.nullable(),
      signatures,
      content,
    }),
  ),
  inside: z.array(z.strictObject({ ...insidePlace, path: insidePath, file: leafName }).refine(isOfItsSize)),
  copies: z.array(z.strictObject(insidePlace)),
  signTargets: z.array(
    z.strictObject({
      path,
      file: ownName,
      element: sizeBytes,
      detached: z.boolean(),
      unsignedSha256: sha256,
      sizeBytes,
      kind: z.strictObject({ kind: z.enum(fileKinds), because: text }),
      subject: subject.nullable(),
    }),
  ),
  follows: z.array(
    z.strictObject({
      path,
      file: ownName,
      element: sizeBytes,
      sha256,
      sizeBytes,
      fields: z
        .array(z.strictObject({ ...field, start: sizeBytes, end: sizeBytes }))
        .min(1)
        .max(20_000),
    }),
  ),
});

const embedAnswer = z.strictObject({ sha256, sizeBytes, subject, signature: base64 });
const rebuildAnswer = z.strictObject({ sha256, sizeBytes, unchanged: sizeBytes });

const followedAnswer = z.strictObject({
  sha256,
  sizeBytes,
  changes: z
    .array(z.strictObject({ ...field, from: z.string().max(300), to: z.string().max(300) }))
    .max(20_000),
});

const failure = z.strictObject({
  ok: z.literal(false),
  code: z.enum(['INPUT', 'IO', 'MEMORY', 'DEFECT', 'NOT_REWRITABLE']),
  message: z.string().max(10_000),
  fix: z.string().max(10_000).optional(),
});

function answerOf<Output>(result: z.ZodType<Output>) {
  return z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), result }), failure]);
}

type Answer<Output> = { readonly ok: true; readonly result: Output } | AnswerFailure;
type AnswerParser<Output> = (value: unknown) => Answer<Output>;

const question = z.strictObject({
  ok: z.literal('unpack'),
  question: z.strictObject({
    format: z.enum(unpackedElsewhere),
    file: ownName,
    filesMax: sizeBytes,
    bytesMax: sizeBytes,
  }),
});

/** What was said in place of an answer; null: it is no such question. Rejects with ZodError what is one and malformed. */
export function parseUnpackQuestion(value: unknown): UnpackQuestion | null {
  const isQuestion = typeof value === 'object' && value !== null && 'ok' in value && value.ok === 'unpack';
  return isQuestion ? question.parse(value).question : null;
}

/** Lists with a record for each file. */
const { tree, leaves, containers, inside, copies, signTargets } = inspectAnswer.shape;
const longLists = { tree, leaves, containers, inside, copies, signTargets };
const recordsAtOnce = 250;

/**
 * `unknown` → answer; rejects with ZodError. Of tens of thousands of files, some hundreds at a time: the daemon has leases to keep meanwhile.
 */
export async function parseInspectAnswer(value: unknown): Promise<Answer<InspectAnswer>> {
  const whole = answerOf(inspectAnswer);
  const result = resultIn(value);
  if (result === null) return whole.parse(value);
  const lists: Record<string, readonly unknown[]> = {};
  for (const [name, list] of Object.entries(longLists)) {
    const records = result[name];
    // Whatever stands there in place of a list is refused with all else.
    if (!Array.isArray(records) || records.length <= recordsAtOnce) continue;
    const parsed: unknown[] = [];
    for (let at = 0; at < records.length; at += recordsAtOnce) {
      parsed.push(...list.parse(records.slice(at, at + recordsAtOnce)));
      await setImmediate();
    }
    lists[name] = parsed;
  }
  const empty = Object.fromEntries(Object.keys(lists).map((name) => [name, []]));
  const answer = whole.parse({ ok: true, result: { ...result, ...empty } });
  return answer.ok ? { ok: true, result: { ...answer.result, ...lists } } : answer;
}

/** null: it is no answer with a result and nothing else. */
function resultIn(value: unknown): Readonly<Record<string, unknown>> | null {
  const isAnswer =
    typeof value === 'object' && value !== null && 'ok' in value && value.ok === true && 'result' in value;
  if (!isAnswer || Object.keys(value).length !== 2) return null;
  const { result } = value;
  return typeof result === 'object' && result !== null ? { ...result } : null;
}

/** `unknown` → answer; rejects with ZodError. */
export const parseEmbedAnswer: AnswerParser<EmbedAnswer> = (value) => answerOf(embedAnswer).parse(value);
export const parseRebuildAnswer: AnswerParser<RebuildAnswer> = (value) =>
  answerOf(rebuildAnswer).parse(value);
export const parseSubjectAnswer: AnswerParser<SubjectAnswer> = (value) => answerOf(subject).parse(value);
export const parseFollowedAnswer: AnswerParser<FollowedAnswer> = (value) =>
  answerOf(followedAnswer).parse(value);
