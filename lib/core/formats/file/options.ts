/** How a file of any kind is signed: the configuration's `sign`, with its defaults. */
import type { FileSign } from '../../generated/index.ts';
import { unsupported, type BodyProblem, type SignatureHash } from '../format.ts';

export interface FileOptions {
  readonly method: 'cms' | 'dsse';
  readonly hash: SignatureHash;
  /** Name of the file with the signature, in which `${file.name}` stands for that of the signed one. */
  readonly outputFile: string;
  /** Of CMS. */
  readonly encoding: 'der' | 'pem';
  /** Of DSSE; null: by content. */
  readonly payloadType: string | null;
}

const fileName = '${file.name}';

const endings = { der: '.p7s', pem: '.p7s.pem', dsse: '.dsse.json' } as const;

/** null: the method isn't one that this version signs by. */
export function fileOptions(sign: FileSign): FileOptions | null {
  const { method, hashAlgorithm = 'sha256', encoding = 'der', payloadType = null } = sign;
  if (method !== 'cms' && method !== 'dsse') return null;
  const ending = method === 'dsse' ? endings.dsse : endings[encoding];
  return {
    method,
    hash: hashAlgorithm,
    outputFile: sign.outputFile ?? fileName + ending,
    encoding,
    payloadType,
  };
}

export const outputNameOf = ({ outputFile }: FileOptions, signedName: string): string =>
  outputFile.split(fileName).join(signedName);

/** What of `sign` this version can't do, and what fits no method. */
export function fileProblems(sign: FileSign): readonly BodyProblem[] {
  const { method } = sign;
  const refused = refusals[method];
  if (refused !== undefined)
    return [unsupported(['sign', 'method'], `sign plain files (${method})`, refused)];
  return [
    ...(method === 'cms' || sign.encoding === undefined ? [] : [misplaced('encoding', 'cms', method)]),
    ...(method === 'dsse' || sign.payloadType === undefined
      ? []
      : [misplaced('payloadType', 'dsse', method)]),
  ];
}

/**
 * A raw or OpenPGP signature is one over the file's own bytes, or over bytes that end in them. Made with the key of a certificate,
 * it could be passed off as any other signature of that key.
 */
const ownKey =
  'Write `cms`, or `dsse` for statements. Raw and OpenPGP signatures need a key of their own: made with the key of a code-signing certificate, they could be passed off as its signatures of other things.';

const refusals: Readonly<Partial<Record<FileSign['method'], string>>> = {
  raw: ownKey,
  openpgp: ownKey,
  smime: 'Write `cms`: the signature is put into a file beside the signed one.',
};

function misplaced(key: 'encoding' | 'payloadType', method: string, found: string): BodyProblem {
  return {
    rule: 'rule.sign-method',
    path: ['sign', key],
    message: `\`${key}\` belongs to the method ${method}, and the method is ${found}.`,
    fix: `Remove the line, or write \`method: ${method}\`.`,
  };
}
