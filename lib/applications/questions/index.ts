/** An application to the foundation: its questions in order, what an answer may be, what is still missing. Pure. */
export { answerQuestion, tagPatterns } from './answer-question.ts';
export type { AnswerResult } from './answer-question.ts';
export { buildSystemFor, lackOfBuildSystem, providerFor } from './build-systems.ts';
export type { Builders } from './build-systems.ts';
export { applicationQuestions, findQuestion } from './questions.ts';
export type { Admission, Question, QuestionField } from './questions.ts';
export { applicationProgress, summaryOf } from './progress.ts';
export type { Answers, ApplicationProgress, AnsweredLine } from './progress.ts';
export { isLookalike, slugOf } from './names.ts';
