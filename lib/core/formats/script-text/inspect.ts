/** What the configuration asks of one script: one of its kind, text that is read alike everywhere, unsigned where it is to be signed. */
import { fail, info, pass, type Finding } from '../../wire/finding/index.ts';
import { existingSignature } from '../authenticode/index.ts';
import {
  factTextMax,
  type FileContext,
  type FileFacts,
  type FileReport,
  type RejudgeContext,
  type Rejudged,
  type FactName,
} from '../format.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { fixOf, ScriptError } from './errors.ts';
import { describeExisting } from './existing-signatures.ts';
import type { ScriptFamily, ScriptSign } from './kinds.ts';
import { encodingNames, lineEndsOf } from './read-text.ts';
import { readScript, requireSignable, scriptSubject, type Script } from './script.ts';
import { verifyScriptUpstream, type ScriptCheck } from './upstream.ts';

type About = Pick<Finding, 'path' | 'sha256'>;

/** Without folders; null: the artifact itself. */
const nameOf = (path: readonly string[]): string | null => path.at(-1)?.split('/').at(-1) ?? null;

const ruleOf = ({ type }: ScriptFamily, code: string): string =>
  `${type}.${code.toLowerCase().replaceAll('_', '-')}`;

function refusal(family: ScriptFamily, error: ScriptError, about: About): Finding {
  const message = `The file is no acceptable script (${family.type}): ${error.message}.`;
  return fail({ rule: ruleOf(family, error.code), message, fix: error.fix, ...about });
}

export async function inspectScript(
  family: ScriptFamily,
  source: RandomAccessSource,
  { sign, check, policy, path, sha256, upstream = null }: FileContext<ScriptSign, ScriptCheck>,
): Promise<FileReport> {
  const about = { path, sha256 };
  let script: Script;
  try {
    script = await readScript(source, family, { name: nameOf(path) });
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return { findings: [refusal(family, error, about)], facts: null, target: null };
  }
  const facts = factsOf(family, script);
  const { lineEnds } = lineEndsOf(script.text);
  const structure = pass({
    rule: `${family.type}.structure`,
    message: `${capital(script.kind.one)} of ${script.text.length} characters, text ${encodingNames[script.script.encoding]}, line ends: ${lineEnds}.`,
    ...about,
  });
  const isVerified = check?.verify === true;
  const found = [
    structure,
    ...(isVerified ? await verifyScriptUpstream(family, script, upstream, { ...about, policy }) : []),
    ...(isVerified && sign === null ? [] : signatures(family, script, sign, about)),
  ];
  if (sign === null) return { findings: found, facts, target: null };
  const refused = unsignable(script, sign);
  if (refused !== null) return { findings: [...found, refusal(family, refused, about)], facts, target: null };
  const { kind, text } = script;
  return { findings: found, facts, target: { kind: kind.told(text), subject: scriptSubject(script, sign) } };
}

/** What becomes of the signatures, as the last sentence says it. */
const fates = {
  kept: 'It is not signed here and stays as it is; whether its signers are to be trusted was not checked.',
  refuse: 'The configuration asks for an unsigned script.',
  append: 'They stay, and the new one is added; whether its signers are to be trusted was not checked.',
  replace: 'The new one takes their place.',
} as const;

/** Where another is to be added, a second finding refuses what Windows would refuse with it. */
function signatures(
  family: ScriptFamily,
  script: Script,
  sign: ScriptSign | null,
  about: About,
): readonly Finding[] {
  const { type } = family;
  if (script.block === null)
    return sign === null
      ? []
      : [pass({ rule: `${type}.unsigned`, message: 'The script holds no signature yet.', ...about })];
  const fate = sign === null ? 'kept' : existingSignature(sign);
  const { described, problems } = describeExisting(script);
  const parts = [...described.map(({ text }) => text), ...problems];
  const message = `The script carries a signature: ${parts.join('; ')}. ${fates[fate]}`;
  const named = info({ rule: `${type}.signatures`, message, ...about });
  const broken = [
    ...problems,
    ...described.filter(({ fits }) => fits === false).map(({ text }) => `one ${text}`),
  ];
  if (fate !== 'append' || broken.length === 0) return [named];
  const refused = fail({
    rule: `${type}.existing-signature`,
    message: `No signature can be added next to what the script carries: ${broken.join('; ')}.`,
    expected: 'signatures that fit the script',
    fix: fixOf('SIGNATURE_INVALID'),
    ...about,
  });
  return [named, refused];
}

