/** OpenTelemetry traces (decision 0141): spans of what the portal answers, and of what others tell it, sent to a collector by OTLP over HTTP. */
export { currentTracing, openTracing, type Tracing } from './tracing.ts';
export {
  newSpanId,
  rootOfRequest,
  spanIdOfPart,
  traceIdOfRequest,
  type Span,
  type SpanContext,
} from './span.ts';
export { traceAnswers } from './trace-answers.ts';
