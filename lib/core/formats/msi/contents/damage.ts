/** What is wrong with an installer as a container, in the words of one. */
import { ArchiveError, type ArchiveIssueCode } from '../../archive/index.ts';
import { CfbError } from '../../cfb/index.ts';
import { MsiError } from '../errors.ts';

const buildAnew = 'Build the installer again (WiX, wixl), and submit what the tool wrote, unchanged.';

/** `message` goes on after "The installer". */
export function contentsError(
  code: ArchiveIssueCode,
  message: string,
  offset: number | null = null,
  fix = buildAnew,
): ArchiveError {
  return new ArchiveError({ code, message: `The installer ${message}.`, fix }, offset);
}

/** What its readers throw → what a container throws. */
export async function asArchive<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw translated(error);
  }
}

/** The same of what is read as it is used. */
export async function* asArchiveStream(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (error instanceof CfbError) {
    const code =
      error.code === 'NOT_CFB' ? 'WRONG_FORMAT' : error.code === 'TRUNCATED' ? 'TRUNCATED' : 'BAD_HEADER';
    const message = `The file of Windows Installer can’t be read: ${error.message}.`;
    return new ArchiveError({ code, message, fix: error.fix }, error.offset, { cause: error });
  }
  if (error instanceof MsiError) {
    const code = error.code === 'NOT_MSI' ? 'WRONG_FORMAT' : 'BAD_HEADER';
    const message = `The file of Windows Installer can’t be read: ${error.message}.`;
    return new ArchiveError({ code, message, fix: error.fix }, null, { cause: error });
  }
  return error;
}
