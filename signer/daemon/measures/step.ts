import type { RequestStep } from '#core/wire/request/index.ts';

export interface StepFinished {
  readonly step: RequestStep;
  readonly outcome: 'pass' | 'fail' | 'waiting' | 'retry';
  readonly seconds: number;
}
