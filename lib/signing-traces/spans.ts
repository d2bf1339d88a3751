/** What the signer's journal says of a pass over a signing request → spans. Pure. */
import type { StepCall } from '#core/wire/journal/index.ts';
import type { RequestStep } from '#core/wire/request/index.ts';
import { rootOfRequest, spanIdOfPart, traceIdOfRequest, type Span } from '../platform/tracing/index.ts';

export type PassOutcome = 'released' | 'denied' | 'failed' | 'waiting' | 'retrying';

export interface StepPlace {
  readonly step: RequestStep;
  readonly startedAt: Date;
  /** null: it was interrupted, and started again. */
  readonly ended: {
    readonly at: Date;
    readonly outcome: 'pass' | 'fail' | 'waiting' | 'retry';
    readonly calls: readonly StepCall[];
  } | null;
}

export interface EndedPass {
  readonly requestId: string;
  readonly project: string;
  readonly policy: string;
  readonly submittedAt: Date;
  readonly number: number;
  /** What it was waited for, and since when. */
  readonly wait: { readonly what: 'queue' | 'approval' | 'retry'; readonly since: Date };
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outcome: PassOutcome;
  readonly steps: readonly StepPlace[];
}

type Part = Pick<Span, 'name' | 'attributes'> & {
  /** In the request's trace. */
  readonly id: string;
  readonly in: string;
  readonly start: number;
  readonly end: number;
  readonly kind?: Span['kind'];
  readonly failed?: boolean;
};

/** The wait before it, the pass, each of its steps and what each asked of others; with the last pass the request as a whole. */
export function spansOfPass(pass: EndedPass): readonly Span[] {
  const { requestId, number, wait, outcome, submittedAt, startedAt, endedAt } = pass;
  const root = rootOfRequest(requestId);
  const passId = spanIdOfPart(requestId, `pass ${number}`);
  const about = { 'countersign.request_id': requestId };
  const parts: Part[] = [
    {
      id: spanIdOfPart(requestId, `wait ${number}`),
      in: root.spanId,
      name: `wait for ${wait.what}`,
      start: wait.since.getTime(),
      end: startedAt.getTime(),
      attributes: { ...about, 'countersign.wait': wait.what },
    },
    {
      id: passId,
      in: root.spanId,
      name: 'pass',
      start: startedAt.getTime(),
      end: endedAt.getTime(),
      attributes: { ...about, 'countersign.pass': number, 'countersign.outcome': outcome },
      failed: outcome === 'retrying' || outcome === 'failed',
    },
    ...pass.steps.flatMap((step, place) => partsOfStep(pass, step, place, passId)),
  ];
  const spans = parts.map(spanOf(requestId));
  if (outcome === 'waiting' || outcome === 'retrying') return spans;
  const { project, policy } = pass;
  return [
    ...spans,
    {
      ...root,
      service: 'countersign-signer',
      parentSpanId: null,
      name: 'signing request',
      kind: 'internal',
      startMs: submittedAt.getTime(),
      endMs: endedAt.getTime(),
      attributes: {
        ...about,
        'countersign.project': project,
        'countersign.policy': policy,
        'countersign.outcome': outcome,
        'countersign.passes': number,
      },
      failed: outcome === 'failed',
      links: [],
    },
  ];
}

function partsOfStep(
  { requestId, number, endedAt }: EndedPass,
  { step, startedAt, ended }: StepPlace,
  place: number,
  passId: string,
): readonly Part[] {
  const id = spanIdOfPart(requestId, `pass ${number} step ${place}`);
  const start = startedAt.getTime();
  const end = (ended?.at ?? endedAt).getTime();
  return [
    {
      id,
      in: passId,
      name: step,
      start,
      end,
      attributes: {
        'countersign.request_id': requestId,
        'countersign.step': step,
        'countersign.outcome': ended?.outcome ?? 'interrupted',
      },
      // A refusal is an answer; what is down, or broke off, is not.
      failed: ended === null || ended.outcome === 'retry',
    },
    ...(ended?.calls ?? []).map((call) => ({
      id: spanIdOfPart(requestId, `pass ${number} step ${place} ${call.to}`),
      in: id,
      name: call.to,
      // The journal's times are the database's, the milliseconds between them the signer's own.
      start: Math.min(end, start + call.fromMs),
      end: Math.min(end, start + call.toMs),
      kind: 'client' as const,
      attributes: {
        'countersign.request_id': requestId,
        'countersign.calls': call.count,
        'countersign.calls_failed': call.failed,
        'countersign.calls_milliseconds': call.busyMs,
      },
      failed: call.failed > 0,
    })),
  ];
}

const spanOf =
  (requestId: string) =>
  ({ id, in: parent, name, start, end, attributes, kind = 'internal', failed = false }: Part): Span => ({
    service: 'countersign-signer',
    traceId: traceIdOfRequest(requestId),
    spanId: id,
    parentSpanId: parent,
    name,
    kind,
    startMs: start,
    endMs: end,
    attributes,
    failed,
    links: [],
  });
