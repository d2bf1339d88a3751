import { FormatError } from '../format.ts';

export type JarErrorCode =
  | 'ALREADY_SIGNED'
  | 'EMPTY'
  | 'NAME'
  | 'DUPLICATE_NAME'
  | 'MANIFEST_NAME'
  | 'MANIFEST_MALFORMED'
  | 'MANIFEST_LINE'
  | 'MANIFEST_LAST_LINE'
  | 'MANIFEST_DUPLICATE'
  | 'MANIFEST_VERSION'
  | 'SIGNATURE_FILES'
  | 'SIGNATURE_INVALID'
  | 'TOO_LARGE';

/** An archive that can't be read, or signed, as a JAR file. */
export class JarError extends FormatError<JarErrorCode> {
  static override readonly errorName = 'JarError';
}

/** The fixes that several checks share. */
export const writeAnew = 'Have the build tool (jar, Maven, Gradle) write the manifest, unchanged after that.';
export const signUnsigned =
  'Submit the archive as it was before any signing; `zip -d x.jar "META-INF/*.SF" "META-INF/*.RSA" "META-INF/*.DSA" "META-INF/*.EC"` removes signatures.';
