/** Judgements of answers as GitHub gives them and as they are kept: the names of the room, for its tests. */
import { openCodeHosts } from '../../platform/code-host/index.ts';
import * as room from './index.ts';
import type { Answers, Claims, CitedSignal, RawAnswers } from './index.ts';

const host = openCodeHosts({ config: {}, now: () => new Date(0) }).named.github;
const read = (raw: RawAnswers): Answers => room.readAnswers(raw, host);

export const judgeEvidence = (input: {
  readonly answers: RawAnswers;
  readonly now: Date;
  readonly claims?: Claims;
}): readonly CitedSignal[] => room.judgeEvidence({ ...input, host, answers: read(input.answers) });
export const chartsOf = (raw: RawAnswers): room.EvidenceCharts => room.chartsOf(read(raw));
export const controlOf = (raw: RawAnswers): room.Control | null => room.controlOf(read(raw));
export const sampledStars = (raw: RawAnswers) => room.sampledStars(read(raw));
export const textsToRead = (raw: RawAnswers): readonly room.TextToRead[] => room.textsToRead(read(raw));
