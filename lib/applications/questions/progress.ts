import type { Question } from './questions.ts';

/** By question, then by field. */
export type Answers = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ApplicationProgress {
  /** The first question without an answer; null: all are answered. */
  readonly next: Question | null;
  /** The question whose answer ends the application; null: none does. */
  readonly ended: Question | null;
  readonly answered: number;
  readonly all: number;
}

/** Questions and answers → where the application stands. Answers to questions that aren't asked any more don't count. */
export function applicationProgress(questions: readonly Question[], answers: Answers): ApplicationProgress {
  const isAnswered = (question: Question): boolean => answers[question.id] !== undefined;
  const ended = questions.find(
    ({ id, gate }) => gate !== null && answers[id] !== undefined && answers[id]['answer'] !== gate.wanted,
  );
  return {
    next: questions.find((question) => !isAnswered(question)) ?? null,
    ended: ended ?? null,
    answered: questions.filter(isAnswered).length,
    all: questions.length,
  };
}

export interface AnsweredLine {
  readonly question: string;
  readonly label: string;
  /** As people read it; empty: nothing was said. */
  readonly text: string;
}

/** For checking before it is sent, and for reviewers: every field with its answer. */
export function summaryOf(questions: readonly Question[], answers: Answers): readonly AnsweredLine[] {
  return questions.flatMap((question) =>
    question.fields.map((field) => {
      const value = answers[question.id]?.[field.name] ?? '';
      const option = field.options.find((choice) => choice.value === value);
      const label = question.fields.length === 1 ? question.title : field.label;
      const ticked = field.kind === 'checkbox' && value === 'yes' ? 'Agreed' : value;
      return { question: question.id, label, text: option?.label ?? ticked };
    }),
  );
}
