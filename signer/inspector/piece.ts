/**
 * Small files of an artifact are pieces of one file, since making and removing a file costs more than all that is asked of it, and an
 * artifact may have thousands. A piece is named `small@OFFSET+LENGTH`, in bytes; whatever is signed, written anew or handed to another program
 * is a file of its own.
 */
export interface Piece {
  /** The file that it is in. */
  readonly file: string;
  readonly start: number;
  readonly sizeBytes: number;
}

export const piecesName = 'small';
/** Larger files are files of their own. */
export const pieceBytesMax = 64 * 1024;

/** A name as an answer may have it. */
export const pieceName = /^small@(?:0|[1-9][0-9]{0,14})\+(?:0|[1-9][0-9]{0,4})$/;

export const nameOfPiece = (start: number, sizeBytes: number): string =>
  `${piecesName}@${start}+${sizeBytes}`;

/** Of a path; null: it is a file of its own. */
export function pieceAt(path: string): Piece | null {
  const [, folder = '', start, sizeBytes] = /^(.*\/)small@(\d{1,15})\+(\d{1,5})$/s.exec(path) ?? [];
  if (start === undefined || sizeBytes === undefined) return null;
  return { file: `${folder}${piecesName}`, start: Number(start), sizeBytes: Number(sizeBytes) };
}
