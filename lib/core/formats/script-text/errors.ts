import type { ErrorFacts } from '#core/error/index.ts';
import { FormatError } from '../format.ts';

/** What to do about each: the same sentence when a policy is tried out on what a journal recorded of the script. */
const fixes = {
  TOO_LARGE: 'Split the script, or take the data out of it.',
  TOO_SHORT: 'Submit a script with at least 4 bytes.',
  NOT_TEXT: 'Save the script as plain text, and declare what isn’t text as a file.',
  NOT_SCRIPT: 'Give the file the name and the content of one kind of script, or declare it as a file.',
  ENCODING:
    'Keep to ASCII characters, or save the script with a byte order mark, in the encoding that the documentation of artifact configurations names for its kind.',
  LINE_ENDS:
    'Write the script with CRLF before it is submitted: `*.ps1 text eol=crlf` in .gitattributes for what is checked out, or unix2dos in the build.',
  NO_PLACE:
    'End the script with `</job>`, or with `</job>` and `</package>`, in small letters and with nothing behind but white space.',
  ALREADY_SIGNED:
    'Submit the script before any signing, or write `existingSignature: append` or `replace`; or remove `sign` from the element.',
  BLOCK_DAMAGED:
    'Submit the script without its signature block, or as it was right after it was signed: no tool may change its line ends.',
  SEVERAL_BLOCKS: 'Submit the script without any signature block; write the marks of one in another way.',
  TEXT_AFTER_BLOCK: 'Submit the script without its signature block: nothing may follow one.',
  SIGNATURE_INVALID:
    'Write `existingSignature: replace`, or submit the script as it was before that signature.',
  DIFFERS: 'Submit the script again.',
} as const;

type ScriptErrorCode = keyof typeof fixes;

/** A script that can't be read, or signed. */
export class ScriptError extends FormatError<ScriptErrorCode> {
  static override readonly errorName = 'ScriptError';
  /** `message`: says where. */
  constructor(code: ScriptErrorCode, message: string, options?: ErrorFacts) {
    super(code, message, fixes[code], options);
  }
}

export const fixOf = (code: string): string =>
  code in fixes ? fixes[code as ScriptErrorCode] : 'Submit the script again.';
