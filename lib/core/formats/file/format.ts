/** A file of any kind: scanned and released unchanged; signed by a file beside it, where the configuration asks for that. */
import { rsaAndEc } from '../../pki/key-kind/index.ts';
import { fail } from '../../wire/finding/index.ts';
import { defineFormat, FormatError, type FileFacts, type RejudgeContext, type Rejudged } from '../format.ts';
import type { ToldKind } from '../kind/index.ts';
import { cms } from './cms.ts';
import { dsse, isStatement, readPayload, statementType } from './dsse.ts';
import { openpgp } from './openpgp.ts';
import { raw } from './raw.ts';
import { besideChecks } from './outside.ts';
import { fileOptions, fileProblems, outputNameOf, type FileOptions } from './options.ts';

const kind: ToldKind = { kind: 'other', because: 'it is declared as a file of any kind' };
const facts: FileFacts = { type: 'file', signed: false, kind: kind.kind, texts: {} };

const methods = { cms, dsse, openpgp, raw } as const;
const methodOf = ({ method }: FileOptions) => methods[method];

const methodWords: Readonly<Record<FileOptions['method'], string>> = {
  cms: 'CMS',
  dsse: 'DSSE',
  openpgp: 'OpenPGP, by the project’s own OpenPGP key',
  raw: 'the signature alone, by the project’s own key for it',
};

function describeSign(sign: FileOptions | null): string {
  if (sign === null) return '';
  const where =
    sign.encoding === 'clear-signed' ? 'signed as text in a file beside it' : 'signed in a file beside it';
  return `${where} (${methodWords[sign.method]})`;
}

export const plainFile = defineFormat<'file', FileOptions, object>({
  type: 'file',
  words: { one: 'a file of any kind', many: 'files of any kind' },
  compile: ({ sign }) => ({
    sign: sign === undefined ? null : fileOptions(sign),
    check: null,
    problems: sign === undefined ? [] : fileProblems(sign),
  }),
  metadataKeys: [],
  facts: [],
  outside: besideChecks,
  describe: ({ sign }) => ({
    sign: describeSign(sign),
    check: '',
  }),
  vouches: false,
  signs: [],
  identity: () => ({ texts: [], open: [] }),
  inspectUndeclared: () => Promise.resolve(null),

  async inspect(source, { sign, path, sha256 }) {
    if (sign === null) return { findings: [], facts: null, target: null };
    const about = { path, sha256 };
    const target = { kind, subject: null };
    try {
      if (sign.method !== 'dsse') {
        const subject = await methodOf(sign).subject(source, sign);
        return { findings: [], facts, target: { kind, subject } };
      }
      const payload = await readPayload(source);
      if (sign.payloadType !== statementType || isStatement(payload)) return { findings: [], facts, target };
      const message =
        'The configuration says that the file is an in-toto statement, and it isn’t one: it is no JSON, or has no `_type` of one.';
      const fix = 'Submit a statement, or remove `payloadType`.';
      const found = fail({ ...about, rule: 'file.payload-type', message, expected: statementType, fix });
      return { findings: [found], facts: null, target: null };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      const message = `The file can’t be signed: ${error.message}.`;
      return {
        findings: [
          fail({ ...about, rule: rules[String(error.code)] ?? 'file.unsuitable', message, fix: error.fix }),
        ],
        facts: null,
        target: null,
      };
    }
  },
  rejudge,

  signing: {
    id: 'detached',
    method: 'a signature beside the file',
    methodOf: (sign) => `${methodWords[sign.method]}; in ${outputNameOf(sign, '…')}`,
    rounds: (sign) => [sign],
    hash: ({ hash }) => hash,
    keyUse: ({ method }) => (method === 'raw' || method === 'openpgp' ? method : 'certificate'),
    // Version 4 of OpenPGP with RSA is what every program reads.
    keyTypes: ({ method }) => (method === 'openpgp' ? ['rsa'] : rsaAndEc),
    outputName: outputNameOf,
    holdsFile: ({ method }) => method === 'dsse',
    subject: (source, sign) => methodOf(sign).subject(source, sign),
    embed: (source, signature, sign) => methodOf(sign).embed(source, signature, sign),
    readBack: (before, after, signature, sign) => methodOf(sign).readBack(before, after, signature, sign),
    toBeSigned: (subject, sign, signer) => methodOf(sign).toBeSigned(subject, sign, signer),
    assemble: (parts, sign) => methodOf(sign).assemble(parts, sign),
    verify: (read, certificate, sign) => methodOf(sign).verify(read, certificate, sign),
  },
  container: null,
});

const rules: Readonly<Record<string, string>> = { TOO_LARGE: 'file.too-large', NOT_TEXT: 'file.not-text' };

/** A file has facts of its own where it was judged to be one that may be signed; what it holds isn't recorded. */
function rejudge(found: FileFacts | null, { sign, path }: RejudgeContext<FileOptions>): Rejudged {
  if (sign === null || found?.type === 'file') return { findings: [], missing: null };
  const name = path.at(-1) ?? 'The file';
  return { findings: [], missing: `Whether ${name} may be signed as a file of any kind was not recorded.` };
}
