import { isError } from '#core/error/index.ts';
import { licenceProblem } from '#core/licence/index.ts';
import { providers } from '#core/origin/index.ts';
import { parseSshPublicKeyLine, SshSignatureError } from '#core/pki/sshsig/index.ts';
import { countCharacters, formatCount, unseenProblem } from '#core/text/typed/index.ts';
import type { Question, QuestionField } from './questions.ts';

export type AnswerResult =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly errors: ReadonlyMap<string, string> };

const control = /\p{Cc}/u;

/** What was typed on one page → its answer, or what is wrong with which field, as a sentence for people. */
export function answerQuestion(
  question: Question,
  typed: Readonly<Record<string, string | undefined>>,
): AnswerResult {
  const values: Record<string, string> = {};
  const errors = new Map<string, string>();
  for (const field of question.fields) {
    const text = clean(field, typed[field.name] ?? '');
    const problem = problemOf(field, text);
    if (problem !== null) errors.set(field.name, problem);
    values[field.name] = text;
  }
  for (const [name, message] of together(question, values)) if (!errors.has(name)) errors.set(name, message);
  return errors.size > 0 ? { ok: false, errors } : { ok: true, values };
}

function clean(field: QuestionField, text: string): string {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').normalize('NFC');
  return field.kind === 'textarea' || field.kind === 'keys'
    ? lines.trim()
    : lines.replaceAll('\n', ' ').trim();
}

function problemOf(field: QuestionField, text: string): string | null {
  const { label, kind } = field;
  if (text === '') {
    if (field.optional) return null;
    if (kind === 'choice') return 'Choose one of the answers';
    if (kind === 'checkbox') return 'Tick the box to go on';
    return `Enter: ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  }
  const count = countCharacters(text);
  if (count > field.charactersMax) {
    return `${label}: ${formatCount(count)} characters; at most ${formatCount(field.charactersMax)}`;
  }
  const oneLine = kind === 'textarea' || kind === 'keys' ? text.replaceAll('\n', '') : text;
  if (control.test(oneLine)) return `${label}: it holds characters that can’t be shown; remove them`;
  const unseen = unseenProblem(oneLine);
  if (unseen !== null) return `${label}: ${unseen}`;
  switch (kind) {
    case 'choice':
      return field.options.some((option) => option.value === text) ? null : 'Choose one of the answers';
    case 'checkbox':
      return text === 'yes' ? null : 'Tick the box to go on';
    case 'url':
      return isHttps(text) ? null : `${label}: enter an address that begins with https://`;
    case 'email':
      return /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}\.[^\s@<>".]{2,63}$/.test(text)
        ? null
        : `${label}: enter an address like name@example.org`;
    case 'keys':
      return keysProblem(text);
    default:
      return null;
  }
}

function isHttps(text: string): boolean {
  if (!/^https:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/.test(text)) return false;
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}

function keysProblem(text: string): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > 10) return 'Your public SSH keys: at most 10';
  for (const [index, line] of lines.entries()) {
    if (line.includes('PRIVATE KEY'))
      return 'That is a private key: never give it to anybody. Enter the public one';
    try {
      parseSshPublicKeyLine(line.trim());
    } catch (error) {
      if (!isError(error, SshSignatureError)) throw error;
      return `Line ${index + 1} is no public SSH key: ${error.message}`;
    }
  }
  return null;
}

/** As the schema of signing policies has it, without refs/tags/ in front. */
const tagPattern = /^(?!refs\/)[A-Za-z0-9*?][A-Za-z0-9*?._+/-]{0,99}(?<![/.])$/;

/** What was typed → patterns of tags. */
export function tagPatterns(text: string): readonly string[] {
  const all = text.split(',').map((part) => part.trim());
  return [...new Set(all.filter((value) => value !== ''))].slice(0, 20);
}

/** What two fields of a page say together. */
function together(
  { id, providers: asked = {} }: Question,
  values: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  if (id === 'privacy' && values['sends'] === 'yes' && values['policy'] === '') {
    return [['policy', 'Enter the address of the privacy policy, since the program sends something']];
  }
  if (id === 'system-changes' && values['changes'] === 'yes' && values['page'] === '') {
    return [['page', 'Enter the address of the page, since the program changes something']];
  }
  const handle = values['handle'] ?? '';
  if (id === 'approver' && handle !== '' && !/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(handle)) {
    return [['handle', 'Your short name here: use lower-case letters, digits and inner hyphens']];
  }
  const workflow = values['workflow'] ?? '';
  const provider = asked[values['system'] ?? ''];
  const projects = provider === undefined ? null : providers[provider].projects;
  if (projects !== null && workflow !== '' && !projects.isBuildFile(workflow)) {
    return [['workflow', `Workflow file or CI configuration: enter a path like ${projects.buildFile}`]];
  }
  const tags = tagPatterns(values['tags'] ?? '');
  if (id === 'build' && tags.some((tag) => !tagPattern.test(tag))) {
    return [['tags', 'Tags that are released: enter names or patterns such as v*, joined by commas']];
  }
  const licence = values['licence'] ?? '';
  const problem = id === 'licence' && licence !== '' ? licenceProblem(licence) : null;
  if (problem !== null) return [['licence', `SPDX expression: ${problem.message} ${problem.fix}`]];
  return [];
}