function unsignable(script: Script, sign: ScriptSign): ScriptError | null {
  try {
    requireSignable(script, sign);
    return null;
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
}

const anySignature: ScriptSign = { method: 'authenticode', existingSignature: 'replace' };

export const factNames: readonly FactName[] = [
  { name: 'encoding', words: 'Text encoding' },
  { name: 'lineEnds', words: 'Line ends' },
  { name: 'refused', words: 'Can’t be signed' },
];

/** `refused`: why nobody could sign it, whatever a configuration says: code and sentence's end. */
function factsOf({ type }: ScriptFamily, script: Script): FileFacts {
  const refused = unsignable(script, anySignature);
  return {
    type,
    signed: script.block !== null,
    kind: script.kind.told(script.text).kind,
    texts: {
      encoding: script.script.encoding,
      lineEnds: lineEndsOf(script.text).lineEnds,
      ...(refused === null ? {} : { refused: `${refused.code} ${refused.message}`.slice(0, factTextMax) }),
    },
  };
}

/** Bytes at the end of a script in which the last line of a block stands. */
const lastLines = 256;
const lastLine = /SIG (?:#|\/\/|'') End signature block|<\/signature>/;

/** By its signature block alone: text without one can be a script of any language. */
export async function inspectUndeclared(
  family: ScriptFamily,
  source: RandomAccessSource,
  { path, sha256 }: Pick<FileContext, 'path' | 'sha256'>,
): Promise<Pick<FileReport, 'findings' | 'facts'> | null> {
  const length = Math.min(source.size, lastLines);
  const end = Buffer.from(await readExactly(source, source.size - length, length)).toString('latin1');
  if (!lastLine.test(end.replaceAll('\0', ''))) return null;
  const script = await readScript(source, family, { name: nameOf(path) }).catch((error: unknown) => {
    if (error instanceof ScriptError) return null;
    throw error;
  });
  if (script === null) return null;
  if (script.block === null) return null;
  const about = { path, sha256 };
  const undeclared = info({
    rule: `${family.type}.undeclared`,
    message: `This is ${script.kind.one} with a signature, declared as a plain file: it is scanned, but not signed.`,
    ...about,
  });
  return {
    findings: [undeclared, ...signatures(family, script, null, about)],
    facts: factsOf(family, script),
  };
}

/** From what the journal kept: whether it was signed, and whether its text could be. */
export function rejudgeScript(
  family: ScriptFamily,
  facts: FileFacts | null,
  { sign, check, policy, path }: RejudgeContext<ScriptSign, ScriptCheck>,
): Rejudged {
  const about = { path, policy };
  const name = path.at(-1) ?? 'The file';
  if (facts === null)
    return { findings: [], missing: `Whether ${name} is a script of its kind was not recorded.` };
  const failed = (code: string, message: string): Finding =>
    fail({ ...about, rule: ruleOf(family, code), message, fix: fixOf(code) });
  if (facts.type !== family.type)
    return {
      findings: [failed('NOT_SCRIPT', `${name} was not read as one of ${family.words.many}.`)],
      missing: null,
    };
  const verified = check?.verify === true ? `Who signed ${name} upstream was not recorded.` : null;
  if (sign === null) return { findings: [], missing: verified };
  if (facts.texts === null)
    return { findings: [], missing: `How the text of ${name} is written was not recorded.` };
  const [code, ...words] = facts.texts['refused']?.split(' ') ?? [];
  const refused = code === undefined ? [] : [failed(code, `${name} can’t be signed: ${words.join(' ')}.`)];
  if (!facts.signed || existingSignature(sign) === 'replace') return { findings: refused, missing: verified };
  if (existingSignature(sign) === 'refuse')
    return { findings: [...refused, failed('ALREADY_SIGNED', `${name} is signed already.`)], missing: null };
  return { findings: refused, missing: `Whether the signature of ${name} fits it was not recorded.` };
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
