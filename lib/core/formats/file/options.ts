/** How a file of any kind is signed: the configuration's `sign`, with its defaults. */
import type { FileSign } from '../../generated/index.ts';
import { unsupported, type BodyProblem, type SignatureHash } from '../format.ts';

export type FileEncoding = 'der' | 'pem' | 'armored' | 'binary' | 'clear-signed';

export interface FileOptions {
  readonly method: 'cms' | 'dsse' | 'openpgp' | 'raw';
  readonly hash: SignatureHash;
  /** Name of the file with the signature, in which `${file.name}` stands for that of the signed one. */
  readonly outputFile: string;
  /** Of CMS: DER or PEM; of OpenPGP: detached (armored, binary), or around the text. */
  readonly encoding: FileEncoding;
  /** Of DSSE; null: by content. */
  readonly payloadType: string | null;
}

const fileName = '${file.name}';

const encodings: Readonly<
  Partial<Record<FileSign['method'], Readonly<Partial<Record<FileEncoding, string>>>>>
> = {
  cms: { der: '.p7s', pem: '.p7s.pem' },
  openpgp: { armored: '.asc', binary: '.sig', 'clear-signed': '.asc' },
  dsse: { der: '.dsse.json' },
  raw: { der: '.sig' },
};
const defaults = { cms: 'der', openpgp: 'armored', dsse: 'der', raw: 'der' } as const;

/** null: the method isn't one that this version signs by. */
export function fileOptions(sign: FileSign): FileOptions | null {
  const { method, hashAlgorithm = 'sha256', payloadType = null } = sign;
  const endings = method === 'smime' ? undefined : encodings[method];
  if (method === 'smime' || endings === undefined) return null;
  const { encoding = defaults[method] } = sign;
  const ending = endings[encoding];
  if (ending === undefined) return null;
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
    ...encodingProblems(sign),
    ...(method === 'dsse' || sign.payloadType === undefined
      ? []
      : [misplaced('payloadType', 'dsse', method)]),
  ];
}

const refusals: Readonly<Partial<Record<FileSign['method'], string>>> = {
  smime: 'Write `cms`: the signature is put into a file beside the signed one.',
};

/** `der` and `pem` are CMS's, the others OpenPGP's; the rest has one form. */
function encodingProblems({ method, encoding }: FileSign): readonly BodyProblem[] {
  if (encoding === undefined || method === 'smime') return [];
  const isCms = encoding === 'der' || encoding === 'pem';
  if (method === 'cms' && isCms) return [];
  if (method === 'openpgp' && !isCms) return [];
  return [misplaced('encoding', isCms ? 'cms' : 'openpgp', method)];
}

function misplaced(key: 'encoding' | 'payloadType', method: string, found: string): BodyProblem {
  return {
    rule: 'rule.sign-method',
    path: ['sign', key],
    message: `This \`${key}\` belongs to the method ${method}, and the method is ${found}.`,
    fix: `Remove the line, or write \`method: ${method}\`.`,
  };
}
